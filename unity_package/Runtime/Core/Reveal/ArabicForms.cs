namespace Loquent.Core.Reveal
{
    /// <summary>
    /// The presentation forms of Arabic letters (blocks Arabic Presentation Forms-A and -B), since TextMeshPro joins nothing. The isolated form
    /// is the letter itself: fonts have that sooner.
    /// </summary>
    internal static class ArabicForms
    {
        internal const int Lam = 0x644;

        private const int First = 0x621;
        private const int Final = 0;
        private const int Initial = 1;
        private const int Medial = 2;
        private const int Forms = 3;

        private static readonly char[] Table = ReadTable();

        /// <summary>Tells whether a letter has forms.</summary>
        internal static bool Has(int letter)
        {
            int at = letter - First;
            return at >= 0 && at < Table.Length / Forms && Table[at * Forms] != 0;
        }

        /// <summary>Gives a letter's form. Where there's none, the letter.</summary>
        /// <param name="letter">The letter; one that <see cref="Has"/>.</param>
        /// <param name="joinsBefore">Whether it's joined to the letter before.</param>
        /// <param name="joinsBehind">Whether it's joined to the letter behind.</param>
        internal static int Of(int letter, bool joinsBefore, bool joinsBehind)
        {
            if (!joinsBefore && !joinsBehind)
            {
                return letter;
            }

            int form = !joinsBehind ? Final : joinsBefore ? Medial : Initial;
            char found = Table[((letter - First) * Forms) + form];
            return found == 0 ? letter : found;
        }

        /// <summary>Gives the ligature of lam and a letter behind it; 0 if they have none.</summary>
        /// <param name="letter">The letter behind lam: an alef, if there is to be a ligature.</param>
        /// <param name="joinsBefore">Whether lam is joined to the letter before.</param>
        internal static int LamAlef(int letter, bool joinsBefore)
        {
            for (int i = 0; i < UnicodeData.LamAlefs.Length; i += 3)
            {
                if (UnicodeData.LamAlefs[i] == letter)
                {
                    return UnicodeData.LamAlefs[i + (joinsBefore ? 2 : 1)];
                }
            }

            return 0;
        }

        private static char[] ReadTable()
        {
            string letters = UnicodeData.ArabicLetters;
            var table = new char[(letters[letters.Length - 5] - First + 1) * Forms];
            for (int i = 0; i < letters.Length; i += 5)
            {
                int at = (letters[i] - First) * Forms;
                table[at + Final] = letters[i + 2];
                table[at + Initial] = letters[i + 3];
                table[at + Medial] = letters[i + 4];
            }

            return table;
        }
    }
}
