namespace Loquent.Core.Reveal
{
    /// <summary>
    /// How much of the source waits to be revealed, in characters that a reader must read: counted char by char as text comes and as it's reached, so
    /// each char costs the same whatever the length of the text.
    /// </summary>
    internal struct WaitingText
    {
        private int narrow;
        private int wide;

        /// <summary>Adds chars that have come.</summary>
        internal void Add(char[] source, int start, int end)
        {
            Count(source, start, end, 1);
        }

        /// <summary>Takes chars away that have been reached.</summary>
        internal void Remove(char[] source, int start, int end)
        {
            Count(source, start, end, -1);
        }

        /// <summary>Gives what waits, in characters; a wide one counts for <paramref name="wideCost"/>.</summary>
        internal double Cost(double wideCost)
        {
            return narrow + (wide * wideCost);
        }

        private void Count(char[] source, int start, int end, int by)
        {
            for (int i = start; i < end; i++)
            {
                // A low surrogate is the second half of a pair; nearly all pairs are emoji or rare ideographs.
                char c = source[i];
                if (c < 0x1100)
                {
                    narrow += by;
                }
                else if (char.IsHighSurrogate(c) || (!char.IsLowSurrogate(c) && CodePoints.IsWide(CodePoints.Record(c))))
                {
                    wide += by;
                }
                else if (!char.IsLowSurrogate(c))
                {
                    narrow += by;
                }
            }
        }
    }
}
