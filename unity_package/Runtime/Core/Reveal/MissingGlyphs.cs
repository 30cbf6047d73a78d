namespace Loquent.Core.Reveal
{
    /// <summary>A script, or a set of signs, for which the fonts in use have no glyphs. Never changes.</summary>
    public sealed class MissingGlyphs
    {
        internal MissingGlyphs(string script, string font, int codePoint)
        {
            Script = script;
            CodePoint = codePoint;
            string shown = char.IsSurrogate((char)(codePoint & 0xffff)) && codePoint < 0x10000
                ? string.Empty : " " + char.ConvertFromUtf32(codePoint);
            Advice = "The fonts in use have no glyphs for " + script + " (the first one missed is U+" + codePoint.ToString("X4") + shown
                + "). Make a TextMeshPro font asset from a font that has them, such as " + font
                + ", and add it to the fallback fonts of the text's font asset, or of TextMeshPro's settings.";
        }

        /// <summary>What is missing, by name: <c>Arabic</c>, <c>emoji</c>.</summary>
        public string Script { get; }

        /// <summary>The first code point that was missed.</summary>
        public int CodePoint { get; }

        /// <summary>A sentence that says what is missing, and what to do.</summary>
        public string Advice { get; }
    }
}
