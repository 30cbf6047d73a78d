using System;
using System.Collections.Generic;
using System.Text;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>A reply appears at a reading pace, page by page, with its cues where they belong.</summary>
    [TestFixture]
    public sealed class ReplyRevealTests
    {
        private const string Long =
            "The road to the old mill is long, and the night is dark. You should wait for the morning; I have a bed for you, and soup. "
            + "Nobody goes there alone. The miller went last week... and he has not come back!";

        [Test]
        public void TheOriginsExampleIsReadWhole()
        {
            Reading reading = new Reading(16, 2).Receive("你好！我是").Pass(0.3).Receive("一个虚拟现实场景里").Pass(0.3).Whole("的角色。");
            reading.UntilComplete();
            Assert.That(reading.Pages, Is.EqualTo(new[] { "你好！我是一个虚\n拟现实场景里的角" }));
            Assert.That(reading.Seen, Is.EqualTo("色。"));
            Assert.That(reading.Reveal.Shown, Is.EqualTo(18));
            Assert.That(reading.Reveal.Shown, Is.EqualTo(reading.Text.ScalarCount));
            Assert.That(reading.Now, Is.InRange(18 / 10.0 / 1.5, 4), "Ideographs count for two.");
        }

        [Test]
        public void TextAppearsAtReadingSpeed()
        {
            Reading reading = new Reading().Whole(new string('a', 36));
            reading.Settings.FastestPace = 1;
            reading.Pass(0.21);
            Assert.That(reading.Seen.Length, Is.EqualTo(4));
            reading.Pass(0.8);
            Assert.That(reading.Seen.Length, Is.EqualTo(20));
            Assert.That(reading.Reveal.IsComplete, Is.False);
            reading.Pass(0.81);
            Assert.That(reading.Reveal.IsComplete, Is.True);
            Assert.That(reading.Reveal.IsRead, Is.False);
            reading.Pass(0.9);
            Assert.That(reading.Reveal.IsRead, Is.True);
        }

        [Test]
        public void TheFirstWordAppearsAtOnce()
        {
            Reading reading = new Reading().Receive("Good evening").Pass(0.1);
            Assert.That(reading.Seen, Is.EqualTo("G"));
        }

        [Test]
        public void ReadingSpeedIsASettingAndCountsAtOnce()
        {
            Reading reading = new Reading(80).Whole(new string('a', 70));
            reading.Settings.FastestPace = 1;
            reading.Settings.ReadingSpeed = 10;
            reading.Pass(1.01);
            Assert.That(reading.Seen.Length, Is.EqualTo(10));
            reading.Settings.ReadingSpeed = 40;
            reading.Pass(1);
            Assert.That(reading.Seen.Length, Is.InRange(49, 50));
        }

        [Test]
        public void ACharacterFadesIn()
        {
            Reading reading = new Reading().Whole("ab");
            reading.Settings.Fade = 0.5;
            reading.Settings.LongestStep = 10;
            reading.Pass(0.05, 10);
            Assert.That(reading.Reveal.AlphaOf(0), Is.EqualTo(0).Within(1e-6), "It begins.");
            Assert.That(reading.Reveal.VisibleClusters, Is.EqualTo(1));
            reading.Pass(0.25, 10);
            Assert.That(reading.Reveal.AlphaOf(0), Is.EqualTo(0.5).Within(1e-6));
            Assert.That(reading.Reveal.AlphaOf(1), Is.EqualTo(0.4).Within(1e-6));
            Assert.That(reading.Reveal.SettledClusters, Is.EqualTo(0));
            reading.Pass(0.26, 10);
            Assert.That(reading.Reveal.SettledClusters, Is.EqualTo(1));
            Assert.That(reading.Reveal.AlphaOf(0), Is.EqualTo(1));
            reading.Pass(0.1, 10);
            Assert.That(reading.Reveal.SettledClusters, Is.EqualTo(2));
            Assert.That(reading.Reveal.AlphaOf(2) + reading.Reveal.AlphaOf(-1), Is.EqualTo(0));
        }

        [Test]
        public void ACharacterOfManyCodePointsAppearsAtOnce()
        {
            Reading reading = new Reading().Whole("👩‍👩‍👧🇩🇪a\u0301");
            var seen = new List<string>();
            while (!reading.Reveal.IsComplete)
            {
                reading.Pass(1.0 / 72);
                if (seen.Count == 0 || seen[seen.Count - 1] != reading.Seen)
                {
                    seen.Add(reading.Seen);
                    Assert.That(reading.Reveal.ShownChars, Is.EqualTo(new[] { 0, 8, 12, 14 }[seen.Count - 1]));
                }
            }

            Assert.That(seen, Is.EqualTo(new[] { string.Empty, "👩👩👧", "👩👩👧🇩🇪", "👩👩👧🇩🇪a\u0301" }));
        }

        [TestCase("a, b", 0.15)]
        [TestCase("a: b", 0.15)]
        [TestCase("a. b", 0.4)]
        [TestCase("a? b", 0.4)]
        [TestCase("a?! b", 0.4)]
        [TestCase("a.” b", 0.4, TestName = "BehindTheQuoteThatCloses")]
        [TestCase("a.) b", 0.4, TestName = "BehindTheBracketThatCloses")]
        [TestCase("a... b", 0.5)]
        [TestCase("a… b", 0.5)]
        [TestCase("a…b", 0.5)]
        [TestCase("a - b", 0.2, TestName = "AHyphenForADash")]
        [TestCase("a—b", 0.2)]
        [TestCase("a\nb", 0.6)]
        [TestCase("a.\n\nb", 0.6)]
        [TestCase("你，好", 0.15)]
        [TestCase("你。好", 0.4)]
        [TestCase("「你。」好", 0.4)]
        [TestCase("ل، ب", 0.15)]
        [TestCase("ל؟ ב", 0.4)]
        [TestCase("3.14", 0)]
        [TestCase("12:30", 0)]
        [TestCase("a-b", 0)]
        [TestCase("a.b", 0)]
        [TestCase("a b", 0)]
        public void TheReaderPausesAt(string text, double pause)
        {
            Reading reading = new Reading().Whole(text);
            reading.Settings.FastestPace = 1;
            reading.UntilComplete();
            double characters = 0;
            foreach (char c in text)
            {
                characters += c == '\n' ? 0 : CodePoints.IsWide(CodePoints.Record(c)) ? 2 : 1;
            }

            Assert.That(reading.Now - (characters / 20), Is.EqualTo(pause).Within(1.1 / 72));
        }

        [Test]
        public void CuesAreRaisedWhereTheyStandAndInTheirOrder()
        {
            Reading reading = new Reading().Cue("look").Receive("Hello ").Cue("wave").Cue("smile").Receive("there").Cue("bow");
            reading.Settings.FastestPace = 1;
            reading.Settings.SlowestPace = 1;
            reading.Pass(0.25);
            Assert.That(reading.Cues, Is.EqualTo(new[] { "look@0.01" }));
            reading.Pass(1);
            Assert.That(reading.Seen, Is.EqualTo("Hello"), "\"there\" may go on.");
            Assert.That(reading.Cues.Count, Is.EqualTo(1));
            reading.Reveal.End();
            reading.Pass(0.01);
            Assert.That(reading.Cues.Count, Is.EqualTo(3), "With the space before \"there\".");
            reading.UntilComplete();
            Assert.That(reading.Cues.Count, Is.EqualTo(4));
            Assert.That(reading.Cues[3].StartsWith("bow", StringComparison.Ordinal), Is.True);
            reading.Cue("late").Pass(0.01);
            Assert.That(reading.Cues.Count, Is.EqualTo(5), "A cue behind the end is raised at once.");
        }

        [Test]
        public void AReplyOfOnlyACueRaisesItAndIsComplete()
        {
            Reading reading = new Reading().Cue("nod");
            reading.Reveal.End();
            reading.Pass(0.02);
            Assert.That(reading.Cues.Count, Is.EqualTo(1));
            Assert.That(reading.Reveal.IsComplete, Is.True);
        }

        [Test]
        public void ACueInTheMiddleOfACharacterComesWithIt()
        {
            Reading reading = new Reading().Receive("e").Cue("wave").Whole("\u0301x");
            reading.UntilComplete();
            Assert.That(reading.Cues.Count, Is.EqualTo(1));
        }

        [Test]
        public void AHandlerThatThrowsLosesNothing()
        {
            Reading reading = new Reading().Cue("a").Cue("b").Whole("xy");
            int raised = 0;
            reading.Reveal.CueReached += cue =>
            {
                if (raised++ == 0)
                {
                    throw new InvalidOperationException("as it should");
                }
            };
            Assert.Throws<InvalidOperationException>(() => reading.Pass(0.01));
            reading.UntilComplete();
            Assert.That(raised, Is.EqualTo(2));
        }

        [Test]
        public void AHandlerMayClear()
        {
            Reading reading = new Reading().Receive("Hel").Cue("interrupt").Whole("lo there");
            reading.Reveal.CueReached += cue => reading.Clear().Whole("No!");
            reading.UntilComplete();
            Assert.That(reading.Seen, Is.EqualTo("No!"));
            Assert.That(reading.Reveal.Shown, Is.EqualTo(3));
        }

        [Test]
        public void APageRestsUntilItHasBeenReadAndThenTurns()
        {
            Reading reading = new Reading(20, 2).Whole(Long);
            reading.Settings.ReadingSpeed = 100;
            double full = 0;
            double turned = 0;
            reading.Reveal.PageTurned += () => turned = turned > 0 ? turned : reading.Now;
            while (turned == 0)
            {
                reading.Pass(1.0 / 72);
                if (full == 0 && reading.Reveal.VisibleClusters == reading.Reveal.Page.ClusterCount && reading.Reveal.Page.IsFull)
                {
                    full = reading.Now;
                }
            }

            Assert.That(turned - full, Is.EqualTo(5.0 / 6).Within(2.0 / 72), "The rest is longer than reading takes here.");
            reading.UntilComplete();
            Assert.That(reading.Reveal.Page.Number, Is.EqualTo(reading.Pages.Count));
            Assert.That(string.Join(" ", reading.Pages.ToArray()).Replace('\n', ' ') + " " + reading.Seen.Replace('\n', ' '), Is.EqualTo(Long));
        }

        [Test]
        public void ANewPageIsEmptyForAMoment()
        {
            Reading reading = new Reading(20, 1).Whole("The night is dark and the road is long.");
            while (reading.Pages.Count == 0)
            {
                reading.Pass(1.0 / 72);
            }

            double turned = reading.Now;
            while (reading.Seen.Length == 0)
            {
                reading.Pass(1.0 / 72);
            }

            double pace = 20 * reading.Settings.PaceFor(reading.Reveal.WaitingSeconds, true);
            Assert.That(reading.Now - turned, Is.EqualTo(0.2 + (1 / pace)).Within(2.0 / 72));
        }

        [Test]
        public void WhatIsNotSeenAtTheEndCountsAsShownWithIt()
        {
            Reading reading = new Reading().Whole("Hi. \u202e\n\n\u200b ");
            reading.UntilComplete();
            Assert.That(reading.Reveal.Shown, Is.EqualTo(9));
            Assert.That(reading.Reveal.ShownChars, Is.EqualTo(9));
        }

        [Test]
        public void HoweverMuchWaitsThePageStaysAsLongAsReadingItTakes()
        {
            Reading reading = new Reading(40, 3).Whole(Long + " " + Long);
            double began = 0;
            for (int i = 0; i < 2; i++)
            {
                int pages = reading.Pages.Count;
                while (reading.Pages.Count == pages)
                {
                    reading.Pass(1.0 / 72);
                }

                Assert.That(reading.Now - began, Is.GreaterThanOrEqualTo((reading.Pages[pages].Length - 2) / 20.0));
                began = reading.Now;
            }
        }

        [Test]
        public void TheGameMayTurnThePages()
        {
            Reading reading = new Reading(20, 2).Whole(Long);
            reading.Settings.TurnsPages = false;
            Assert.That(reading.Reveal.TurnPage(), Is.False, "Nothing is laid out yet.");
            reading.Pass(0.5);
            Assert.That(reading.Reveal.IsPageTurnDue, Is.False);
            reading.Pass(10);
            Assert.That(reading.Reveal.IsPageTurnDue, Is.True);
            Assert.That(reading.Reveal.Page.Number, Is.EqualTo(0));
            Assert.That(reading.Reveal.TurnPage(), Is.True);
            reading.Pass(0.5);
            Assert.That(reading.Reveal.Page.Number, Is.EqualTo(1));
            Assert.That(reading.Reveal.TurnPage(), Is.True, "Before all of it is visible.");
            long shown = reading.Reveal.Shown;
            reading.Pass(0.1);
            Assert.That(reading.Reveal.Page.Number, Is.EqualTo(2));
            Assert.That(reading.Reveal.Shown, Is.GreaterThan(shown), "What was on the page counts as shown.");
        }

        [Test]
        public void APageCanBeFinishedAtOnce()
        {
            Reading reading = new Reading(20, 2).Cue("nod").Receive("The road ").Cue("point").Receive("to the ");
            reading.Pass(0.1);
            reading.Reveal.FinishPage();
            reading.Pass(0.01);
            Assert.That(reading.Seen, Is.EqualTo("The road to"));
            Assert.That(reading.Reveal.AlphaOf(10), Is.EqualTo(1), "without a fade");
            Assert.That(reading.Cues.Count, Is.EqualTo(2));
            reading.Receive("mill is far and dark at night ").Pass(0.01);
            Assert.That(reading.Seen, Is.EqualTo("The road to the mill\nis far and dark at"), "What still comes too.");
            reading.Receive("and cold").Pass(2.5);
            Assert.That(reading.Seen.Length, Is.InRange(1, 12), "But not the next page.");
        }

        [Test]
        public void TheEndCanBeSkippedTo()
        {
            Reading reading = new Reading(20, 2).Receive(Long).Cue("shrug").Receive(" Stay").Pass(0.2);
            reading.Reveal.SkipToEnd();
            reading.Pass(0.02);
            Assert.That(reading.Pages.Count, Is.GreaterThan(3));
            Assert.That(reading.Reveal.Shown, Is.GreaterThanOrEqualTo(Long.Length));
            reading.Whole(" here.").Pass(0.02);
            Assert.That(reading.Reveal.IsComplete, Is.True, "What comes later appears at once as well.");
            Assert.That(reading.Cues.Count, Is.EqualTo(1));
            Assert.That(reading.Reveal.Shown, Is.EqualTo(reading.Text.ScalarCount));
            Assert.That(reading.Seen.EndsWith("here.", StringComparison.Ordinal), Is.True);
        }

        [Test]
        public void SkippingAVeryLongReplyTakesSeveralFrames()
        {
            Reading reading = new Reading(20, 2).Whole(string.Concat(System.Linq.Enumerable.Repeat(Long + " ", 100)));
            reading.Reveal.SkipToEnd();
            reading.Pass(0.01);
            Assert.That(reading.Reveal.IsComplete, Is.False);
            reading.UntilComplete(0.2);
        }

        [Test]
        public void WhateverComesAFrameDoesBoundedWorkAndNothingGrows()
        {
            foreach (string flood in new[] { "\u200b", "a\u0301\u0302\u0303\u0304", "\u0600", "👩‍", "क\u094d", "\n", " ", "ש", "<b>", "(" })
            {
                var text = new StringBuilder();
                while (text.Length < 100000)
                {
                    text.Append(flood);
                }

                Reading reading = new Reading(20, 2).Whole(text.Append(" end.").ToString());
                reading.Reveal.SkipToEnd();
                int frames = 0;
                for (; !reading.Reveal.IsComplete; frames++)
                {
                    reading.Pass(0.01);
                    Assert.That(frames, Is.LessThan(100), RandomText.Show(flood));
                }

                Assert.That(frames, Is.GreaterThan(100000 / 4 / 4096), RandomText.Show(flood));
                Assert.That(reading.Seen.Contains("end"), Is.True, RandomText.Show(flood));
                Assert.That(reading.Reveal.Page.Chars.Length, Is.LessThanOrEqualTo(16384), RandomText.Show(flood));
                Assert.That(reading.Reveal.Shown, Is.EqualTo(reading.Text.ScalarCount));
            }
        }

        [Test]
        public void WithReducedMotionPagesAppearWhole()
        {
            Reading reading = new Reading(20, 2);
            reading.Settings.ReducedMotion = true;
            reading.Receive("The road to the mill ").Pass(3);
            Assert.That(reading.Seen, Is.Empty, "The page isn't whole.");
            reading.Receive("is far and dark at night and cold ").Pass(0.02);
            Assert.That(reading.Seen, Is.EqualTo("The road to the mill\nis far and dark at"));
            Assert.That(reading.Reveal.AlphaOf(0), Is.EqualTo(1));
            reading.Pass(1.8);
            Assert.That(reading.Reveal.Page.Number, Is.EqualTo(0), "It stays for 39 characters.");
            reading.Pass(0.3).Whole("!").Pass(0.02);
            Assert.That(reading.Seen, Is.EqualTo("night and cold !"));
            Assert.That(reading.Reveal.IsComplete, Is.True);
        }

        [Test]
        public void WhatWasShownIsCountedInTheReplysScalarsAtAnyMoment()
        {
            Reading reading = new Reading(10, 2).Whole("\u202e👍🏽 a\u0301\u200b b\r\n\r\n\r\nc " + Long);
            while (!reading.Reveal.IsComplete)
            {
                reading.Pass(1.0 / 72);
                Assert.That(reading.Reveal.Shown, Is.EqualTo(reading.Text.CountScalars(reading.Reveal.ShownChars)));
                if (reading.Reveal.Page.Number == 0 && reading.Seen.Length > 0)
                {
                    Assert.That(reading.Text.ToString(0, reading.Reveal.ShownChars).Contains(reading.Seen.Substring(0, 1)), Is.True);
                }
            }

            Assert.That(reading.Reveal.ShownChars, Is.EqualTo(reading.Text.Length));
        }

        [Test]
        public void AGreetingNeedsNoTurn()
        {
            Reading reading = new Reading();
            reading.Reveal.Receive("Good evening!");
            reading.UntilComplete();
            Assert.That(reading.Seen, Is.EqualTo("Good evening!"));
            Assert.Throws<InvalidOperationException>(() => reading.Reveal.Receive("Again"));
            reading.Clear().Whole("Yes?").UntilComplete();
            Assert.That(reading.Seen, Is.EqualTo("Yes?"));
        }

        [Test]
        public void AfterClearNothingIsLeft()
        {
            Reading reading = new Reading(10, 1).Receive("one two three four ").Cue("x").Receive("five").Pass(5);
            reading.Reveal.FinishPage();
            reading.Clear();
            Assert.That(reading.Reveal.Shown + reading.Reveal.ShownChars + reading.Reveal.VisibleClusters, Is.EqualTo(0));
            Assert.That(reading.Reveal.Page.Length + reading.Reveal.Page.Number, Is.EqualTo(0));
            Assert.That(reading.Reveal.WaitingSeconds, Is.EqualTo(0));
            reading.Pass(1);
            Assert.That(reading.Cues, Is.Empty);
            Assert.That(reading.Seen, Is.Empty);
        }

        [Test]
        public void MisuseIsRefusedWithASentence()
        {
            Reading reading = new Reading().Receive("abc");
            ReplyReveal reveal = reading.Reveal;
            Assert.Throws<ArgumentOutOfRangeException>(() => reveal.Receive(new char[2], 2));
            Assert.Throws<ArgumentOutOfRangeException>(() => reveal.Receive(new char[2], 5));
            Assert.Throws<ArgumentNullException>(() => reveal.Receive((TextBuffer)null));
            Assert.Throws<ArgumentNullException>(() => reveal.Receive((char[])null, 0));
            Assert.Throws<ArgumentNullException>(() => reveal.Receive((string)null));
            Assert.Throws<ArgumentNullException>(() => reveal.Receive((Cue)null));
            Assert.Throws<ArgumentOutOfRangeException>(() => reveal.Advance(-1));
            Assert.Throws<ArgumentOutOfRangeException>(() => reveal.Advance(double.NaN));
            reveal.End();
            reveal.Receive(reading.Text);
            Assert.Throws<InvalidOperationException>(() => reading.Receive("d"));
            Assert.Throws<ArgumentNullException>(() => new ReplyReveal(null, reading.Format).ToString());
            Assert.Throws<ArgumentNullException>(() => new ReplyReveal(new FixedMeasure(), null).ToString());
            Assert.Throws<ArgumentOutOfRangeException>(() => new PageFormat(0).ToString());
            Assert.Throws<ArgumentOutOfRangeException>(() => reading.Format.Lines = 0);
            Assert.Throws<ArgumentOutOfRangeException>(() => reading.Settings.ReadingSpeed = 0);
            Assert.Throws<ArgumentOutOfRangeException>(() => reading.Settings.Fade = double.NaN);
        }
    }
}
