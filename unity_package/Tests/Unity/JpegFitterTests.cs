using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Loquent.Tests
{
    /// <summary>A picture is made to fit: with less quality first, with fewer pixels then.</summary>
    [TestFixture]
    public sealed class JpegFitterTests
    {
        private readonly List<string> tries = new List<string>();

        [SetUp]
        public void Begin()
        {
            tries.Clear();
        }

        [Test]
        public void WhatFitsIsEncodedOnce()
        {
            Assert.That(Fit(256, 256, 75, 1000, (w, h, q) => 1000), Is.EqualTo(1000));
            Assert.That(tries, Is.EqualTo(new[] { "256 x 256 at 75" }));
        }

        [Test]
        public void QualityIsLoweredBeforePixelsAreLost()
        {
            Assert.That(Fit(256, 128, 75, 100, (w, h, q) => w * h / 128 * q / 75), Is.LessThanOrEqualTo(100));
            Assert.That(tries, Is.EqualTo(new[] { "256 x 128 at 75", "256 x 128 at 52", "256 x 128 at 36", "256 x 128 at 30", "128 x 64 at 75" }));
        }

        [Test]
        public void ThereIsASmallestPictureAndAnEnd()
        {
            Assert.That(Fit(1024, 1024, 95, 10, (w, h, q) => 11), Is.EqualTo(-1));
            Assert.That(tries[tries.Count - 1], Is.EqualTo("64 x 64 at 30"));
            Assert.That(tries.Count, Is.LessThanOrEqualTo(25));
        }

        [Test]
        public void FourPixelsBecomeTheirMeanAndAnOddEdgeIsLeftOut()
        {
            const int side = 129;
            var pixels = new byte[side * side * 4];
            for (int y = 0; y < side; y++)
            {
                for (int x = 0; x < side; x++)
                {
                    int at = ((y * side) + x) * 4;
                    pixels[at] = (byte)(x % 2 * 200);
                    pixels[at + 1] = (byte)(y / 2);
                    pixels[at + 2] = (byte)(x == side - 1 || y == side - 1 ? 255 : 0);
                    pixels[at + 3] = 255;
                }
            }

            byte[] half = null;
            JpegFitter.Encode(
                pixels,
                side,
                side,
                30,
                1,
                (from, width, height, quality) =>
                {
                    half = width == 64 ? from : half;
                    return new byte[width == 64 ? 1 : 2];
                });
            Assert.That(half.Length, Is.EqualTo(64 * 64 * 4));
            for (int i = 0; i < half.Length; i += 4)
            {
                Assert.That(new[] { half[i], half[i + 1], half[i + 2], half[i + 3] }, Is.EqualTo(new[] { 100, i / 4 / 64, 0, 255 }));
            }
        }

        private int Fit(int width, int height, int quality, long most, Func<int, int, int, int> size)
        {
            byte[] file = JpegFitter.Encode(
                new byte[width * height * 4],
                width,
                height,
                quality,
                most,
                (pixels, w, h, q) =>
                {
                    Assert.That(pixels.Length, Is.EqualTo(w * h * 4));
                    tries.Add(w + " x " + h + " at " + q);
                    return new byte[size(w, h, q)];
                });
            return file == null ? -1 : file.Length;
        }
    }
}
