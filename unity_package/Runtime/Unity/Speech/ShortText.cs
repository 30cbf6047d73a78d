using Loquent.Core.Reveal;
using TMPro;

namespace Loquent
{
    /// <summary>A name or a line that is there at once: filtered, ordered and cut to its width like a page.</summary>
    internal sealed class ShortText
    {
        private readonly TMP_Text text;
        private readonly ReplyReveal reveal;
        private readonly DrawnText drawn;
        private string shown = string.Empty;

        /// <param name="text">Where it's drawn: as wide as that is, one line high.</param>
        internal ShortText(TMP_Text text)
        {
            this.text = text;
            FontSupport font = FontSupport.For(text.font, text);
            float width = text.rectTransform.rect.width;
            drawn = new DrawnText(font);
            reveal = new ReplyReveal(new FontMeasure(font, text.fontSize), new PageFormat(width > 0 ? width : 1) { Lines = 1 });
            TextLook.MakePlain(text);
            text.SetCharArray(drawn.Chars, 0, 0);
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
            drawn.Take(reveal.Page);
            text.SetCharArray(drawn.Chars, 0, drawn.Length);
            text.ForceMeshUpdate();
        }
    }
}
