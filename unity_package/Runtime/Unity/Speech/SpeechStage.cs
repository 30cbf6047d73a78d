using System;
using Loquent.Core;
using Loquent.Core.Display;
using Loquent.Core.Reveal;
using TMPro;
using UnityEngine;
using Object = UnityEngine.Object;

namespace Loquent
{
    /// <summary>A built canvas with the reveal that fills it: what a <see cref="SpeechCanvas"/> has while it's enabled.</summary>
    internal sealed class SpeechStage : IDisposable
    {
        private readonly bool isOurs;
        private readonly PageText page;
        private readonly ShortText speaker;
        private readonly ShortText notice;
        private readonly Color plainColor;
        private long drawnShown;

        /// <param name="parts">What is drawn on.</param>
        /// <param name="isOurs">Whether it goes with this.</param>
        /// <param name="font">Knows the page's font.</param>
        /// <param name="lines">How many lines a page has.</param>
        internal SpeechStage(SpeechCanvasParts parts, bool isOurs, FontSupport font, int lines)
        {
            Parts = parts;
            this.isOurs = isOurs;
            plainColor = parts.Page.color;
            float width = parts.Page.rectTransform.rect.width;
            Reveal = new ReplyReveal(
                new FontMeasure(font, parts.Page.fontSize), new PageFormat(width > 0 ? width : 1) { Lines = lines }, Settings);
            page = new PageText(parts.Page, Reveal, font);
            speaker = Short(parts.Speaker);
            notice = Short(parts.Notice);
            Thinking = new ThinkingSign(parts.Thinking ?? new UnityEngine.UI.Graphic[0]);
            parts.Group.alpha = 0;
            parts.Canvas.enabled = false;
        }

        internal SpeechCanvasParts Parts { get; }

        /// <summary>Whether nobody has destroyed it, or what it can't do without.</summary>
        internal bool IsWhole => Parts != null && Parts.Canvas != null && Parts.Group != null && Parts.Page != null;

        internal RevealSettings Settings { get; } = new RevealSettings();

        internal ReplyReveal Reveal { get; }

        internal ThinkingSign Thinking { get; }

        /// <summary>The claim to a frame's layouts.</summary>
        internal LayoutClaim Claim { get; } = new LayoutClaim();

        /// <summary>How much of it is to be seen, from 0 to 1.</summary>
        internal float Alpha { get; private set; }

        /// <summary>What has been drawn of the text, in scalar values: what is revealed but waits to be laid out hasn't been seen.</summary>
        internal long Shown => IsLate ? drawnShown : Reveal.Shown;

        /// <summary>Whether all that has come has been drawn.</summary>
        internal bool IsShown => Reveal.IsComplete && !IsLate;

        /// <summary>Whether something is revealed that waits to be laid out. The text waits meanwhile.</summary>
        internal bool IsLate { get; private set; }

        internal bool HasNotice => notice != null;

        /// <summary>How often the page was laid out.</summary>
        internal int Layouts => page.Layouts;

        /// <summary>What colour the page has that is laid out next; null for its own.</summary>
        internal Color? PageColor { get; set; }

        internal void SetSpeaker(string name)
        {
            if (speaker != null)
            {
                speaker.Value = name;
            }
        }

        internal void SetNotice(string text)
        {
            if (notice != null)
            {
                notice.Value = text;
            }
        }

        /// <summary>Forgets the text.</summary>
        internal void Clear()
        {
            Reveal.Clear();
            page.Forget();
            IsLate = false;
            drawnShown = 0;
            PageColor = null;
        }

        /// <summary>Goes on with the text, and asks for a layout if one is needed. While one is needed and isn't granted, the text waits.</summary>
        internal void Advance(double seconds)
        {
            if (!IsLate)
            {
                Reveal.Advance(seconds);
            }

            IsLate = page.IsLate;
            if (page.NeedsLayout || NeedsShort(speaker) || NeedsShort(notice))
            {
                Claim.Ask(IsLate);
            }
        }

        /// <summary>Draws what is due, with a layout if that was granted.</summary>
        internal void Draw()
        {
            if (Claim.IsGranted)
            {
                LayShort(speaker);
                LayShort(notice);
                if (page.NeedsLayout)
                {
                    page.Lay(PageColor ?? plainColor);
                }
            }

            page.Reveal();
            IsLate = page.IsLate;
            if (!IsLate)
            {
                drawnShown = Reveal.Shown;
            }
        }

        /// <summary>Sets how much of it is to be seen. What can't be seen isn't drawn.</summary>
        internal void Fade(float alpha)
        {
            if (Mathf.Abs(alpha - Alpha) < 0.002f && alpha > 0 && alpha < 1)
            {
                return;
            }

            if (alpha != Alpha)
            {
                Alpha = alpha;
                Parts.Group.alpha = alpha;
                Parts.Canvas.enabled = alpha > 0;
            }
        }

        public void Dispose()
        {
            page.Dispose();
            if (Parts == null)
            {
                return;
            }

            if (isOurs)
            {
                Object.Destroy(Parts.gameObject);
            }
            else if (Parts.Canvas != null)
            {
                Parts.Canvas.enabled = false;
            }
        }

        private static bool NeedsShort(ShortText text)
        {
            return text != null && text.NeedsLayout;
        }

        private static void LayShort(ShortText text)
        {
            if (NeedsShort(text))
            {
                text.Lay();
            }
        }

        private static ShortText Short(TMP_Text text)
        {
            return text == null || text.font == null ? null : new ShortText(text);
        }
    }
}
