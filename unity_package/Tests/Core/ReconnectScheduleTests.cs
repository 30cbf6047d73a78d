using System;
using System.Collections.Generic;
using Loquent.Core.Failures;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>When attempts to connect are due, by itself, with times and chance as the test gives them.</summary>
    [TestFixture]
    public sealed class ReconnectScheduleTests
    {
        private static readonly LoquentException Reason = new ConnectionLostException("of the test");

        private double chance;

        [Test]
        public void TheBoundDoublesUpToTheLongest()
        {
            chance = 1;
            Assert.That(Delays(Make(), 9), Is.EqualTo(new double[] { 250, 500, 1000, 2000, 4000, 8000, 10000, 10000, 10000 }));
            chance = 0;
            Assert.That(Delays(Make(), 3), Is.EqualTo(new double[] { 0, 0, 0 }));
        }

        [Test]
        public void ByChanceItIsAnythingFromNothingToTheBound()
        {
            var random = new Random(20250131);
            const int Draws = 4000;
            for (int attempt = 1; attempt <= 8; attempt++)
            {
                double bound = Math.Min(10000, 250 * Math.Pow(2, attempt - 1));
                double sum = 0;
                double least = double.MaxValue;
                double most = 0;
                for (int i = 0; i < Draws; i++)
                {
                    ReconnectSchedule schedule = Make(policy => policy.Chance = random.NextDouble);
                    double delay = Delays(schedule, attempt)[attempt - 1];
                    sum += delay;
                    least = Math.Min(least, delay);
                    most = Math.Max(most, delay);
                }

                Assert.That(least, Is.InRange(0, bound / 100));
                Assert.That(most, Is.InRange(bound * 0.99 - 1, bound));
                Assert.That(sum / Draws, Is.InRange(bound * 0.47, bound * 0.53), "All of it is as likely.");
            }
        }

        [Test]
        public void TwoProgramsDoNotChooseTheSameTimes()
        {
            ReconnectSchedule one = Make(policy => policy.Chance = null);
            ReconnectSchedule other = Make(policy => policy.Chance = null);
            Assert.That(Delays(one, 20), Is.Not.EqualTo(Delays(other, 20)));
        }

        [Test]
        public void WhatTheServerAsksForIsTheLeastAndChanceComesOnTop()
        {
            chance = 1;
            ReconnectSchedule schedule = Make();
            Assert.That(schedule.Next(1000, 20000, Reason).Delay.TotalMilliseconds, Is.EqualTo(20250), "Not all clients at the same moment.");
            Assert.That(schedule.IsDue(21249), Is.False);
            Assert.That(schedule.IsDue(21250), Is.True);
        }

        [Test]
        public void AfterSoManyAttemptsThereIsNone()
        {
            ReconnectSchedule schedule = Make(policy => policy.MaxAttempts = 3);
            Delays(schedule, 3);
            Assert.That(schedule.Next(0, 0, Reason), Is.Null);
            Assert.That(schedule.Attempts, Is.EqualTo(3));
        }

        [Test]
        public void AfterSoMuchTimeThereIsNoneAndTheLastComesWhenItIsUp()
        {
            chance = 1;
            ReconnectSchedule schedule = Make(policy => policy.GiveUpAfter = TimeSpan.FromMilliseconds(700));
            schedule.Lost(0, 0);
            Assert.That(schedule.Next(0, 0, Reason).Delay.TotalMilliseconds, Is.EqualTo(250));
            schedule.Pass(250);
            Assert.That(schedule.Next(250, 0, Reason).Delay.TotalMilliseconds, Is.EqualTo(450), "It would be 500.");
            schedule.Pass(700);
            Assert.That(schedule.Next(700, 0, Reason), Is.Null);
        }

        [Test]
        public void AServerThatAsksForMoreTimeThanThereIsIsGivenUpAtOnce()
        {
            ReconnectSchedule schedule = Make(policy => policy.GiveUpAfter = TimeSpan.FromSeconds(60));
            Assert.That(schedule.Next(0, 60001, Reason), Is.Null);
            Assert.That(schedule.Next(0, 60000, Reason), Is.Not.Null);
        }

        [Test]
        public void TimeInWhichNobodyLookedCountsAsOneWaitAtMost()
        {
            ReconnectSchedule schedule = Make();
            schedule.Lost(0, 0);
            schedule.Pass(3600000);
            Assert.That(schedule.SpentSeconds, Is.EqualTo(10));
            schedule.Pass(3601000);
            Assert.That(schedule.SpentSeconds, Is.EqualTo(11));
            schedule.Pass(0);
            Assert.That(schedule.SpentSeconds, Is.EqualTo(11), "A clock that jumps back takes nothing away.");
        }

        [Test]
        public void OnlyAConnectionThatLastedBeginsAnew()
        {
            ReconnectSchedule schedule = Make();
            schedule.Lost(0, 0);
            Delays(schedule, 4);
            schedule.Pass(5000);
            schedule.Lost(6000, 9999);
            Assert.That(schedule.Next(6000, 0, Reason).Number, Is.EqualTo(5));
            Assert.That(schedule.SpentSeconds, Is.EqualTo(5));
            schedule.Lost(20000, 10000);
            Assert.That(schedule.Next(20000, 0, Reason).Number, Is.EqualTo(1));
            Assert.That(schedule.SpentSeconds, Is.EqualTo(0));
        }

        [Test]
        public void AVeryLongSeriesStaysWithinTheBound()
        {
            chance = 1;
            double[] delays = Delays(Make(policy => policy.MaxAttempts = int.MaxValue), 3000);
            Assert.That(delays[2999], Is.EqualTo(10000));
        }

        private static double[] Delays(ReconnectSchedule schedule, int count)
        {
            var delays = new List<double>();
            for (int i = 0; i < count; i++)
            {
                ReconnectAttempt next = schedule.Next(0, 0, Reason);
                Assert.That(next.Number, Is.EqualTo(i + 1));
                Assert.That(next.Reason, Is.SameAs(Reason));
                delays.Add(next.Delay.TotalMilliseconds);
            }

            return delays.ToArray();
        }

        private ReconnectSchedule Make(Action<ReconnectPolicy> change = null)
        {
            var policy = new ReconnectPolicy { Chance = () => chance };
            change?.Invoke(policy);
            return new ReconnectSchedule(policy.Checked());
        }
    }
}
