using System;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>Something that goes wrong often, found where it's about to: what it is, what to do, and what does that.</summary>
    internal sealed class Finding
    {
        /// <summary>Makes a finding.</summary>
        /// <param name="severity">An error keeps things from working, a warning will when the game is built or shown, an info is good to know.</param>
        /// <param name="text">What it is, and what to do: sentences.</param>
        /// <param name="fixLabel">What the button says that does it; null for none.</param>
        /// <param name="fix">Does it.</param>
        internal Finding(MessageType severity, string text, string fixLabel = null, Action fix = null)
        {
            Severity = severity;
            Text = text;
            FixLabel = fixLabel;
            Fix = fix;
        }

        internal MessageType Severity { get; }

        internal string Text { get; }

        internal string FixLabel { get; }

        internal Action Fix { get; }

        internal static Finding Error(string text, string fixLabel = null, Action fix = null)
        {
            return new Finding(MessageType.Error, text, fixLabel, fix);
        }

        internal static Finding Warning(string text, string fixLabel = null, Action fix = null)
        {
            return new Finding(MessageType.Warning, text, fixLabel, fix);
        }

        internal static Finding Info(string text, string fixLabel = null, Action fix = null)
        {
            return new Finding(MessageType.Info, text, fixLabel, fix);
        }
    }
}
