using System;

namespace Loquent.Core.Reveal
{
    /// <summary>What a page holds, and how text is put on it. Changes take effect with the next page.</summary>
    public sealed class PageFormat
    {
        private int lines = 4;
        private float width;

        /// <summary>Makes a format.</summary>
        /// <param name="width">How wide a line may be, in the unit of <see cref="ITextMeasure.Width"/>; more than 0.</param>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> isn't more than 0.</exception>
        public PageFormat(float width)
        {
            Width = width;
        }

        /// <summary>How wide a line may be, in the unit of <see cref="ITextMeasure.Width"/>; more than 0.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value isn't more than 0.</exception>
        public float Width
        {
            get => width;
            set => width = value > 0 && !float.IsInfinity(value)
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a line some width.");
        }

        /// <summary>How many lines a page has; 4 unless told. From 1 to 64.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is less than 1 or greater than 64.</exception>
        public int Lines
        {
            get => lines;
            set => lines = value >= 1 && value <= 64
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "Give from 1 to 64 lines.");
        }

        /// <summary>
        /// Whether joiners and variation selectors are on the page. False unless told: TextMeshPro joins no emoji, and draws a box for what a font
        /// lacks. Either way what they join is one character, revealed at once and never parted.
        /// </summary>
        public bool KeepsJoiners { get; set; }

        /// <summary>Whether Arabic letters are put in the forms in which they join. True unless told: TextMeshPro joins none.</summary>
        public bool JoinsArabic { get; set; } = true;
    }
}
