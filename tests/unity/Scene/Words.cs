using System;
using System.Collections.Generic;
using System.Globalization;

namespace Loquent.Scene
{
    /// <summary>The command line: a command and options, each a name and a value.</summary>
    internal sealed class Words
    {
        private readonly Dictionary<string, string> options = new Dictionary<string, string>
        {
            { "url", "ws://127.0.0.1:8765" },
            { "player", string.Empty },
            { "texts", "Good evening!|Halt! Who goes there?" },
            { "after", "40" },
            { "speed", "400" },
        };

        internal Words(string[] words)
        {
            Command = words.Length > 0 ? words[0] : string.Empty;
            for (int i = 1; i + 1 < words.Length; i += 2)
            {
                string name = words[i].Substring(2);
                if (!options.ContainsKey(name))
                {
                    throw new ArgumentException(words[i] + " isn't an option.");
                }

                options[name] = words[i + 1];
            }
        }

        internal string Command { get; }

        internal string Url => options["url"];

        internal string Player => options["player"];

        internal string[] Texts => options["texts"].Split('|');

        internal int After => int.Parse(options["after"], CultureInfo.InvariantCulture);

        internal float Speed => float.Parse(options["speed"], CultureInfo.InvariantCulture);
    }
}
