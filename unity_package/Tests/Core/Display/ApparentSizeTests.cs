using Loquent.Core.Display;
using NUnit.Framework;

namespace Loquent.Core.Tests.Display
{
    /// <summary>A millimetre per metre between nearest and farthest; and what is to be seen from where.</summary>
    [TestFixture]
    public sealed class ApparentSizeTests
    {
        [TestCase(0.2, 0.001)]
        [TestCase(1, 0.001)]
        [TestCase(1.75, 0.00175)]
        [TestCase(5, 0.005)]
        [TestCase(80, 0.005)]
        public void ADmmIsAMillimetrePerMetreBetweenNearestAndFarthest(double distance, double metres)
        {
            Assert.That(ApparentSize.MetresPerDmm(distance, 1, 5), Is.EqualTo(metres).Within(1e-12));
        }

        [Test]
        public void AFarthestNearerThanTheNearestCountsAsThat()
        {
            Assert.That(ApparentSize.MetresPerDmm(3, 2, 1), Is.EqualTo(0.002));
        }

        [TestCase(0.3, 0)]
        [TestCase(0.4, 0)]
        [TestCase(0.5, 0.5)]
        [TestCase(0.6, 1)]
        [TestCase(9, 1)]
        [TestCase(9.5, 0.5)]
        [TestCase(10, 0)]
        [TestCase(11, 0)]
        public void WhatIsTooNearOrTooFarFades(double distance, double seen)
        {
            Assert.That(ApparentSize.Visibility(distance, 0.4, 10), Is.EqualTo(seen).Within(1e-9));
        }

        [Test]
        public void WithoutBoundsItIsSeenFromEverywhere()
        {
            Assert.That(ApparentSize.Visibility(0, 0, 0), Is.EqualTo(1));
            Assert.That(ApparentSize.Visibility(1e6, 0, 0), Is.EqualTo(1));
        }
    }
}
