using System;
using System.Collections.Generic;
using Loquent.Core;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>What has been found out about a server so far. One thread writes it, another reads.</summary>
    internal sealed class ServerReport
    {
        private readonly object gate = new object();
        private readonly List<CheckLine> lines = new List<CheckLine>();
        private List<ServedCharacters.One> characters = new List<ServedCharacters.One>();
        private string reply = string.Empty;

        internal ServerReport(Uri address)
        {
            Address = address;
        }

        /// <summary>The report of the server that was tested last since the Editor has loaded its code; null if there was none.</summary>
        internal static ServerReport Last { get; set; }

        internal Uri Address { get; }

        /// <summary>What was found out, in its order.</summary>
        internal CheckLine[] Lines
        {
            get
            {
                lock (gate)
                {
                    return lines.ToArray();
                }
            }
        }

        /// <summary>Who can be talked with; empty if that isn't known.</summary>
        internal IReadOnlyList<ServedCharacters.One> Characters
        {
            get
            {
                lock (gate)
                {
                    return characters;
                }
            }
        }

        /// <summary>The names that characters are opened by.</summary>
        internal IReadOnlyList<string> CharacterNames
        {
            get
            {
                var names = new List<string>();
                foreach (ServedCharacters.One one in Characters)
                {
                    names.Add(one.character);
                }

                return names;
            }
        }

        /// <summary>The reply to what was said to try it; empty if nothing was.</summary>
        internal string Reply
        {
            get
            {
                lock (gate)
                {
                    return reply;
                }
            }
        }

        /// <summary>Whether something keeps the server from being used.</summary>
        internal bool HasProblem
        {
            get
            {
                lock (gate)
                {
                    return lines.Exists(line => line.Severity == MessageType.Error);
                }
            }
        }

        /// <summary>The limits that the server told; null before it has.</summary>
        internal Limits Limits { get; private set; }

        /// <summary>Whether it's known that the server has no such character.</summary>
        internal bool Lacks(string character)
        {
            IReadOnlyList<string> names = CharacterNames;
            if (names.Count == 0)
            {
                return false;
            }

            foreach (string name in names)
            {
                if (name == character)
                {
                    return false;
                }
            }

            return true;
        }

        internal void Good(string title, string text)
        {
            Add(new CheckLine(MessageType.None, title, text));
        }

        internal void Warn(string title, string text)
        {
            Add(new CheckLine(MessageType.Warning, title, text));
        }

        internal void Problem(string title, string text)
        {
            Add(new CheckLine(MessageType.Error, title, text));
        }

        internal void Tell(List<ServedCharacters.One> who)
        {
            lock (gate)
            {
                characters = who;
            }
        }

        internal void Tell(Limits limits)
        {
            Limits = limits;
        }

        internal void TellReply(string text)
        {
            lock (gate)
            {
                reply = text;
            }
        }

        private void Add(CheckLine line)
        {
            lock (gate)
            {
                lines.Add(line);
            }
        }
    }
}
