using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace UnityEngine.TestTools
{
    /// <summary>
    /// Says which lines of the log a test expects. As in Unity, a line that is expected must come, in the order of expecting, and an error or exception that isn't fails the
    /// test. Looked at when the test is over.
    /// </summary>
    public static class LogAssert
    {
        private static readonly List<KeyValuePair<LogType, Func<string, bool>>> Expected = new List<KeyValuePair<LogType, Func<string, bool>>>();
        private static readonly List<string> Names = new List<string>();
        private static bool takesNothingElse;

        public static bool ignoreFailingMessages { get; set; }

        public static void Expect(LogType type, string message) => Add(type, message, line => line == message);

        public static void Expect(LogType type, Regex message) => Add(type, message.ToString(), message.IsMatch);

        /// <summary>Warnings and plain lines that aren't expected fail the test as well. In the double also those that come later.</summary>
        public static void NoUnexpectedReceived() => takesNothingElse = true;

        /// <summary>Begins a test.</summary>
        internal static void Restart()
        {
            Expected.Clear();
            Names.Clear();
            ignoreFailingMessages = false;
            takesNothingElse = false;
        }

        /// <summary>Compares what was logged with what was expected.</summary>
        /// <param name="lines">All lines, in their order.</param>
        /// <returns>A sentence; null if all is as it should be.</returns>
        internal static string Problem(IEnumerable<KeyValuePair<LogType, string>> lines)
        {
            int next = 0;
            foreach (KeyValuePair<LogType, string> line in lines)
            {
                if (next < Expected.Count && Expected[next].Key == line.Key && Expected[next].Value(line.Value))
                {
                    next++;
                }
                else if (!ignoreFailingMessages && (takesNothingElse || (line.Key != LogType.Log && line.Key != LogType.Warning)))
                {
                    return "Unhandled log message: '[" + line.Key + "] " + line.Value + "'. Use LogAssert.Expect";
                }
            }

            return next == Expected.Count ? null : "Expected log did not appear: " + Names[next];
        }

        private static void Add(LogType type, string name, Func<string, bool> matches)
        {
            Expected.Add(new KeyValuePair<LogType, Func<string, bool>>(type, matches));
            Names.Add("[" + type + "] " + name);
        }
    }
}
