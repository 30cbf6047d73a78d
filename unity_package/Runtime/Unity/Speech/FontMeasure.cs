using Loquent.Core.Reveal;

namespace Loquent
{
    /// <summary>Measures characters in a font and a size, as TextMeshPro will draw them: without kerning, one beside the other.</summary>
    internal sealed class FontMeasure : ITextMeasure
    {
        private readonly FontSupport font;
        private readonly float size;

        internal FontMeasure(FontSupport font, float size)
        {
            this.font = font;
            this.size = size;
        }

        /// <inheritdoc/>
        public float Width(char[] chars, int start, int count)
        {
            float width = 0;
            int end = start + count;
            for (int at = start; at < end; at++)
            {
                int codePoint = chars[at];
                if (char.IsHighSurrogate(chars[at]) && at + 1 < end && char.IsLowSurrogate(chars[at + 1]))
                {
                    codePoint = char.ConvertToUtf32(chars[at], chars[++at]);
                }

                width += font.Width(codePoint);
            }

            return width * size;
        }
    }
}
