using System;
using System.Collections.Generic;
using System.IO;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>A baseline JPEG encoder (ITU-T T.81): three components without subsampling, the standard's example tables.</summary>
    internal static class Jpeg
    {
        private static readonly byte[] ZigZag =
        {
            0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43,
            36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        };

        /// <summary>Table K.1, for all three components.</summary>
        private static readonly byte[] Steps =
        {
            16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68,
            109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
        };

        /// <summary>Table K.3: how many codes of each length, and what they stand for.</summary>
        private static readonly byte[] FirstCounts = { 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0 };
        private static readonly byte[] FirstValues = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };

        /// <summary>For the other coefficients: every run and size has a code of 8 bits, all of the same length but the ones that must be longer.</summary>
        private static readonly byte[] OtherCounts = { 0, 0, 0, 0, 0, 0, 0, 162, 0, 0, 0, 0, 0, 0, 0, 0 };
        private static readonly byte[] OtherValues = MakeOtherValues();

        internal static byte[] Encode(Color32[] pixels, int width, int height, int quality)
        {
            byte[] steps = Scaled(Mathf.Clamp(quality, 1, 100));
            var output = new MemoryStream();
            Write(output, 0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 0x4A, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0);
            Write(output, 0xFF, 0xDB, 0, 67, 0);
            foreach (byte index in ZigZag)
            {
                Write(output, steps[index]);
            }

            Write(output, 0xFF, 0xC0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0);
            WriteTable(output, 0x00, FirstCounts, FirstValues);
            WriteTable(output, 0x10, OtherCounts, OtherValues);
            Write(output, 0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0);
            WriteBlocks(new BitWriter(output), pixels, width, height, steps);
            Write(output, 0xFF, 0xD9);
            return output.ToArray();
        }

        private static byte[] MakeOtherValues()
        {
            // End of block, sixteen zeros, and each run of 0 to 15 zeros before a value of 1 to 10 bits.
            var values = new List<byte> { 0x00, 0xF0 };
            for (int run = 0; run < 16; run++)
            {
                for (int size = 1; size <= 10; size++)
                {
                    values.Add((byte)((run << 4) | size));
                }
            }

            return values.ToArray();
        }

        private static byte[] Scaled(int quality)
        {
            int scale = quality < 50 ? 5000 / quality : 200 - (quality * 2);
            return Array.ConvertAll(Steps, step => (byte)Mathf.Clamp(((step * scale) + 50) / 100, 1, 255));
        }

        private static void WriteBlocks(BitWriter bits, Color32[] pixels, int width, int height, byte[] steps)
        {
            Dictionary<int, int> firstCodes = CodesOf(FirstCounts, FirstValues);
            Dictionary<int, int> otherCodes = CodesOf(OtherCounts, OtherValues);
            var before = new int[3];
            var block = new float[64];
            for (int top = 0; top < height; top += 8)
            {
                for (int left = 0; left < width; left += 8)
                {
                    for (int component = 0; component < 3; component++)
                    {
                        Fill(block, pixels, width, height, left, top, component);
                        int[] values = Quantized(block, steps);
                        WriteFirst(bits, values[0] - before[component], firstCodes);
                        before[component] = values[0];
                        WriteOthers(bits, values, otherCodes);
                    }
                }
            }

            bits.Flush();
        }

        /// <summary>Takes a block of one component. The picture's first row is the pixels' last; beyond its edges it's repeated.</summary>
        private static void Fill(float[] block, Color32[] pixels, int width, int height, int left, int top, int component)
        {
            for (int y = 0; y < 8; y++)
            {
                for (int x = 0; x < 8; x++)
                {
                    int row = height - 1 - Mathf.Min(top + y, height - 1);
                    Color32 c = pixels[(row * width) + Mathf.Min(left + x, width - 1)];
                    block[(y * 8) + x] = component == 0 ? (0.299f * c.r) + (0.587f * c.g) + (0.114f * c.b) - 128
                        : component == 1 ? (-0.168736f * c.r) - (0.331264f * c.g) + (0.5f * c.b)
                        : (0.5f * c.r) - (0.418688f * c.g) - (0.081312f * c.b);
                }
            }
        }

        /// <summary>Transforms by cosines and divides by the steps; in zigzag order.</summary>
        private static int[] Quantized(float[] block, byte[] steps)
        {
            var values = new int[64];
            for (int i = 0; i < 64; i++)
            {
                int v = ZigZag[i] / 8;
                int u = ZigZag[i] % 8;
                double sum = 0;
                for (int y = 0; y < 8; y++)
                {
                    for (int x = 0; x < 8; x++)
                    {
                        sum += block[(y * 8) + x] * Cosines[x, u] * Cosines[y, v];
                    }
                }

                values[i] = (int)Math.Round(sum / steps[ZigZag[i]]);
            }

            return values;
        }

        private static readonly double[,] Cosines = MakeCosines();

        private static double[,] MakeCosines()
        {
            var table = new double[8, 8];
            for (int x = 0; x < 8; x++)
            {
                for (int u = 0; u < 8; u++)
                {
                    table[x, u] = Math.Cos(((2 * x) + 1) * u * Math.PI / 16) * (u == 0 ? Math.Sqrt(0.125) : 0.5);
                }
            }

            return table;
        }

        private static void WriteFirst(BitWriter bits, int difference, Dictionary<int, int> codes)
        {
            int size = SizeOf(difference);
            bits.Write(codes[size]);
            bits.WriteValue(difference, size);
        }

        private static void WriteOthers(BitWriter bits, int[] values, Dictionary<int, int> codes)
        {
            int zeros = 0;
            for (int i = 1; i < 64; i++)
            {
                if (values[i] == 0)
                {
                    zeros++;
                    continue;
                }

                for (; zeros > 15; zeros -= 16)
                {
                    bits.Write(codes[0xF0]);
                }

                int size = SizeOf(values[i]);
                bits.Write(codes[(zeros << 4) | size]);
                bits.WriteValue(values[i], size);
                zeros = 0;
            }

            if (zeros > 0)
            {
                bits.Write(codes[0x00]);
            }
        }

        private static int SizeOf(int value)
        {
            int size = 0;
            for (int rest = Math.Abs(value); rest > 0; rest >>= 1)
            {
                size++;
            }

            return size;
        }

        /// <summary>Gives each value its code, with the length in the upper half.</summary>
        private static Dictionary<int, int> CodesOf(byte[] counts, byte[] values)
        {
            var codes = new Dictionary<int, int>();
            int code = 0;
            int at = 0;
            for (int length = 1; length <= 16; length++)
            {
                for (int i = 0; i < counts[length - 1]; i++)
                {
                    codes.Add(values[at++], (length << 16) | code++);
                }

                code <<= 1;
            }

            return codes;
        }

        private static void WriteTable(Stream output, int destination, byte[] counts, byte[] values)
        {
            int length = 3 + counts.Length + values.Length;
            Write(output, 0xFF, 0xC4, length >> 8, length & 255, destination);
            output.Write(counts, 0, counts.Length);
            output.Write(values, 0, values.Length);
        }

        private static void Write(Stream output, params int[] bytes)
        {
            foreach (int value in bytes)
            {
                output.WriteByte((byte)value);
            }
        }

        /// <summary>Bits from the highest; a byte of ones is followed by a byte of zeros.</summary>
        private sealed class BitWriter
        {
            private readonly Stream output;
            private int pending;
            private int count;

            internal BitWriter(Stream output) => this.output = output;

            internal void Write(int code) => Write(code & 0xFFFF, code >> 16);

            internal void WriteValue(int value, int size) => Write(value < 0 ? value + (1 << size) - 1 : value, size);

            internal void Flush() => Write(0x7F, 7);

            private void Write(int value, int size)
            {
                for (int bit = size - 1; bit >= 0; bit--)
                {
                    pending = (pending << 1) | ((value >> bit) & 1);
                    if (++count == 8)
                    {
                        output.WriteByte((byte)pending);
                        if ((pending & 255) == 255)
                        {
                            output.WriteByte(0);
                        }

                        pending = 0;
                        count = 0;
                    }
                }
            }
        }
    }
}
