using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <summary>Sees to it that what a prompt shows can be drawn: what the font lacks comes from the system's fonts, as on speech canvases.</summary>
    internal static class PromptGlyphs
    {
        /// <summary>Looks for the characters of a text.</summary>
        /// <param name="text">Where it will be drawn.</param>
        /// <param name="what">The characters.</param>
        /// <param name="who">Who is named in the log if something is missing.</param>
        internal static void Provide(TMP_Text text, string what, Component who)
        {
            if (text.font == null || string.IsNullOrEmpty(what))
            {
                return;
            }

            FontSupport support = FontSupport.For(text.font, who);
            for (int i = 0; i < what.Length; i++)
            {
                bool isPair = char.IsHighSurrogate(what[i]) && i + 1 < what.Length && char.IsLowSurrogate(what[i + 1]);
                if (isPair)
                {
                    support.Width(char.ConvertToUtf32(what[i], what[++i]));
                }
                else if (!char.IsSurrogate(what[i]) && !char.IsControl(what[i]))
                {
                    support.Width(what[i]);
                }
            }
        }
    }
}
