using System;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// A few lines of text as they are to be drawn: lines broken, right-to-left words turned, Arabic letters joined. It grows at its end while text
    /// comes, and what is on it never moves. Set it as it is, with word wrap and rich text off, and reveal it by the alpha of its characters.
    /// </summary>
    /// <remarks>
    /// "Character" is what a reader takes for one, a grapheme cluster, of one or more chars. They are numbered in the order of reading, which in
    /// right-to-left text isn't the order of the chars. It changes inside <see cref="ReplyReveal.Advance"/> and <see cref="ReplyReveal.Clear"/> only.
    /// </remarks>
    public sealed class Page
    {
        private char[] chars = new char[512];
        private int[] clusterOfChar = new int[512];
        private char[] readingChars = new char[512];
        private PageCluster[] clusters = new PageCluster[256];
        private int readingLength;

        internal Page()
        {
        }

        /// <summary>Which page of the reply it is, from 0.</summary>
        public int Number { get; private set; }

        /// <summary>Grows whenever <see cref="Chars"/> changes: time to set the text anew. Never falls.</summary>
        public int Version { get; private set; }

        /// <summary>
        /// Holds the text to draw in its first <see cref="Length"/> chars, lines parted by U+000A. Another array after the text has outgrown it.
        /// </summary>
        public char[] Chars => chars;

        /// <summary>How many chars the text to draw has.</summary>
        public int Length { get; private set; }

        /// <summary>How many characters it has. Those behind <see cref="ReplyReveal.VisibleClusters"/> aren't to be seen yet.</summary>
        public int ClusterCount { get; private set; }

        /// <summary>How many lines it has so far.</summary>
        public int LineCount { get; internal set; }

        /// <summary>Whether its first paragraph runs from right to left, so that its lines are to be aligned at the right.</summary>
        public bool IsRightToLeft { get; internal set; }

        /// <summary>Whether text waits that doesn't fit on it.</summary>
        public bool IsFull { get; internal set; }

        /// <summary>
        /// How many characters have been placed, of which those in an unfinished right-to-left line aren't among the chars to draw yet.
        /// </summary>
        internal int Placed { get; private set; }

        internal char[] ReadingChars => readingChars;

        /// <summary>Tells to which character a char belongs; a line end belongs to the one before it.</summary>
        /// <param name="charIndex">From 0 to <see cref="Length"/> − 1.</param>
        /// <returns>The character's number, from 0 to <see cref="ClusterCount"/> − 1.</returns>
        /// <exception cref="ArgumentOutOfRangeException">There is no such char.</exception>
        public int ClusterOf(int charIndex)
        {
            return charIndex >= 0 && charIndex < Length
                ? clusterOfChar[charIndex]
                : throw new ArgumentOutOfRangeException(nameof(charIndex), charIndex, "The page has " + Length + " chars.");
        }

        /// <summary>Gives the text to draw as a new string.</summary>
        /// <returns>The lines, parted by U+000A.</returns>
        public override string ToString()
        {
            return new string(chars, 0, Length);
        }

        internal ref PageCluster Cluster(int index)
        {
            return ref clusters[index];
        }

        /// <summary>Becomes an empty page.</summary>
        internal void Begin(int number)
        {
            Number = number;
            Version++;
            Length = 0;
            ClusterCount = 0;
            Placed = 0;
            LineCount = 0;
            IsRightToLeft = false;
            IsFull = false;
            readingLength = 0;
        }

        /// <summary>Places a character behind the others, in the order of reading.</summary>
        internal void Place(char[] from, ref PageCluster cluster)
        {
            if (Placed == clusters.Length)
            {
                Array.Resize(ref clusters, clusters.Length * 2);
            }

            if (readingLength + cluster.Count > readingChars.Length)
            {
                Array.Resize(ref readingChars, Math.Max(readingChars.Length * 2, readingLength + cluster.Count));
            }

            Array.Copy(from, cluster.Start, readingChars, readingLength, cluster.Count);
            clusters[Placed] = cluster;
            clusters[Placed].Start = readingLength;
            readingLength += cluster.Count;
            Placed++;
        }

        /// <summary>Puts a placed character behind the chars to draw.</summary>
        /// <param name="index">Its number.</param>
        /// <param name="mirrored">What to draw instead of its first char; 0 for nothing else.</param>
        internal void Draw(int index, char mirrored)
        {
            ref PageCluster cluster = ref clusters[index];
            Reserve(cluster.Count);
            for (int i = 0; i < cluster.Count; i++)
            {
                clusterOfChar[Length] = index;
                chars[Length++] = readingChars[cluster.Start + i];
            }

            if (mirrored != 0)
            {
                chars[Length - cluster.Count] = mirrored;
            }

            Version++;
        }

        /// <summary>Tells that the first so many characters are among the chars to draw.</summary>
        internal void Show(int count)
        {
            ClusterCount = count;
        }

        /// <summary>Begins a line of the chars to draw.</summary>
        internal void DrawLineEnd()
        {
            Reserve(1);
            clusterOfChar[Length] = Math.Max(0, Placed - 1);
            chars[Length++] = '\n';
            Version++;
        }

        private void Reserve(int count)
        {
            if (Length + count > chars.Length)
            {
                int size = Math.Max(chars.Length * 2, Length + count);
                Array.Resize(ref chars, size);
                Array.Resize(ref clusterOfChar, size);
            }
        }
    }
}
