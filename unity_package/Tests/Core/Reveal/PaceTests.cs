using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>The pace is the reader's: whatever the rhythm of the network, the frame rate or a hitch.</summary>
    [TestFixture]
    public sealed class PaceTests
    {
        private const double Sample = 0.25;
        private const double Longest = 40;

        [Test]
        public void TheSameIsShownAtTheSameTimeWhateverTheFrames()
        {
            var random = new Random(29);
            for (int round = 0; round < 12; round++)
            {
                List<KeyValuePair<double, string>> arrivals = Arrivals(random);
                List<double> exact = Shown(arrivals, () => 1.0 / 4000, 1.0 / 4000);
                foreach (int rate in new[] { 72, 90, 120 })
                {
                    Compare(exact, Shown(arrivals, () => 1.0 / rate, Sample), 1.0 / rate, rate + " Hz");
                }

                Compare(exact, Shown(arrivals, () => random.Next(20) == 0 ? 0.1 : 1.0 / 90, Sample), 0.1, "90 Hz with hitches");
            }
        }

        [Test]
        public void WithAllTextThereEveryFrameRateShowsTheSameToTheCharacter()
        {
            var random = new Random(31);
            int different = 0;
            for (int round = 0; round < 20; round++)
            {
                string text = RandomText.Any(random, 60);
                var one = new Reading(20, 3).Whole(text);
                var other = new Reading(20, 3).Whole(text);
                for (int i = 0; i < 100; i++)
                {
                    one.Pass(0.1, 0.1);
                    other.Pass(0.1, 0.0001 + (0.02 * random.NextDouble()));
                    different += one.Reveal.ShownChars == other.Reveal.ShownChars ? 0 : 1;
                }
            }

            Assert.That(different, Is.LessThan(10), "of 2,000: rounding may decide whether a character is due in this frame or the next.");
        }

        [Test]
        public void AHitchOfTwoSecondsDumpsNothing()
        {
            Reading reading = new Reading(80).Whole(new string('a', 75)).Pass(1);
            int before = reading.Seen.Length;
            reading.Pass(2, 2);
            Assert.That(reading.Seen.Length - before, Is.InRange(1, 4));
        }

        [Test]
        public void BurstsLookEven()
        {
            Reading reading = new Reading(40, 60);
            var random = new Random(37);
            double last = 0;
            double longest = 0;
            int seen = 0;
            for (int frame = 0; frame < 72 * 20; frame++)
            {
                if (frame % 36 == 0)
                {
                    // Twice a second ten characters, which is just reading speed.
                    reading.Receive("abcd " + (random.Next(2) == 0 ? "efgh " : "ef gh"));
                }

                reading.Pass(1.0 / 72);
                if (reading.Seen.Length > seen)
                {
                    longest = frame > 72 * 3 ? Math.Max(longest, reading.Now - last) : 0;
                    last = reading.Now;
                    seen = reading.Seen.Length;
                }
            }

            Assert.That(seen, Is.GreaterThan(350), "It keeps up.");
            Assert.That(longest, Is.LessThan(0.15), "The longest gap between two characters; bursts are 0.5 s apart.");
        }

        [Test]
        public void ThePaceSettlesWithoutSwinging([Values(11, 15, 19, 24, 28)] int charactersPerSecond)
        {
            Reading reading = new Reading(40, 64);
            reading.Settings.PageRest = 0;
            double due = 0;
            double lastWaiting = 0;
            int turns = 0;
            int direction = 0;
            for (int frame = 1; frame < 72 * 60; frame++)
            {
                for (due += charactersPerSecond / 72.0; due >= 1; due--)
                {
                    reading.Receive(reading.Text.Length % 2 == 0 ? "a" : " ");
                }

                reading.Pass(1.0 / 72);
                if (frame % 72 == 0)
                {
                    // Once a second: does what waits go up or down?
                    double waiting = reading.Reveal.WaitingSeconds;
                    int now = Math.Abs(waiting - lastWaiting) < 0.08 ? direction : Math.Sign(waiting - lastWaiting);
                    turns += direction != 0 && now != direction ? 1 : 0;
                    direction = now;
                    lastWaiting = waiting;
                }
            }

            Assert.That(turns, Is.EqualTo(0), "What waits goes one way only, to where it stays.");
            Assert.That(lastWaiting, Is.LessThan(11.5));
        }

        [Test]
        public void MoreThatWaitsNeverSlowsThePaceAndThereAreNoJumps()
        {
            var settings = new Loquent.Core.Reveal.RevealSettings();
            double last = settings.PaceFor(0, false);
            Assert.That(last, Is.EqualTo(0.5));
            for (double waiting = 0; waiting < 30; waiting += 0.01)
            {
                double pace = settings.PaceFor(waiting, false);
                Assert.That(pace, Is.InRange(last, last + 0.00501));
                Assert.That(settings.PaceFor(waiting, true), Is.EqualTo(Math.Max(1, pace)));
                last = pace;
            }

            Assert.That(last, Is.EqualTo(1.5));
        }

        /// <summary>Text that comes in pieces at times of their own, for some seconds.</summary>
        private static List<KeyValuePair<double, string>> Arrivals(Random random)
        {
            var arrivals = new List<KeyValuePair<double, string>>();
            double time = 0;
            string text = RandomText.Good(random, 120);
            for (int at = 0; at < text.Length;)
            {
                time += random.Next(4) == 0 ? random.NextDouble() : 0.2 * random.NextDouble();
                int end = RandomText.NextLength(random, text, at);
                arrivals.Add(new KeyValuePair<double, string>(time, text.Substring(at, end - at)));
                at = end;
            }

            return arrivals;
        }

        /// <summary>Plays arrivals, and notes how much has been shown at each sample. A frame takes what had come when it began.</summary>
        private static List<double> Shown(List<KeyValuePair<double, string>> arrivals, Func<double> frame, double sample)
        {
            var reading = new Reading(24, 3);
            var shown = new List<double>();
            int next = 0;
            double now = 0;
            double nextSample = sample;
            while (now < Longest)
            {
                double step = Math.Min(frame(), nextSample - now);
                for (; next < arrivals.Count && arrivals[next].Key <= now; next++)
                {
                    reading.Receive(arrivals[next].Value);
                }

                if (next == arrivals.Count)
                {
                    reading.Reveal.End();
                }

                now += step;
                reading.Pass(step, 1);
                if (now >= nextSample - 1e-9)
                {
                    shown.Add(reading.Reveal.ShownChars);
                    nextSample = (shown.Count + 1) * sample;
                }
            }

            return shown;
        }

        private static void Compare(List<double> exact, List<double> found, double frame, string name)
        {
            // A frame, and the time that one character more or less takes.
            double tolerance = frame + 0.05;
            for (int i = 0; i < found.Count; i++)
            {
                double time = (i + 1) * Sample;
                int before = (int)Math.Max(0, Math.Floor((time - tolerance) * 4000) - 1);
                int after = (int)Math.Min(exact.Count - 1, Math.Ceiling((time + tolerance) * 4000) - 1);
                Assert.That(found[i], Is.InRange(exact[before], exact[after]), "At " + name + " after " + time + " s.");
            }
        }
    }
}
