namespace Loquent
{
    /// <summary>
    /// Which cues something belongs to: <c>wave</c> (whatever its argument), <c>look_at:door</c>, <c>look_at:*</c> (with any argument), <c>look_*</c>, <c>*</c>. A star
    /// stands for any characters, also none.
    /// </summary>
    internal struct CuePattern
    {
        private const char Star = '*';
        private const char Separator = ':';

        private readonly string text;
        private readonly int nameLength;

        /// <summary>Makes a pattern.</summary>
        /// <param name="text">Its text; space around it doesn't count.</param>
        internal CuePattern(string text)
        {
            this.text = (text ?? string.Empty).Trim();
            int separator = this.text.IndexOf(Separator);
            nameLength = separator < 0 ? this.text.Length : separator;
        }

        private bool HasArgument => nameLength < text.Length;

        private int ArgumentStart => nameLength + 1;

        /// <summary>How well it fits a cue. Of several patterns, the one that fits best is meant.</summary>
        /// <param name="name">The cue's name.</param>
        /// <param name="argument">Its argument; null for none.</param>
        /// <returns>0 if it doesn't fit; the more it says about the cue, the more.</returns>
        internal int Fit(string name, string argument)
        {
            if (nameLength == 0 || !Matches(0, nameLength, name) || (HasArgument && (argument == null || !Matches(ArgumentStart, text.Length, argument))))
            {
                return 0;
            }

            int byArgument = HasArgument ? Exactness(ArgumentStart, text.Length) : 0;
            return 1 + (Exactness(0, nameLength) * 4) + byArgument;
        }

        /// <summary>3 for a part without a star, 2 for one with a star and more, 1 for a star alone.</summary>
        private int Exactness(int start, int end)
        {
            if (text.IndexOf(Star, start, end - start) < 0)
            {
                return 3;
            }

            return end - start > 1 ? 2 : 1;
        }

        private bool Matches(int start, int end, string value)
        {
            int at = start;
            int read = 0;
            int star = -1;
            int retry = 0;
            while (read < value.Length)
            {
                if (at < end && text[at] == Star)
                {
                    star = at++;
                    retry = read;
                }
                else if (at < end && text[at] == value[read])
                {
                    at++;
                    read++;
                }
                else if (star >= 0)
                {
                    at = star + 1;
                    read = ++retry;
                }
                else
                {
                    return false;
                }
            }

            while (at < end && text[at] == Star)
            {
                at++;
            }

            return at == end;
        }
    }
}
