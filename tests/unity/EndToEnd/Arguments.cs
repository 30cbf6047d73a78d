using System;
using System.Collections.Generic;
using System.Globalization;
using Loquent.Core;

namespace Loquent.EndToEnd
{
    /// <summary>The command line: a command and options, each a name and a value.</summary>
    internal sealed class Arguments
    {
        private readonly Dictionary<string, string> options = new Dictionary<string, string>
        {
            { "url", "ws://127.0.0.1:8765" },
            { "player", null },
            { "characters", "innkeeper,guard" },
            { "texts", "Good evening! What do you serve?|Halt! Who goes there?" },
            { "cancel-after", "40" },
            { "token", null },
            { "token-in", "hello" },
            { "reconnect-ms", "50" },
            { "timeout", "120" },
        };

        internal Arguments(string[] words)
        {
            Command = words.Length > 0 ? words[0] : string.Empty;
            for (int i = 1; i < words.Length; i += 2)
            {
                string name = words[i].StartsWith("--", StringComparison.Ordinal) ? words[i].Substring(2) : string.Empty;
                if (!options.ContainsKey(name) || i + 1 == words.Length)
                {
                    throw new ArgumentException("Give options as --name value; " + words[i] + " isn't one, or has no value.");
                }

                options[name] = words[i + 1];
            }
        }

        internal string Command { get; }

        internal string[] Characters => options["characters"].Split(',');

        internal string[] Texts => options["texts"].Split('|');

        internal int CancelAfter => int.Parse(options["cancel-after"], CultureInfo.InvariantCulture);

        internal TimeSpan ReconnectDelay => TimeSpan.FromMilliseconds(double.Parse(options["reconnect-ms"], CultureInfo.InvariantCulture));

        internal TimeSpan Timeout => TimeSpan.FromSeconds(double.Parse(options["timeout"], CultureInfo.InvariantCulture));

        internal SessionOptions SessionOptions =>
            new SessionOptions(new Uri(options["url"]))
            {
                Token = options["token"],
                SendTokenAsHeader = options["token-in"] == "header",
                Client = "loquent-e2e/" + Core.SessionOptions.PackageVersion,
            };

        internal OpenOptions OpenOptions => new OpenOptions { Player = options["player"] };
    }
}
