using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>One thing that was found out about a server. Never changes.</summary>
    internal sealed class CheckLine
    {
        internal CheckLine(MessageType severity, string title, string text)
        {
            Severity = severity;
            Title = title;
            Text = text;
        }

        /// <summary>None if it's as it should be.</summary>
        internal MessageType Severity { get; }

        internal string Title { get; }

        internal string Text { get; }
    }
}
