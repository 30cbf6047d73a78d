using System;
using System.Runtime.InteropServices;

namespace Loquent.Core.Wire
{
    /// <summary>
    /// A cursor over msgpack values in a range of bytes. It takes every format that holds a value and allocates nothing.
    /// </summary>
    /// <remarks>
    /// Each <c>TryRead</c> returns false, and stays where it is, if the value there is of another type, doesn't fit or goes beyond
    /// the range. The plain <c>Read</c> methods are for values whose frame has been checked already (see <see cref="FrameDecoder"/>).
    /// </remarks>
    internal struct MsgPackReader
    {
        private readonly byte[] bytes;
        private readonly int end;
        private int position;

        /// <summary>Starts at <paramref name="start"/>; nothing at or behind <paramref name="end"/> is read.</summary>
        internal MsgPackReader(byte[] bytes, int start, int end)
        {
            this.bytes = bytes;
            this.end = end;
            position = start;
        }

        /// <summary>Offset of the next value.</summary>
        internal int Position => position;

        /// <summary>The bytes that are read.</summary>
        internal byte[] Bytes => bytes;

        internal bool TryReadNil()
        {
            if (position >= end || bytes[position] != MsgPackFormat.Nil)
            {
                return false;
            }

            position++;
            return true;
        }

        internal bool TryReadBool(out bool value)
        {
            value = false;
            if (position >= end || (bytes[position] != MsgPackFormat.True && bytes[position] != MsgPackFormat.False))
            {
                return false;
            }

            value = bytes[position++] == MsgPackFormat.True;
            return true;
        }

        /// <summary>Reads an integer from 0 to <paramref name="max"/>, whatever format it has.</summary>
        internal bool TryReadUnsigned(ulong max, out ulong value)
        {
            if (!TryPeekInteger(out value, out bool negative, out int next) || negative || value > max)
            {
                value = 0;
                return false;
            }

            position = next;
            return true;
        }

        /// <summary>Reads a float 64, a float 32 or any integer.</summary>
        internal bool TryReadNumber(out double value)
        {
            value = 0;
            if (position >= end)
            {
                return false;
            }

            byte head = bytes[position];
            if (head == MsgPackFormat.Float64 && TryPeekBits(8, out ulong bits))
            {
                value = BitConverter.Int64BitsToDouble(unchecked((long)bits));
                position += 9;
                return true;
            }

            if (head == MsgPackFormat.Float32 && TryPeekBits(4, out bits))
            {
                value = new SingleBits { Bits = (uint)bits }.Value;
                position += 5;
                return true;
            }

            if (!TryPeekInteger(out ulong integer, out bool negative, out int next))
            {
                return false;
            }

            value = negative ? (double)unchecked((long)integer) : integer;
            position = next;
            return true;
        }

        /// <summary>Reads a text's place; false if it isn't valid UTF-8.</summary>
        /// <param name="start">Offset of its first byte.</param>
        /// <param name="count">Its length in bytes.</param>
        internal bool TryReadText(out int start, out int count)
        {
            byte head = position < end ? bytes[position] : MsgPackFormat.Nil;
            bool found;
            if (head >= MsgPackFormat.FixText && head < MsgPackFormat.Nil)
            {
                start = position + 1;
                count = head & 0x1f;
                found = count <= end - start;
            }
            else
            {
                found = TryPeekSized(MsgPackFormat.Text8, out start, out count);
            }

            if (!found || !Utf8.IsValid(bytes, start, count))
            {
                start = count = 0;
                return false;
            }

            position = start + count;
            return true;
        }

        /// <summary>Reads the place of a <c>bin</c>.</summary>
        internal bool TryReadBytes(out int start, out int count)
        {
            if (!TryPeekSized(MsgPackFormat.Bytes8, out start, out count))
            {
                return false;
            }

            position = start + count;
            return true;
        }

        /// <summary>Reads an array's head; its elements follow. False also if there can't be as many as it says.</summary>
        internal bool TryReadArray(out int count)
        {
            return TryReadCounted(MsgPackFormat.FixArray, MsgPackFormat.Array16, 1, out count);
        }

        /// <summary>Reads a map's head; so many keys, each followed by its value, come behind it.</summary>
        internal bool TryReadMap(out int count)
        {
            return TryReadCounted(MsgPackFormat.FixMap, MsgPackFormat.Map16, 2, out count);
        }

        /// <summary>Goes over one value of any type.</summary>
        /// <returns>False, without having moved, where <paramref name="walk"/> finds no end.</returns>
        internal bool TrySkip(ValueWalk walk)
        {
            return walk.TryFindEnd(bytes, position, end, out position);
        }

        /// <summary>Reads an integer of a checked frame.</summary>
        internal long ReadUnsigned()
        {
            return TryReadUnsigned(long.MaxValue, out ulong value) ? (long)value : throw Unchecked();
        }

        /// <summary>Reads a u32 of a checked frame.</summary>
        internal uint ReadU32()
        {
            return TryReadUnsigned(uint.MaxValue, out ulong value) ? (uint)value : throw Unchecked();
        }

        /// <summary>Reads a bool of a checked frame.</summary>
        internal bool ReadBool()
        {
            return TryReadBool(out bool value) ? value : throw Unchecked();
        }

        /// <summary>Reads a number of a checked frame.</summary>
        internal double ReadNumber()
        {
            return TryReadNumber(out double value) ? value : throw Unchecked();
        }

        /// <summary>Reads a text of a checked frame as a new string.</summary>
        internal string ReadText()
        {
            return TryReadText(out int start, out int count) ? Utf8.ToText(bytes, start, count) : throw Unchecked();
        }

        /// <summary>Reads a text or nil of a checked frame.</summary>
        internal string ReadOptionalText()
        {
            return TryReadNil() ? null : ReadText();
        }

        /// <summary>Reads an array's head in a checked frame.</summary>
        internal int ReadArray()
        {
            return TryReadArray(out int count) ? count : throw Unchecked();
        }

        /// <summary>Reads a map's head in a checked frame.</summary>
        internal int ReadMap()
        {
            return TryReadMap(out int count) ? count : throw Unchecked();
        }

        private static InvalidOperationException Unchecked()
        {
            return new InvalidOperationException("This value was read without its frame having been checked; let FrameDecoder check it first.");
        }

        /// <summary>Reads an integer ahead. A negative one comes as the bits of its two's complement.</summary>
        private bool TryPeekInteger(out ulong value, out bool negative, out int next)
        {
            value = 0;
            negative = false;
            next = position;
            if (position >= end)
            {
                return false;
            }

            byte head = bytes[position];
            if (head < MsgPackFormat.FixMap || head >= MsgPackFormat.NegativeFix)
            {
                value = unchecked((ulong)(sbyte)head);
                negative = head >= MsgPackFormat.NegativeFix;
                next = position + 1;
                return true;
            }

            if (head < MsgPackFormat.Unsigned8 || head > MsgPackFormat.Signed64)
            {
                return false;
            }

            bool signed = head >= MsgPackFormat.Signed8;
            int width = 1 << (head - (signed ? MsgPackFormat.Signed8 : MsgPackFormat.Unsigned8));
            if (!TryPeekBits(width, out value))
            {
                return false;
            }

            if (signed)
            {
                int unused = 64 - (8 * width);
                long extended = unchecked((long)(value << unused)) >> unused;
                value = unchecked((ulong)extended);
                negative = extended < 0;
            }

            next = position + 1 + width;
            return true;
        }

        /// <summary>Reads the big-endian bits behind the head.</summary>
        private bool TryPeekBits(int width, out ulong bits)
        {
            bits = 0;
            if (width >= end - position)
            {
                return false;
            }

            for (int i = 1; i <= width; i++)
            {
                bits = (bits << 8) | bytes[position + i];
            }

            return true;
        }

        /// <summary>Finds a text's or bytes' place, whose three formats follow <paramref name="narrowest"/> with lengths of 1, 2 and 4 bytes.</summary>
        private bool TryPeekSized(byte narrowest, out int start, out int count)
        {
            start = count = 0;
            if (position >= end || bytes[position] < narrowest || bytes[position] > narrowest + 2)
            {
                return false;
            }

            int width = 1 << (bytes[position] - narrowest);
            if (!TryPeekBits(width, out ulong length) || length > (ulong)(end - position - 1 - width))
            {
                return false;
            }

            start = position + 1 + width;
            count = (int)length;
            return true;
        }

        private bool TryReadCounted(byte fix, byte narrowest, int valuesEach, out int count)
        {
            count = 0;
            if (position >= end)
            {
                return false;
            }

            byte head = bytes[position];
            int next = position + 1;
            ulong announced;
            if (head >= fix && head <= fix + 0x0f)
            {
                announced = (ulong)(head & 0x0f);
            }
            else if (head == narrowest || head == narrowest + 1)
            {
                int width = head == narrowest ? 2 : 4;
                if (!TryPeekBits(width, out announced))
                {
                    return false;
                }

                next += width;
            }
            else
            {
                return false;
            }

            if (announced * (ulong)valuesEach > (ulong)(end - next))
            {
                return false;
            }

            count = (int)announced;
            position = next;
            return true;
        }

        /// <summary>Sees the same four bytes as bits and as a float.</summary>
        [StructLayout(LayoutKind.Explicit)]
        private struct SingleBits
        {
            [FieldOffset(0)]
            internal uint Bits;

            [FieldOffset(0)]
            internal readonly float Value;
        }
    }
}
