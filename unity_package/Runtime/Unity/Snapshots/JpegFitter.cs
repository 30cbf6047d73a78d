using System;

namespace Loquent
{
    /// <summary>Makes a JPEG that isn't larger than it may be: with less quality, and when that isn't enough, with fewer pixels.</summary>
    /// <remarks>Touches nothing of the engine, so any thread may call it.</remarks>
    internal static class JpegFitter
    {
        /// <summary>Below this, blocks show more than what is in the picture.</summary>
        internal const int LeastQuality = 30;

        /// <summary>A model sees little in less; smaller pictures aren't tried.</summary>
        internal const int LeastSide = 64;

        private const int BytesPerPixel = 4;
        private const float QualityStep = 0.7f;

        /// <summary>Encodes a picture.</summary>
        /// <param name="pixels">Its pixels, 4 bytes each; overwritten where it has to be made smaller.</param>
        /// <param name="width">In pixels.</param>
        /// <param name="height">In pixels.</param>
        /// <param name="quality">The quality to begin with, from 1 to 100.</param>
        /// <param name="mostBytes">How large the file may be.</param>
        /// <param name="encode">Encodes pixels, width, height, quality.</param>
        /// <returns>The file; null if even the smallest is too large.</returns>
        internal static byte[] Encode(
            byte[] pixels, int width, int height, int quality, long mostBytes, Func<byte[], int, int, int, byte[]> encode)
        {
            while (true)
            {
                for (int tried = quality; ; tried = Math.Max(LeastQuality, (int)(tried * QualityStep)))
                {
                    byte[] file = encode(pixels, width, height, tried);
                    if (file.Length <= mostBytes)
                    {
                        return file;
                    }

                    if (tried <= LeastQuality)
                    {
                        break;
                    }
                }

                if (Math.Min(width, height) / 2 < LeastSide)
                {
                    return null;
                }

                pixels = Halve(pixels, width, height);
                width /= 2;
                height /= 2;
            }
        }

        /// <summary>Makes each four pixels one, their mean. A last odd row or column is left out.</summary>
        private static byte[] Halve(byte[] pixels, int width, int height)
        {
            int row = width * BytesPerPixel;
            var half = new byte[(width / 2) * (height / 2) * BytesPerPixel];
            int to = 0;
            for (int y = 0; y + 1 < height; y += 2)
            {
                for (int x = 0; x + 1 < width; x += 2)
                {
                    int from = (y * row) + (x * BytesPerPixel);
                    for (int channel = 0; channel < BytesPerPixel; channel++, from++)
                    {
                        int sum = pixels[from] + pixels[from + BytesPerPixel] + pixels[from + row] + pixels[from + row + BytesPerPixel];
                        half[to++] = (byte)((sum + 2) / 4);
                    }
                }
            }

            return half;
        }
    }
}
