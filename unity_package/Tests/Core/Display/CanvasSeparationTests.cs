using System;
using System.Collections.Generic;
using Loquent.Core.Display;
using NUnit.Framework;

namespace Loquent.Core.Tests.Display
{
    /// <summary>No canvas covers another; the result is the same each time, and nothing goes to and fro.</summary>
    [TestFixture]
    public sealed class CanvasSeparationTests
    {
        private CanvasSeparation separation;

        [SetUp]
        public void MakeSeparation()
        {
            separation = new CanvasSeparation();
        }

        [Test]
        public void CanvasesApartStayWhereTheyAre()
        {
            ViewBox left = Add(-0.5, 0, 2);
            ViewBox right = Add(0.5, 0, 3);
            separation.Resolve();
            Assert.That(left.Lift, Is.EqualTo(0));
            Assert.That(right.Lift, Is.EqualTo(0));
        }

        [Test]
        public void TheFartherOneIsRaisedAboveTheNearer()
        {
            ViewBox far = Add(0.1, 0, 3);
            ViewBox near = Add(0, 0, 2);
            separation.Resolve();
            Assert.That(near.Lift, Is.EqualTo(0));
            Assert.That(far.Lift, Is.EqualTo(0.2 + separation.Gap).Within(1e-9));
        }

        [Test]
        public void TwoAtOnePlaceAreStackedAndTheEarlierOneStays()
        {
            ViewBox one = Add(0, 0, 2);
            ViewBox other = Add(0, 0, 2);
            for (int i = 0; i < 3; i++)
            {
                separation.Resolve();
                Assert.That(one.Lift, Is.EqualTo(0));
                Assert.That(other.Lift, Is.EqualTo(0.2 + separation.Gap).Within(1e-9));
            }
        }

        [Test]
        public void AStackOfMany()
        {
            var boxes = new List<ViewBox>();
            for (int i = 0; i < 4; i++)
            {
                boxes.Add(Add(i * 0.01, 0, 2 + i));
            }

            separation.Resolve();
            AssertApart(boxes);
        }

        [Test]
        public void RandomCrowdsDoNotCoverEachOther()
        {
            var random = new Random(7);
            for (int crowd = 0; crowd < 200; crowd++)
            {
                MakeSeparation();
                separation.MostLift = 100;
                var boxes = new List<ViewBox>();
                for (int i = 0; i < 12; i++)
                {
                    boxes.Add(Add((random.NextDouble() * 7) - 3.5, random.NextDouble() * 0.4, 1 + (random.NextDouble() * 9)));
                }

                for (int frame = 0; frame < 5; frame++)
                {
                    separation.Resolve();
                    AssertApart(boxes);
                    boxes.ForEach(box => box.Yaw += 0.02 * (random.NextDouble() - 0.5));
                }
            }
        }

        [Test]
        public void AcrossTheBackTheyMeetToo()
        {
            ViewBox near = Add(Math.PI - 0.05, 0, 2);
            ViewBox far = Add(-Math.PI + 0.05, 0, 3);
            separation.Resolve();
            Assert.That(near.Lift, Is.EqualTo(0));
            Assert.That(far.Lift, Is.GreaterThan(0));
        }

        [Test]
        public void AtTheEdgeOfMeetingNothingGoesToAndFro()
        {
            Add(0, 0, 2);
            ViewBox far = Add(0.5, 0, 3);
            double edge = 0.4 + separation.Gap;
            int changes = 0;
            bool was = false;
            for (int frame = 0; frame < 200; frame++)
            {
                far.Yaw = edge + (frame % 2 == 0 ? -0.001 : 0.001);
                separation.Resolve();
                changes += (far.Lift > 0) != was ? 1 : 0;
                was = far.Lift > 0;
            }

            Assert.That(changes, Is.EqualTo(1), "It's raised once.");
            far.Yaw = edge + separation.Release + 0.001;
            separation.Resolve();
            Assert.That(far.Lift, Is.EqualTo(0), "And comes down when there is room.");
        }

        [Test]
        public void TwoAtAboutTheSameDistanceDoNotSwap()
        {
            ViewBox one = Add(0, 0, 2);
            ViewBox other = Add(0.05, 0, 2.05);
            separation.Resolve();
            for (int frame = 0; frame < 20; frame++)
            {
                one.Distance = frame % 2 == 0 ? 2.1 : 2;
                separation.Resolve();
                Assert.That(one.Lift, Is.EqualTo(0));
                Assert.That(other.Lift, Is.GreaterThan(0));
            }

            one.Distance = 3;
            separation.Resolve();
            Assert.That(other.Lift, Is.EqualTo(0), "Now it's clearly nearer.");
            Assert.That(one.Lift, Is.GreaterThan(0));
        }

        [Test]
        public void WhatIsNotSeenIsNotInTheWay()
        {
            ViewBox near = Add(0, 0, 2);
            ViewBox far = Add(0, 0, 3);
            near.IsVisible = false;
            separation.Resolve();
            Assert.That(far.Lift, Is.EqualTo(0));
        }

        [Test]
        public void NothingIsRaisedOutOfSight()
        {
            var boxes = new List<ViewBox>();
            for (int i = 0; i < 10; i++)
            {
                boxes.Add(Add(0, 0, 2 + i));
            }

            separation.Resolve();
            Assert.That(boxes.TrueForAll(box => box.Lift <= separation.MostLift), Is.True);
        }

        private static void AssertApart(List<ViewBox> boxes)
        {
            for (int i = 0; i < boxes.Count; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    double aside = Math.Abs(Math.IEEERemainder(boxes[i].Yaw - boxes[j].Yaw, 2 * Math.PI));
                    double apart = Math.Abs(boxes[i].Pitch + boxes[i].Lift - boxes[j].Pitch - boxes[j].Lift);
                    Assert.That(aside >= 0.4 || apart >= 0.2, Is.True, i + " covers " + j);
                }
            }
        }

        private ViewBox Add(double yaw, double pitch, double distance)
        {
            var box = new ViewBox
            {
                Yaw = yaw, Pitch = pitch, HalfWidth = 0.2, HalfHeight = 0.1, Distance = distance, IsVisible = true,
            };
            separation.Add(box);
            return box;
        }
    }
}
