using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>Sequence and silence by themselves, with times as the test gives them.</summary>
    [TestFixture]
    public sealed class TimingTests
    {
        [Test]
        public void TheFirstFrameOfASessionIsNumberOne()
        {
            var sequence = new Sequence();
            Assert.That(sequence.TryAccept(0, 0), Is.False);
            Assert.That(sequence.TryAccept(2, 0), Is.False);
            Assert.That(sequence.TryAccept(1, 0), Is.True);
            Assert.That(sequence.TryAccept(1, 0), Is.False);
            Assert.That(sequence.Processed, Is.EqualTo(1));
            sequence.Restart();
            Assert.That(sequence.TryAccept(1, 0), Is.True);
        }

        [Test]
        public void TheOldestFrameThatIsNotAcknowledgedSetsTheTime()
        {
            var sequence = new Sequence();
            Assert.That(sequence.IsAckDue(1000000), Is.False);
            sequence.TryAccept(1, 1000);
            sequence.TryAccept(2, 1400);
            Assert.That(sequence.IsAckDue(1499), Is.False);
            Assert.That(sequence.IsAckDue(1500), Is.True);
            sequence.Acknowledged();
            Assert.That(sequence.IsAckDue(9999), Is.False);
            sequence.TryAccept(3, 9000);
            Assert.That(sequence.IsAckDue(9499), Is.False);
            Assert.That(sequence.IsAckDue(9500), Is.True);
        }

        [Test]
        public void HearingAnythingEndsSilence()
        {
            var silence = new SilenceWatch();
            silence.Restart(0);
            for (long now = 100; now < 3000; now += 100)
            {
                Assert.That(silence.IsLost(now, 0, true, 1000), Is.False, now.ToString());
            }

            Assert.That(silence.IsLost(3000, 2950, true, 1000), Is.False);
            for (long now = 3100; now < 5950; now += 100)
            {
                Assert.That(silence.IsLost(now, 2950, true, 1000), Is.False, now.ToString());
            }

            Assert.That(silence.IsLost(5950, 2950, true, 1000), Is.True);
        }

        [Test]
        public void WhileNothingIsReceivedForLackOfRoomNobodyIsSilent()
        {
            var silence = new SilenceWatch();
            silence.Restart(0);
            for (long now = 100; now < 100000; now += 100)
            {
                Assert.That(silence.IsLost(now, 0, false, 1000), Is.False);
            }
        }

        [Test]
        public void ALongGapBetweenTwoLooksCountsAsOneBeat()
        {
            var silence = new SilenceWatch();
            silence.Restart(0);
            Assert.That(silence.IsLost(1000000, 0, true, 1000), Is.False);
            Assert.That(silence.IsLost(2000000, 0, true, 1000), Is.False);
            Assert.That(silence.IsLost(3000000, 0, true, 1000), Is.True);
        }

        [Test]
        public void TheClockNeverGoesBackwards()
        {
            long before = MonotonicClock.Now();
            for (int i = 0; i < 10000; i++)
            {
                long now = MonotonicClock.Now();
                Assert.That(now, Is.GreaterThanOrEqualTo(before));
                before = now;
            }
        }
    }
}
