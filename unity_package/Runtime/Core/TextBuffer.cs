using System;
using System.Threading;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <summary>
    /// The text of a reply as UTF-16, which grows at its end and can be read where it is, without a string. It's appended to inside
    /// <see cref="Session.Update"/> only: read it on the thread that calls that, or in a handler.
    /// </summary>
    public sealed class TextBuffer
    {
        private char[] chars;
        private int scalarCount;

        internal TextBuffer(int capacity)
        {
            chars = new char[capacity];
        }

        /// <summary>Holds the text in its first <see cref="Length"/> chars. Another array after the text has outgrown it.</summary>
        public char[] Buffer => chars;

        /// <summary>How many chars (UTF-16 code units) the text has.</summary>
        public int Length { get; private set; }

        /// <summary>How many Unicode scalar values the text has: an emoji outside the basic plane is one, and two chars. Any thread may read it.</summary>
        public long ScalarCount => Volatile.Read(ref scalarCount);

        /// <summary>Gives one char.</summary>
        /// <param name="index">From 0 to <see cref="Length"/> − 1.</param>
        /// <exception cref="ArgumentOutOfRangeException">There is no such char.</exception>
        public char this[int index] =>
            index >= 0 && index < Length
                ? chars[index]
                : throw new ArgumentOutOfRangeException(nameof(index), index, "The text has " + Length + " chars.");

        /// <summary>
        /// Counts the Unicode scalar values among the first chars: what <see cref="Turn.Cancel(long)"/> wants. A surrogate pair that is cut in
        /// the middle isn't counted: it hasn't been seen.
        /// </summary>
        /// <param name="charCount">How many chars, from 0 to <see cref="Length"/>.</param>
        /// <returns>How many scalar values.</returns>
        /// <exception cref="ArgumentOutOfRangeException">The text doesn't have so many chars.</exception>
        public long CountScalars(int charCount)
        {
            if (charCount < 0 || charCount > Length)
            {
                throw new ArgumentOutOfRangeException(nameof(charCount), charCount, "The text has " + Length + " chars.");
            }

            long scalars = charCount;
            for (int i = 0; i < charCount; i++)
            {
                if (char.IsHighSurrogate(chars[i]))
                {
                    scalars--;
                }
            }

            return scalars;
        }

        /// <summary>Tells how many chars the first Unicode scalar values take: the other way round of <see cref="CountScalars"/>.</summary>
        /// <param name="scalars">How many scalar values, from 0 to <see cref="ScalarCount"/>.</param>
        /// <returns>How many chars.</returns>
        /// <exception cref="ArgumentOutOfRangeException">The text doesn't have so many scalar values.</exception>
        public int CountChars(long scalars)
        {
            if (scalars < 0 || scalars > ScalarCount)
            {
                throw new ArgumentOutOfRangeException(nameof(scalars), scalars, "The text has " + ScalarCount + " scalar values.");
            }

            int at = 0;
            for (; scalars > 0; scalars--)
            {
                at += char.IsHighSurrogate(chars[at]) ? 2 : 1;
            }

            return at;
        }

        /// <summary>Gives the text as a new string.</summary>
        /// <returns>The whole text so far.</returns>
        public override string ToString()
        {
            return new string(chars, 0, Length);
        }

        /// <summary>Gives a part of the text as a new string.</summary>
        /// <param name="start">Where it begins, in chars.</param>
        /// <param name="count">Its length in chars.</param>
        /// <returns>The part.</returns>
        /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
        public string ToString(int start, int count)
        {
            if (start < 0 || count < 0 || start > Length - count)
            {
                throw new ArgumentOutOfRangeException(nameof(start), start, "The text has " + Length + " chars.");
            }

            return new string(chars, start, count);
        }

        /// <summary>Appends valid UTF-8.</summary>
        /// <returns>How many chars that made.</returns>
        internal int Append(byte[] bytes, int start, int count)
        {
            // A byte makes a char at most.
            if (count > chars.Length - Length)
            {
                Array.Resize(ref chars, Math.Max(checked(Length + count), (int)Math.Min(chars.Length * 2L, int.MaxValue / 2)));
            }

            int added = Utf8.Decode(bytes, start, count, chars, Length, out int scalars);
            Length += added;
            Volatile.Write(ref scalarCount, scalarCount + scalars);
            return added;
        }
    }
}
