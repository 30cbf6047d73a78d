using System;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// The order in which a line is drawn (UAX #9). A paragraph's direction is that of its first strong character; marks stay behind their letters,
    /// and brackets of right-to-left text are mirrored.
    /// </summary>
    /// <remarks>
    /// The levels of a line are resolved when the line is whole, from what came before it in the paragraph and without what follows. So they are
    /// those of UAX #9 for a paragraph of one line; in longer ones, signs or brackets between words of two directions may stand otherwise where a
    /// line is broken just there.
    /// </remarks>
    internal sealed class LineOrder
    {
        private readonly BidiLevels levels = new BidiLevels();
        private BidiClass[] types = new BidiClass[128];
        private int[] points = new int[128];
        private int[] visual = new int[128];
        private bool isKnown;
        private bool isRightToLeft;
        private BidiClass lastStrong;
        private BidiClass lineBegan;
        private bool lineHasLeft;

        /// <summary>Whether the paragraph is known to run from left to right.</summary>
        internal bool IsLeftToRight => isKnown && !isRightToLeft;

        /// <summary>A paragraph begins; its direction isn't known yet.</summary>
        internal void BeginParagraph()
        {
            isKnown = false;
            isRightToLeft = false;
            lineHasLeft = false;
        }

        /// <summary>
        /// Whether what is on the line so far is certain to be drawn as it's read, if nothing turned: the paragraph runs from left to right, and
        /// something that does has been on the line, or at the end of the one before.
        /// </summary>
        internal bool IsPlain => IsLeftToRight && (lineBegan == BidiClass.Left || lineHasLeft);

        /// <summary>Looks at a character that is placed.</summary>
        /// <returns>Whether the line must be ordered for it.</returns>
        internal bool Turns(BidiClass bidi)
        {
            switch (bidi)
            {
                case BidiClass.Left:
                case BidiClass.Right:
                case BidiClass.ArabicLetter:
                    isRightToLeft |= !isKnown && bidi != BidiClass.Left;
                    Settle();
                    lastStrong = bidi;
                    lineHasLeft |= bidi == BidiClass.Left;
                    return bidi != BidiClass.Left;
                case BidiClass.EuropeanNumber:
                    return isKnown && lineBegan != BidiClass.Left && !lineHasLeft;
                default:
                    return bidi == BidiClass.ArabicNumber;
            }
        }

        /// <summary>Settles the paragraph's direction, if it isn't known: from left to right.</summary>
        internal void Settle()
        {
            if (!isKnown)
            {
                isKnown = true;
                lastStrong = isRightToLeft ? BidiClass.Right : BidiClass.Left;
                lineBegan = lastStrong;
            }
        }

        /// <summary>A line has ended; the next one of the paragraph begins with what stands at its end.</summary>
        internal void EndLine()
        {
            lineBegan = lastStrong;
            lineHasLeft = false;
        }

        /// <summary>Draws the characters of a whole line that aren't drawn yet.</summary>
        /// <param name="page">The page; the line is its last.</param>
        /// <param name="lineStart">The line's first character.</param>
        internal void Draw(Page page, int lineStart)
        {
            int count = page.Placed - lineStart;
            if (count > types.Length)
            {
                int size = Math.Max(count, types.Length * 2);
                types = new BidiClass[size];
                points = new int[size];
                visual = new int[size];
            }

            for (int i = 0; i < count; i++)
            {
                ref PageCluster cluster = ref page.Cluster(lineStart + i);
                types[i] = CodePoints.Bidi(cluster.Record);
                points[i] = cluster.FirstPoint;
            }

            levels.Resolve(types, points, count, isRightToLeft ? 1 : 0, lineBegan);
            levels.Order(visual, count);
            for (int i = page.ClusterCount - lineStart; i < count; i++)
            {
                int index = visual[i];
                bool turns = (levels[index] & 1) != 0;
                page.Draw(lineStart + index, turns ? (char)Mirrors.Of(points[index]) : '\0');
            }
        }
    }
}
