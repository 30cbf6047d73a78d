using System;
using System.Text;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// Reads text as a model wrote it, and gives what may be shown of it, code point by code point, as the text grows. What could deceive or deface
    /// is left out; words, tags and brackets stay as they are. It allocates nothing, and knows at any point how much of the source it has read.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Left out: controls, bidi controls (overrides, embeddings, isolates, marks), invisible format characters and fillers, tags, private use,
    /// noncharacters, object and annotation characters; a joiner, variation selector, zero width space, word joiner or soft hyphen that stands where
    /// it does nothing; a mark on nothing; more than <see cref="MostStackedMarks"/> stacked marks, or <see cref="MostMarks"/> marks in all, on one
    /// letter; more than <see cref="MostSpaces"/> spaces in a row; more than <see cref="MostLineEnds"/> line ends in a row, or any at the beginning.
    /// </para>
    /// <para>
    /// Changed: every kind of line end becomes U+000A, a tab a space, half a surrogate pair U+FFFD, a zero width no-break space a word joiner.
    /// </para>
    /// </remarks>
    public sealed class SafeText
    {
        /// <summary>So many marks with a combining class may be on one letter: enough for Hebrew with points and cantillation.</summary>
        public const int MostStackedMarks = 4;

        /// <summary>So many marks of any kind may be on one letter.</summary>
        public const int MostMarks = 12;

        /// <summary>So many spaces may stand in a row.</summary>
        public const int MostSpaces = 16;

        /// <summary>So many line ends may stand in a row: one blank line.</summary>
        public const int MostLineEnds = 2;

        private const int SoftHyphen = 0xad;
        private const int ZeroWidthSpace = 0x200b;
        private const int WordJoiner = 0x2060;
        private const int ZeroWidthNoBreakSpace = 0xfeff;

        private Before before;
        private bool afterCarriageReturn;
        private int lineEnds;
        private int spaces;
        private int stackedMarks;
        private int marks;

        /// <summary>Makes a reader that stands at the beginning of a text.</summary>
        public SafeText()
        {
            Restart();
        }

        /// <summary>What was given last.</summary>
        private enum Before
        {
            /// <summary>Nothing, a line end or a space: nothing that a mark could stand on.</summary>
            Nothing,

            /// <summary>A letter, sign or digit.</summary>
            Base,

            /// <summary>A mark.</summary>
            Mark,

            /// <summary>Something invisible.</summary>
            Invisible,
        }

        /// <summary>How many chars of the source have been read.</summary>
        public int Position { get; private set; }

        /// <summary>
        /// How many Unicode scalar values of the source have been read, those included that were left out: what <see cref="Turn.Cancel(long)"/>
        /// counts. Half a surrogate pair, which no reply has, counts as one.
        /// </summary>
        public long Scalars { get; private set; }

        /// <summary>Filters a whole text, such as a name.</summary>
        /// <param name="text">The text.</param>
        /// <returns>What may be shown of it.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        public static string Of(string text)
        {
            char[] source = (text ?? throw new ArgumentNullException(nameof(text))).ToCharArray();
            var reader = new SafeText();
            var safe = new StringBuilder(source.Length);
            while (reader.TryRead(source, source.Length, true, out int codePoint))
            {
                safe.Append(char.ConvertFromUtf32(codePoint));
            }

            return safe.ToString();
        }

        /// <summary>Stands at the beginning of a text again.</summary>
        public void Restart()
        {
            Position = 0;
            Scalars = 0;
            before = Before.Nothing;
            afterCarriageReturn = false;
            lineEnds = MostLineEnds; // so that none comes at the beginning
            spaces = 0;
            stackedMarks = 0;
            marks = 0;
        }

        /// <summary>Reads on until there is something to show.</summary>
        /// <param name="source">Holds the text. What has been read must not have changed.</param>
        /// <param name="length">How many chars of the array are text.</param>
        /// <param name="isWhole">Whether no more text will come.</param>
        /// <param name="codePoint">What to show, if there is something.</param>
        /// <returns>Whether there is something; false at the end of what has come.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The array doesn't have so many chars.</exception>
        public bool TryRead(char[] source, int length, bool isWhole, out int codePoint)
        {
            if (source == null)
            {
                throw new ArgumentNullException(nameof(source));
            }

            if (length < 0 || length > source.Length)
            {
                throw new ArgumentOutOfRangeException(nameof(length), length, "The array has " + source.Length + " chars.");
            }

            int budget = int.MaxValue;
            return TryRead(source, length, isWhole, ref budget, out codePoint, out int record);
        }

        /// <summary>Reads on in the same way, a bounded number of code points.</summary>
        internal bool TryRead(char[] source, int length, bool isWhole, ref int budget, out int codePoint, out int record)
        {
            while (Position < length && budget > 0)
            {
                codePoint = CodePoints.Read(source, Position, length, out int size);
                if (size == 1 && char.IsSurrogate((char)codePoint))
                {
                    if (!isWhole && Position + 1 == length && char.IsHighSurrogate((char)codePoint))
                    {
                        break; // its other half may follow
                    }

                    codePoint = CodePoints.Replacement;
                }

                budget--;
                Position += size;
                Scalars++;
                record = CodePoints.Record(codePoint);
                if (Takes(ref codePoint, ref record))
                {
                    return true;
                }
            }

            codePoint = 0;
            record = 0;
            return false;
        }

        private static bool IsLineEnd(int codePoint)
        {
            return (codePoint >= '\n' && codePoint <= '\r') || codePoint == 0x85 || codePoint == 0x2028 || codePoint == 0x2029;
        }

        private static bool IsMark(GraphemeClass value)
        {
            return value == GraphemeClass.Extend || value == GraphemeClass.ExtendWithoutClass || value == GraphemeClass.Linker
                || value == GraphemeClass.SpacingMark;
        }

        /// <summary>Judges one code point, and changes it if it's shown as another.</summary>
        private bool Takes(ref int codePoint, ref int record)
        {
            bool endsPair = afterCarriageReturn && codePoint == '\n';
            afterCarriageReturn = codePoint == '\r';
            if (IsLineEnd(codePoint))
            {
                codePoint = '\n';
                record = CodePoints.Record(codePoint);
                return !endsPair && TakesLineEnd();
            }

            if (codePoint == '\t' || codePoint == ' ')
            {
                codePoint = ' ';
                record = CodePoints.Record(codePoint);
                before = Before.Nothing;
                return ++spaces <= MostSpaces;
            }

            if (CodePoints.IsHidden(record))
            {
                if (codePoint == ZeroWidthNoBreakSpace)
                {
                    codePoint = WordJoiner;
                    record = CodePoints.Record(codePoint);
                }

                return TakesInvisible(codePoint);
            }

            if (IsMark(CodePoints.Grapheme(record)))
            {
                return TakesMark(record);
            }

            before = Before.Base;
            lineEnds = 0;
            spaces = 0;
            stackedMarks = 0;
            marks = 0;
            return true;
        }

        private bool TakesLineEnd()
        {
            before = Before.Nothing;
            spaces = 0;
            return lineEnds < MostLineEnds && ++lineEnds > 0;
        }

        /// <summary>Invisible characters are let through where they join, part or select something.</summary>
        private bool TakesInvisible(int codePoint)
        {
            bool takes;
            switch (codePoint)
            {
                case 0x200c:
                case 0x200d:
                case SoftHyphen:
                case ZeroWidthSpace:
                case WordJoiner:
                    takes = before == Before.Base || before == Before.Mark;
                    break;
                default:
                    takes = codePoint >= 0xfe00 && codePoint <= 0xfe0f && before == Before.Base;
                    break;
            }

            if (takes)
            {
                // Behind a variation selector a joiner or a keycap still has its letter.
                before = codePoint >= 0xfe00 ? Before.Mark : Before.Invisible;
            }

            return takes;
        }

        private bool TakesMark(int record)
        {
            bool isStacked = CodePoints.IsStacked(record);
            if ((isStacked && (before == Before.Nothing || ++stackedMarks > MostStackedMarks)) || ++marks > MostMarks)
            {
                return false;
            }

            before = Before.Mark;
            lineEnds = 0;
            spaces = 0;
            return true;
        }
    }
}
