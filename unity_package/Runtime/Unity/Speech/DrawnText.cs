using System;
using Loquent.Core.Reveal;

namespace Loquent
{
    /// <summary>
    /// The chars of a page as they are given to TextMeshPro: those that no font has are replaced, so that it has nothing to complain of. TextMeshPro has one character for
    /// each code point; this knows to which of the page's it belongs.
    /// </summary>
    internal sealed class DrawnText
    {
        /// <summary>
        /// Stands behind a backslash that would begin an escape. Unity 6's TextMeshPro makes a character of \u0041 in every text, even if it's told not to parse control
        /// characters. Every font asset has this space of no width.
        /// </summary>
        private const char Parting = '\u200b';

        private readonly FontSupport font;
        private int[] clusterOf = new int[256];
        private int[] firstOf = new int[256];

        internal DrawnText(FontSupport font)
        {
            this.font = font;
        }

        /// <summary>Holds the chars in its first <see cref="Length"/>.</summary>
        internal char[] Chars { get; private set; } = new char[256];

        /// <summary>How many chars there are.</summary>
        internal int Length { get; private set; }

        /// <summary>How many characters TextMeshPro makes of them.</summary>
        internal int Count { get; private set; }

        /// <summary>Tells to which of the page's characters one of TextMeshPro's belongs.</summary>
        internal int ClusterOf(int character)
        {
            return clusterOf[character];
        }

        /// <summary>Gives the first of TextMeshPro's characters that belongs to one of the page's; they stand together.</summary>
        internal int FirstOf(int cluster)
        {
            return firstOf[cluster];
        }

        /// <summary>Takes a page as it is now.</summary>
        internal void Take(Page page)
        {
            Reserve(page.Length * 2, page.ClusterCount);
            Length = 0;
            Count = 0;
            int before = -1;
            for (int i = 0; i < page.Length; i++)
            {
                int cluster = page.ClusterOf(i);
                char first = page.Chars[i];
                if (cluster != before && first != '\n')
                {
                    firstOf[cluster] = Count;
                    before = cluster;
                }

                clusterOf[Count++] = cluster;
                bool isPair = char.IsHighSurrogate(first) && i + 1 < page.Length && char.IsLowSurrogate(page.Chars[i + 1]);
                int codePoint = isPair ? char.ConvertToUtf32(first, page.Chars[i + 1]) : first;
                i += isPair ? 1 : 0;
                if (first != '\n' && font.IsMissing(codePoint))
                {
                    Chars[Length++] = font.Replacement;
                    continue;
                }

                Chars[Length++] = first;
                if (isPair)
                {
                    Chars[Length++] = page.Chars[i];
                }
                else if (first == '\\' && i + 1 < page.Length && (page.Chars[i + 1] == 'u' || page.Chars[i + 1] == 'U'))
                {
                    clusterOf[Count++] = cluster;
                    Chars[Length++] = Parting;
                }
            }
        }

        private void Reserve(int chars, int clusters)
        {
            if (chars > Chars.Length)
            {
                int size = Math.Max(chars, Chars.Length * 2);
                Chars = new char[size];
                clusterOf = new int[size];
            }

            if (clusters >= firstOf.Length)
            {
                firstOf = new int[Math.Max(clusters + 1, firstOf.Length * 2)];
            }

            Array.Clear(firstOf, 0, clusters + 1);
        }
    }
}
