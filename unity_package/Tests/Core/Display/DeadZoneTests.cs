using System;
using Loquent.Core.Display;
using NUnit.Framework;

namespace Loquent.Core.Tests.Display
{
    /// <summary>Following lazily: closely behind a movement, not at all for a tremble at rest, and the same at any frame rate.</summary>
    [TestFixture]
    public sealed class DeadZoneTests
    {
        [Test]
        public void FollowsATargetThatMovesAndArrives()
        {
            var follower = new Follower();
            follower.Run(1, 1.0 / 72, time => 1);
            Assert.That(follower.At, Is.EqualTo(1).Within(0.002));
            Assert.That(follower.Zone.IsMoving, Is.False);
        }

        [Test]
        public void ATrembleAtRestMovesNothing()
        {
            var follower = new Follower();
            follower.Run(4, 1.0 / 72, time => 0);
            double before = follower.At;
            follower.Run(10, 1.0 / 72, time => 0.04 * Math.Sin(time * 9));
            Assert.That(follower.At, Is.EqualTo(before));
        }

        [Test]
        public void RightBehindAMovementLittleIsEnough()
        {
            var follower = new Follower();
            follower.Run(1, 1.0 / 72, time => 1);
            follower.Run(0.1, 1.0 / 72, time => 1.03);
            Assert.That(follower.At, Is.GreaterThan(1.015));
        }

        [TestCase(30)]
        [TestCase(60)]
        [TestCase(120)]
        [TestCase(1000)]
        public void TheFrameRateMakesNoDifference(int hertz)
        {
            var follower = new Follower();
            var fine = new Follower();
            follower.Run(3, 1.0 / hertz, time => 0.5 * time);
            fine.Run(3, 1.0 / 4000, time => 0.5 * time);
            Assert.That(follower.At, Is.EqualTo(fine.At).Within(0.5 / hertz), "No more apart than the target goes in a frame.");
        }

        [Test]
        public void AShareOfTheWayIsTheSameInOneStepOrInMany()
        {
            double left = 1;
            for (int i = 0; i < 10; i++)
            {
                left *= 1 - DeadZone.Share(0.01, 0.08);
            }

            Assert.That(1 - left, Is.EqualTo(DeadZone.Share(0.1, 0.08)).Within(1e-12));
            Assert.That(DeadZone.Share(0.01, 0), Is.EqualTo(1));
        }

        private sealed class Follower
        {
            internal DeadZone Zone;

            internal double At { get; private set; }

            internal void Run(double seconds, double step, Func<double, double> target)
            {
                int steps = (int)Math.Round(seconds / step);
                for (int i = 1; i <= steps; i++)
                {
                    double wanted = target(i * step);
                    if (Zone.Advance(Math.Abs(wanted - At), step, 0.01, 0.05, 3))
                    {
                        At += (wanted - At) * DeadZone.Share(step, 0.08);
                    }
                }
            }
        }
    }
}
