using System;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// Grapheme clusters of text: what a reader takes for one character, such as a letter with its marks, a flag, or a family of emoji. By the rules
    /// of UAX #29 for extended clusters, with the conjuncts of Unicode 15.1 (GB9c), on the data of Unicode 15.0. <c>StringInfo</c> of Mono, and so of
    /// Unity, knows no joiners or flags. Allocates nothing.
    /// </summary>
    public static class Graphemes
    {
        /// <summary>Finds where a cluster ends.</summary>
        /// <param name="chars">Holds the text.</param>
        /// <param name="start">Where the cluster begins: at the text's beginning, or where the cluster before ends.</param>
        /// <param name="length">How many chars of the array are text.</param>
        /// <param name="isWhole">Whether no more text will come.</param>
        /// <param name="end">Where it ends, in chars, if that is certain; otherwise <paramref name="length"/>.</param>
        /// <returns>Whether that is certain. A cluster at the end of what has come may still grow, unless the text is whole.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="chars"/> is null.</exception>
        /// <exception cref="ArgumentOutOfRangeException">No cluster begins there: <paramref name="start"/> isn't less than <paramref name="length"/>,
        /// or one of them isn't inside the array.</exception>
        public static bool TryFindEnd(char[] chars, int start, int length, bool isWhole, out int end)
        {
            if (chars == null)
            {
                throw new ArgumentNullException(nameof(chars));
            }

            if (start < 0 || start >= length || length > chars.Length)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(start), start, "Give a start before the text's end, " + length + ", and a text inside the array.");
            }

            var breaker = default(GraphemeBreaker);
            for (end = start; end < length;)
            {
                int point = CodePoints.Read(chars, end, length, out int size);
                if (!isWhole && size == 1 && end + 1 == length && char.IsHighSurrogate(chars[end]))
                {
                    // Its other half may follow.
                    end = length;
                    return false;
                }

                if (breaker.Next(CodePoints.Record(point)) && end > start)
                {
                    return true;
                }

                end += size;
            }

            return isWhole;
        }

        /// <summary>Counts the clusters of a whole text.</summary>
        /// <param name="text">The text.</param>
        /// <returns>How many clusters it has.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        public static int Count(string text)
        {
            if (text == null)
            {
                throw new ArgumentNullException(nameof(text));
            }

            var breaker = default(GraphemeBreaker);
            int count = 0;
            for (int i = 0; i < text.Length; i++)
            {
                int point = text[i];
                if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                {
                    point = char.ConvertToUtf32(text[i], text[++i]);
                }

                count += breaker.Next(CodePoints.Record(point)) ? 1 : 0;
            }

            return count;
        }
    }
}
