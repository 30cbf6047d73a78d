using System;
using System.Collections.Generic;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// Finds out for which scripts the fonts in use have no glyphs, and says each once. A code point is asked for once; looking at what is known
    /// allocates nothing.
    /// </summary>
    public sealed class GlyphCoverage
    {
        private readonly Func<int, bool> hasGlyph;
        private readonly Action<MissingGlyphs> report;
        private readonly ulong[] asked = new ulong[0x10000 / 64];
        private readonly HashSet<int> askedBeyond = new HashSet<int>();
        private readonly List<string> missing = new List<string>();
        private Page page;
        private int pageNumber;
        private int pageLength;

        /// <summary>Makes a coverage of which nothing is known.</summary>
        /// <param name="hasGlyph">Tells whether the fonts in use, fallbacks included, have a glyph for a code point.</param>
        /// <param name="report">Is told what is missing, once for each script.</param>
        /// <exception cref="ArgumentNullException">One of them is null.</exception>
        public GlyphCoverage(Func<int, bool> hasGlyph, Action<MissingGlyphs> report)
        {
            this.hasGlyph = hasGlyph ?? throw new ArgumentNullException(nameof(hasGlyph));
            this.report = report ?? throw new ArgumentNullException(nameof(report));
        }

        /// <summary>The scripts that were found missing, by name, in that order.</summary>
        public IReadOnlyList<string> Missing => missing;

        /// <summary>Looks at what is new on a page. Call it when <see cref="Page.Version"/> has changed.</summary>
        /// <param name="shown">The page.</param>
        /// <exception cref="ArgumentNullException"><paramref name="shown"/> is null.</exception>
        public void Look(Page shown)
        {
            if (shown == null)
            {
                throw new ArgumentNullException(nameof(shown));
            }

            bool goesOn = page == shown && pageNumber == shown.Number && pageLength <= shown.Length;
            Look(shown.Chars, goesOn ? pageLength : 0, shown.Length - (goesOn ? pageLength : 0));
            page = shown;
            pageNumber = shown.Number;
            pageLength = shown.Length;
        }

        /// <summary>Looks at text.</summary>
        /// <param name="chars">Holds it.</param>
        /// <param name="start">Where it begins.</param>
        /// <param name="count">How many chars it has.</param>
        /// <exception cref="ArgumentNullException"><paramref name="chars"/> is null.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The array has no such range.</exception>
        public void Look(char[] chars, int start, int count)
        {
            if (chars == null)
            {
                throw new ArgumentNullException(nameof(chars));
            }

            if (start < 0 || count < 0 || start > chars.Length - count)
            {
                throw new ArgumentOutOfRangeException(nameof(start), start, "The array has " + chars.Length + " chars.");
            }

            for (int at = start; at < start + count;)
            {
                int point = CodePoints.Read(chars, at, start + count, out int size);
                at += size;
                if (IsNew(point) && !CodePoints.IsHidden(CodePoints.Record(point)) && point != ' ' && !hasGlyph(point))
                {
                    Script script = Script.Of(point);
                    if (!missing.Contains(script.Name))
                    {
                        missing.Add(script.Name);
                        report(new MissingGlyphs(script.Name, script.Font, point));
                    }
                }
            }
        }

        /// <summary>Forgets what is known: for when the fonts have changed. What is still missing will be told again.</summary>
        public void Restart()
        {
            Array.Clear(asked, 0, asked.Length);
            askedBeyond.Clear();
            missing.Clear();
            page = null;
        }

        private bool IsNew(int point)
        {
            if (point > 0xffff)
            {
                return !askedBeyond.Contains(point) && askedBeyond.Add(point);
            }

            ulong bit = 1UL << (point & 63);
            bool isNew = (asked[point >> 6] & bit) == 0;
            asked[point >> 6] |= bit;
            return isNew;
        }
    }
}
