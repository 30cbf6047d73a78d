using System;

namespace Loquent.Core.Wire
{
    /// <summary>
    /// Writes msgpack into a buffer that grows, each value in its shortest format. Once the buffer is large enough, writing allocates
    /// nothing. An instance serves one thread at a time.
    /// </summary>
    internal sealed class MsgPackWriter
    {
        private byte[] bytes;

        internal MsgPackWriter(int capacity = 256)
        {
            bytes = new byte[capacity];
        }

        /// <summary>What has been written, in its first <see cref="Length"/> bytes. Another array after each growth.</summary>
        internal byte[] Bytes => bytes;

        /// <summary>How many bytes have been written.</summary>
        internal int Length { get; private set; }

        /// <summary>Forgets what has been written; the buffer stays.</summary>
        internal void Reset()
        {
            Length = 0;
        }

        /// <summary>Copies what has been written.</summary>
        internal byte[] ToArray()
        {
            var copy = new byte[Length];
            Buffer.BlockCopy(bytes, 0, copy, 0, Length);
            return copy;
        }

        internal void WriteNil()
        {
            WriteHead(MsgPackFormat.Nil);
        }

        internal void WriteBool(bool value)
        {
            WriteHead(value ? MsgPackFormat.True : MsgPackFormat.False);
        }

        internal void WriteUnsigned(ulong value)
        {
            if (value < 0x80)
            {
                WriteHead((byte)value);
            }
            else if (value <= byte.MaxValue)
            {
                WriteBits(MsgPackFormat.Unsigned8, value, 1);
            }
            else if (value <= ushort.MaxValue)
            {
                WriteBits(MsgPackFormat.Unsigned16, value, 2);
            }
            else if (value <= uint.MaxValue)
            {
                WriteBits(MsgPackFormat.Unsigned32, value, 4);
            }
            else
            {
                WriteBits(MsgPackFormat.Unsigned64, value, 8);
            }
        }

        internal void WriteInteger(long value)
        {
            ulong bits = unchecked((ulong)value);
            if (value >= 0)
            {
                WriteUnsigned(bits);
            }
            else if (value >= -32)
            {
                WriteHead(unchecked((byte)value));
            }
            else if (value >= sbyte.MinValue)
            {
                WriteBits(MsgPackFormat.Signed8, bits, 1);
            }
            else if (value >= short.MinValue)
            {
                WriteBits(MsgPackFormat.Signed16, bits, 2);
            }
            else if (value >= int.MinValue)
            {
                WriteBits(MsgPackFormat.Signed32, bits, 4);
            }
            else
            {
                WriteBits(MsgPackFormat.Signed64, bits, 8);
            }
        }

        /// <summary>Writes a float 64.</summary>
        internal void WriteNumber(double value)
        {
            WriteBits(MsgPackFormat.Float64, unchecked((ulong)BitConverter.DoubleToInt64Bits(value)), 8);
        }

        /// <summary>Writes a text; a lone surrogate in it becomes U+FFFD.</summary>
        internal void WriteText(string text)
        {
            int count = Utf8.ByteCount(text);
            if (count < 32)
            {
                WriteHead((byte)(MsgPackFormat.FixText | count));
            }
            else
            {
                WriteSize(MsgPackFormat.Text8, count);
            }

            Reserve(count);
            Length += Utf8.Encode(text, bytes, Length);
        }

        /// <summary>Writes a text, or nil for null.</summary>
        internal void WriteOptionalText(string text)
        {
            if (text == null)
            {
                WriteNil();
            }
            else
            {
                WriteText(text);
            }
        }

        /// <summary>Writes a <c>bin</c>.</summary>
        internal void WriteBytes(byte[] data, int start, int count)
        {
            WriteSize(MsgPackFormat.Bytes8, count);
            Reserve(count);
            Buffer.BlockCopy(data, start, bytes, Length, count);
            Length += count;
        }

        /// <summary>Writes the head of an array; so many values must follow.</summary>
        internal void WriteArray(int count)
        {
            WriteCount(MsgPackFormat.FixArray, MsgPackFormat.Array16, count);
        }

        /// <summary>Writes the head of a map; so many keys, each followed by its value, must follow.</summary>
        internal void WriteMap(int count)
        {
            WriteCount(MsgPackFormat.FixMap, MsgPackFormat.Map16, count);
        }

        private void WriteSize(byte narrowest, int count)
        {
            if (count <= byte.MaxValue)
            {
                WriteBits(narrowest, (ulong)count, 1);
            }
            else if (count <= ushort.MaxValue)
            {
                WriteBits((byte)(narrowest + 1), (ulong)count, 2);
            }
            else
            {
                WriteBits((byte)(narrowest + 2), (ulong)count, 4);
            }
        }

        private void WriteCount(byte fix, byte narrowest, int count)
        {
            if (count < 16)
            {
                WriteHead((byte)(fix | count));
            }
            else if (count <= ushort.MaxValue)
            {
                WriteBits(narrowest, (ulong)count, 2);
            }
            else
            {
                WriteBits((byte)(narrowest + 1), (ulong)count, 4);
            }
        }

        private void WriteHead(byte head)
        {
            Reserve(1);
            bytes[Length++] = head;
        }

        private void WriteBits(byte head, ulong bits, int width)
        {
            Reserve(1 + width);
            bytes[Length++] = head;
            for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
            {
                bytes[Length++] = unchecked((byte)(bits >> shift));
            }
        }

        private void Reserve(int count)
        {
            if (count > bytes.Length - Length)
            {
                Array.Resize(ref bytes, Math.Max(checked(Length + count), bytes.Length * 2));
            }
        }
    }
}
