namespace Loquent.Core.Reveal
{
    /// <summary>
    /// Scripts and sets of signs as a developer looks for fonts for them: by Unicode's blocks, those that belong together under one name.
    /// </summary>
    internal sealed class Script
    {
        private static readonly Script Ideographs = new Script(
            "Chinese and Japanese ideographs (CJK)", "Noto Sans SC, TC, JP or KR, by the language", 0x2e80, 0x2fdf);

        private static readonly Script Emoji = new Script("emoji", "Noto Emoji", 0x1f000, 0x1faff);
        private static readonly Script Hangul = new Script("Korean (Hangul)", "Noto Sans KR", 0x1100, 0x11ff);
        private static readonly Script Signs = new Script("signs and symbols", "Noto Sans Symbols 2", 0x2000, 0x2bff);
        private static readonly Script Others = new Script("other scripts", "that of Noto Sans for the script", 0, 0x10ffff);

        /// <summary>By their first code point.</summary>
        private static readonly Script[] All =
        {
            new Script("Latin with marks", "Noto Sans", 0x00a0, 0x02ff),
            new Script("combining marks", "Noto Sans", 0x0300, 0x036f),
            new Script("Greek", "Noto Sans", 0x0370, 0x03ff),
            new Script("Cyrillic", "Noto Sans", 0x0400, 0x052f),
            new Script("Armenian", "Noto Sans Armenian", 0x0530, 0x058f),
            new Script("Hebrew", "Noto Sans Hebrew", 0x0590, 0x05ff),
            new Script("Arabic", "Noto Naskh Arabic, with its presentation forms", 0x0600, 0x06ff),
            new Script("Syriac", "Noto Sans Syriac", 0x0700, 0x074f),
            new Script("Arabic", "Noto Naskh Arabic, with its presentation forms", 0x0750, 0x077f),
            new Script("Thaana", "Noto Sans Thaana", 0x0780, 0x07bf),
            new Script("Devanagari", "Noto Sans Devanagari", 0x0900, 0x097f),
            new Script("Bengali", "Noto Sans Bengali", 0x0980, 0x09ff),
            new Script("Gurmukhi", "Noto Sans Gurmukhi", 0x0a00, 0x0a7f),
            new Script("Gujarati", "Noto Sans Gujarati", 0x0a80, 0x0aff),
            new Script("Oriya", "Noto Sans Oriya", 0x0b00, 0x0b7f),
            new Script("Tamil", "Noto Sans Tamil", 0x0b80, 0x0bff),
            new Script("Telugu", "Noto Sans Telugu", 0x0c00, 0x0c7f),
            new Script("Kannada", "Noto Sans Kannada", 0x0c80, 0x0cff),
            new Script("Malayalam", "Noto Sans Malayalam", 0x0d00, 0x0d7f),
            new Script("Sinhala", "Noto Sans Sinhala", 0x0d80, 0x0dff),
            new Script("Thai", "Noto Sans Thai", 0x0e00, 0x0e7f),
            new Script("Lao", "Noto Sans Lao", 0x0e80, 0x0eff),
            new Script("Tibetan", "Noto Serif Tibetan", 0x0f00, 0x0fff),
            new Script("Burmese", "Noto Sans Myanmar", 0x1000, 0x109f),
            new Script("Georgian", "Noto Sans Georgian", 0x10a0, 0x10ff),
            Hangul,
            new Script("Ethiopic", "Noto Sans Ethiopic", 0x1200, 0x139f),
            new Script("Khmer", "Noto Sans Khmer", 0x1780, 0x17ff),
            new Script("Mongolian", "Noto Sans Mongolian", 0x1800, 0x18af),
            new Script("Latin with marks", "Noto Sans", 0x1e00, 0x1eff),
            new Script("Greek", "Noto Sans", 0x1f00, 0x1fff),
            Signs,
            Ideographs,
            new Script("CJK punctuation", "Noto Sans SC, TC, JP or KR, by the language", 0x3000, 0x303f),
            new Script("Japanese kana", "Noto Sans JP", 0x3040, 0x30ff),
            new Script(Hangul, 0x3130, 0x318f),
            new Script(Ideographs, 0x3190, 0x9fff),
            new Script(Hangul, 0xa960, 0xa97f),
            new Script(Hangul, 0xac00, 0xd7ff),
            new Script(Ideographs, 0xf900, 0xfaff),
            new Script("Hebrew", "Noto Sans Hebrew", 0xfb1d, 0xfb4f),
            new Script("Arabic", "Noto Naskh Arabic, with its presentation forms", 0xfb50, 0xfdff),
            new Script("Arabic", "Noto Naskh Arabic, with its presentation forms", 0xfe70, 0xfeff),
            new Script("CJK punctuation", "Noto Sans SC, TC, JP or KR, by the language", 0xff00, 0xffef),
            Emoji,
            new Script(Ideographs, 0x20000, 0x3ffff),
        };

        private readonly int first;
        private readonly int last;

        private Script(string name, string font, int first, int last)
        {
            Name = name;
            Font = font;
            this.first = first;
            this.last = last;
        }

        private Script(Script same, int first, int last)
            : this(same.Name, same.Font, first, last)
        {
        }

        /// <summary>Its name in a sentence.</summary>
        internal string Name { get; }

        /// <summary>A font that has it, in a sentence.</summary>
        internal string Font { get; }

        /// <summary>Gives the script of a code point.</summary>
        internal static Script Of(int codePoint)
        {
            int record = CodePoints.Record(codePoint);
            if (CodePoints.Grapheme(record) == GraphemeClass.Pictographic && CodePoints.IsWide(record))
            {
                return Emoji; // some stand among the signs
            }

            foreach (Script script in All)
            {
                if (codePoint >= script.first && codePoint <= script.last)
                {
                    return script;
                }
            }

            return Others;
        }
    }
}
