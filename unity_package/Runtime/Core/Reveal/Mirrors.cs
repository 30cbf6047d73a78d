namespace Loquent.Core.Reveal
{
    /// <summary>Mirror images of characters, and which brackets make a pair.</summary>
    internal static class Mirrors
    {
        /// <summary>Gives the character that is drawn instead of another in right-to-left text; 0 if it's drawn as it is.</summary>
        internal static int Of(int codePoint)
        {
            return Find(UnicodeData.MirrorPairs, codePoint);
        }

        /// <summary>
        /// Gives the bracket that closes what another opens; 0 if that opens nothing. Brackets that Unicode holds for the same are one.
        /// </summary>
        internal static int Closing(int codePoint)
        {
            return Canonical(Find(UnicodeData.BracketPairs, codePoint));
        }

        /// <summary>Tells whether a character closes a bracket, and gives it, or 0.</summary>
        internal static int AsClosing(int codePoint)
        {
            int open = Find(UnicodeData.MirrorPairs, codePoint);
            return open != 0 && Find(UnicodeData.BracketPairs, open) == codePoint ? Canonical(codePoint) : 0;
        }

        private static int Canonical(int closing)
        {
            return closing == 0x232a ? 0x3009 : closing;
        }

        /// <summary>Finds what stands behind a char in a table of pairs, sorted by their first.</summary>
        private static int Find(string pairs, int codePoint)
        {
            int low = 0;
            int high = (pairs.Length / 2) - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                int found = pairs[2 * middle];
                if (found == codePoint)
                {
                    return pairs[(2 * middle) + 1];
                }

                if (found < codePoint)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle - 1;
                }
            }

            return 0;
        }
    }
}
