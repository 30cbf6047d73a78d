using System;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// What Unicode says of each code point, as one number: its record. A record is looked up in two steps, and holds the classes that the
    /// breakers, the bidi order and the joining of letters ask for.
    /// </summary>
    internal static class CodePoints
    {
        /// <summary>What stands for something that can't be shown: U+FFFD.</summary>
        internal const int Replacement = 0xfffd;

        private const int BlockBits = 7;
        private const int BlockSize = 1 << BlockBits;
        private const int BlockMask = BlockSize - 1;
        private const int Last = 0x10ffff;

        private static readonly int[] Records = ReadRecords();
        private static readonly ushort[] BlockOf = new ushort[(Last + 1) >> BlockBits];
        private static readonly byte[] Cells = ReadCells(BlockOf);

        /// <summary>Gives a code point's record.</summary>
        /// <param name="codePoint">From 0 to 0x10FFFF; lone surrogates too.</param>
        internal static int Record(int codePoint)
        {
            return Records[Cells[(BlockOf[codePoint >> BlockBits] << BlockBits) | (codePoint & BlockMask)]];
        }

        /// <summary>The class of UAX #29.</summary>
        internal static GraphemeClass Grapheme(int record)
        {
            return (GraphemeClass)(record & 31);
        }

        /// <summary>The class of UAX #14, resolved.</summary>
        internal static LineClass Line(int record)
        {
            return (LineClass)((record >> 5) & 63);
        }

        /// <summary>The class of UAX #9.</summary>
        internal static BidiClass Bidi(int record)
        {
            return (BidiClass)((record >> 11) & 15);
        }

        /// <summary>How a letter joins its neighbours.</summary>
        internal static JoiningType Joining(int record)
        {
            return (JoiningType)((record >> 15) & 7);
        }

        /// <summary>Whether it takes the place of two: ideographs, kana, Hangul, emoji.</summary>
        internal static bool IsWide(int record)
        {
            return (record & (1 << 18)) != 0;
        }

        /// <summary>Whether it's a mark that is stacked on a letter: it has a combining class.</summary>
        internal static bool IsStacked(int record)
        {
            return (record & (1 << 19)) != 0;
        }

        /// <summary>
        /// Whether it's nothing to be seen: a control, an invisible format character, private use, a noncharacter, a lone surrogate.
        /// </summary>
        internal static bool IsHidden(int record)
        {
            return (record & (1 << 20)) != 0;
        }

        /// <summary>Reads the code point that begins at a char. Half a surrogate pair is a code point of its own.</summary>
        /// <param name="chars">Holds the text.</param>
        /// <param name="at">Where it begins.</param>
        /// <param name="end">Where the text ends.</param>
        /// <param name="size">How many chars it takes: 1 or 2.</param>
        internal static int Read(char[] chars, int at, int end, out int size)
        {
            char first = chars[at];
            if (char.IsHighSurrogate(first) && at + 1 < end && char.IsLowSurrogate(chars[at + 1]))
            {
                size = 2;
                return 0x10000 + ((first - 0xd800) << 10) + (chars[at + 1] - 0xdc00);
            }

            size = 1;
            return first;
        }

        /// <summary>Writes a code point as UTF-16.</summary>
        /// <returns>How many chars it takes: 1 or 2.</returns>
        internal static int Write(int codePoint, char[] chars, int at)
        {
            if (codePoint < 0x10000)
            {
                chars[at] = (char)codePoint;
                return 1;
            }

            chars[at] = (char)(0xd800 + ((codePoint - 0x10000) >> 10));
            chars[at + 1] = (char)(0xdc00 + ((codePoint - 0x10000) & 0x3ff));
            return 2;
        }

        private static int[] ReadRecords()
        {
            byte[] bytes = Convert.FromBase64String(UnicodeData.Records);
            var records = new int[bytes.Length / 3];
            for (int i = 0; i < records.Length; i++)
            {
                records[i] = bytes[3 * i] | (bytes[(3 * i) + 1] << 8) | (bytes[(3 * i) + 2] << 16);
            }

            return records;
        }

        /// <summary>Unpacks the runs. Blocks of one record throughout are shared.</summary>
        private static byte[] ReadCells(ushort[] blockOf)
        {
            byte[] runs = Convert.FromBase64String(UnicodeData.Runs);
            var cells = new byte[512 * BlockSize];
            var uniform = new int[256];
            int blocks = 0;
            int point = 0;
            for (int at = 0; at < runs.Length;)
            {
                int length = ReadNumber(runs, ref at);
                int record = ReadNumber(runs, ref at);
                while (length > 0)
                {
                    bool isWhole = (point & BlockMask) == 0 && length >= BlockSize;
                    int size = Math.Min(length, BlockSize - (point & BlockMask));
                    if ((point & BlockMask) == 0)
                    {
                        // 0 is for no block yet, so blocks count from 1 in uniform.
                        int block = isWhole && uniform[record] > 0 ? uniform[record] - 1 : blocks++;
                        blockOf[point >> BlockBits] = (ushort)block;
                        uniform[record] = isWhole ? block + 1 : uniform[record];
                        if (blocks * BlockSize > cells.Length)
                        {
                            Array.Resize(ref cells, cells.Length * 2);
                        }
                    }

                    int start = (blockOf[point >> BlockBits] << BlockBits) | (point & BlockMask);
                    for (int i = 0; i < size; i++)
                    {
                        cells[start + i] = (byte)record;
                    }

                    point += size;
                    length -= size;
                }
            }

            Array.Resize(ref cells, blocks * BlockSize);
            return cells;
        }

        private static int ReadNumber(byte[] bytes, ref int at)
        {
            int value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = bytes[at++];
                value |= (part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
