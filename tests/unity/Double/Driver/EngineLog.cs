using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>The engine's log, for a test to read. What it takes out no longer counts as unexpected.</summary>
    public static class EngineLog
    {
        /// <summary>All lines that haven't been taken.</summary>
        public static LogLine[] Lines => World.Current.Log.Lines;

        /// <summary>Takes the first line that matches.</summary>
        /// <param name="type">Its kind.</param>
        /// <param name="pattern">A regular expression.</param>
        /// <returns>The line.</returns>
        /// <exception cref="InvalidOperationException">There is none; the text says what there is.</exception>
        public static LogLine Take(LogType type, string pattern)
        {
            foreach (LogLine line in Lines)
            {
                if (line.Type == type && Regex.IsMatch(line.Message, pattern))
                {
                    World.Current.Log.Remove(line);
                    return line;
                }
            }

            throw new InvalidOperationException("No " + type + " of \"" + pattern + "\" was logged, but:\n" + string.Join("\n", (object[])Lines));
        }

        /// <summary>Forgets all lines.</summary>
        public static void Clear() => World.Current.Log.Clear();

        /// <summary>Gives the warnings, errors and exceptions that nobody has taken.</summary>
        /// <returns>The lines.</returns>
        public static IReadOnlyList<LogLine> Unexpected() => Array.FindAll(Lines, line => line.Type != LogType.Log);
    }
}
