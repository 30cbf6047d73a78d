using Loquent.Core.Reveal;
using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <summary>A name or a line that is there at once: filtered, ordered and cut to its width like a page.</summary>
    internal sealed class ShortText
    {
        private readonly TMP_Text text;
        private readonly ReplyReveal reveal;
        private string shown = string.Empty;

        /// <param name="text">Where it's drawn.</param>
        /// <param name="measure">Measures in its font and size.</param>
        /// <param name="width">How wide it may be.</param>
        /// <param name="lines">How many lines it may have.</param>
        internal ShortText(TMP_Text text, ITextMeasure measure, float width, int lines)
        {
            this.text = text;
            reveal = new ReplyReveal(measure, new PageFormat(width) { Lines = lines });
            TextLook.MakePlain(text);
            text.SetCharArray(reveal.Page.Chars, 0, 0);
        }

        /// <summary>Whether it's to be laid out.</summary>
        internal bool NeedsLayout { get; private set; }

        /// <summary>What is to be shown; empty for nothing.</summary>
        internal string Value
        {
            get => shown;
            set
            {
                if (shown != value)
                {
                    shown = value;
                    NeedsLayout = true;
                }
            }
        }

        /// <summary>Lays it out.</summary>
        internal void Lay()
        {
            NeedsLayout = false;
            reveal.Clear();
            reveal.Receive(shown);
            reveal.FinishPage();
            reveal.Advance(0);
            TextLook.Align(text, reveal.Page.IsRightToLeft);
            text.SetCharArray(reveal.Page.Chars, 0, reveal.Page.Length);
            text.ForceMeshUpdate();
        }
    }
}
