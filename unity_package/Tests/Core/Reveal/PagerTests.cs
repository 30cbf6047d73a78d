using System;
using System.Collections.Generic;
using System.Text;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>Text on a page stays where it appeared, and every line is broken where its reader expects it.</summary>
    [TestFixture]
    public sealed class PagerTests
    {
        [TestCase("Good evening, traveller.", 10, "Good\nevening,\ntraveller.")]
        [TestCase("one two", 7, "one two", TestName = "AWordThatJustFits")]
        [TestCase("one two ", 7, "one two", TestName = "SpacesAtALinesEndTakeNoRoom")]
        [TestCase("one  two", 8, "one  two", TestName = "TwoSpacesStay")]
        [TestCase("one      two", 6, "one\ntwo", TestName = "SpacesAreDroppedWhereALineBreaks")]
        [TestCase(" \n one", 6, "one", TestName = "NoSpaceOrBlankLineBeginsAPage")]
        [TestCase("a\nb\r\n\r\n\r\n\r\nc", 6, "a\nb\n\nc", TestName = "LineEndsOfTheTextAreKept")]
        [TestCase("abcdefghij kl", 4, "abcd\nefgh\nij\nkl", TestName = "AWordLongerThanALineFillsLines")]
        [TestCase("x abcdefgh", 4, "x\nabcd\nefgh", TestName = "AWordLongerThanALineBeginsAnother")]
        [TestCase("你好，我是一个虚拟现实场景", 8, "你好，我\n是一个虚\n拟现实场\n景", TestName = "TheOriginsExample")]
        [TestCase("这是你好，我", 8, "这是你\n好，我", TestName = "NoLineBeginsWithAChineseComma")]
        [TestCase("ちょっと", 4, "ちょ\nっと", TestName = "AWordLongerThanALineIsCutEvenBeforeSmallKana")]
        [TestCase("あのちょっと", 8, "あの\nちょっと", TestName = "NoLineBeginsWithSmallKana")]
        [TestCase("co\u00adop\u00ader\u00adate", 5, "coop-\nerate", TestName = "ASoftHyphenIsSeenWhereALineBreaks")]
        [TestCase("co\u00adop", 9, "coop", TestName = "ASoftHyphenIsNotSeenElsewhere")]
        [TestCase("co\u00adop\u00ader\u00adate", 4, "co-\nop-\ner-\nate", TestName = "TheHyphenNeedsItsRoomToo")]
        [TestCase("ab\u200bcd\u200bef", 4, "abcd\nef", TestName = "AZeroWidthSpaceIsNotSeen")]
        [TestCase("10\u00a0km off", 6, "10\u00a0km\noff", TestName = "ANoBreakSpaceKeepsTogether")]
        [TestCase("well-known", 6, "well-\nknown", TestName = "AHyphen")]
        [TestCase("<size=900>big</size>", 30, "<size=900>big</size>", TestName = "TagsAreShown")]
        [TestCase("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 4, "👩👩👧👩👩👧\n👩👩👧", TestName = "FamiliesStayWhole")]
        [TestCase("🇩🇪🇫🇷🇮🇹", 2, "🇩🇪🇫🇷\n🇮🇹", TestName = "FlagsStayWhole")]
        [TestCase("สวัสดี ครับ", 5, "สวัสดี\nครับ", TestName = "ThaiBreaksAtSpaces")]
        public void LinesAre(string text, int width, string lines)
        {
            Assert.That(string.Join("|", Layout.Pages(text, width, 64)), Is.EqualTo(lines));
        }

        [Test]
        public void JoinersStayIfTheFontKnowsThem()
        {
            Assert.That(Layout.Pages("👩‍👩‍👧 ❤️", 9, 1, true)[0], Is.EqualTo("👩‍👩‍👧 ❤️"));
            Assert.That(Layout.Pages("👩‍👩‍👧 ❤️", 9, 1)[0], Is.EqualTo("👩👩👧 ❤"));
        }

        [Test]
        public void APageHasItsLinesAndTheNextOneGoesOn()
        {
            Assert.That(
                Layout.Pages("one two three four five", 5, 2), Is.EqualTo(new[] { "one\ntwo", "three\nfour", "five" }));
            Assert.That(Layout.Pages("one\n\ntwo", 5, 2), Is.EqualTo(new[] { "one", "two" }), "No blank line at a page's end.");
            Assert.That(Layout.Pages("one\n\n\n", 5, 1), Is.EqualTo(new[] { "one" }), "No page for line ends.");
            Assert.That(Layout.Pages("abcdefghij", 3, 2), Is.EqualTo(new[] { "abc\ndef", "ghi\nj" }), "Long words go on too.");
            Assert.That(Layout.Pages(string.Empty, 3, 2), Is.EqualTo(new[] { string.Empty }));
        }

        [Test]
        public void APageTellsWhoseCharsItsCharsAre()
        {
            var layout = new Layout("a\u0301 👍🏽\nb", 9, 4);
            layout.Grow(9);
            Page page = layout.Page;
            var owners = new List<int>();
            for (int i = 0; i < page.Length; i++)
            {
                owners.Add(page.ClusterOf(i));
            }

            Assert.That(owners, Is.EqualTo(new[] { 0, 0, 1, 2, 2, 2, 2, 2, 3 }), "A line end belongs to the character before it.");
            Assert.That(page.ClusterCount, Is.EqualTo(4));
            Assert.That(page.LineCount, Is.EqualTo(2));
            Assert.Throws<ArgumentOutOfRangeException>(() => page.ClusterOf(9));
            Assert.Throws<ArgumentOutOfRangeException>(() => page.ClusterOf(-1));
            int version = page.Version;
            layout.TurnPage();
            Assert.That(page.Version, Is.GreaterThan(version));
        }

        [Test]
        public void AMeasureThatKnowsNothingDoesNoHarm([Values(0f, -1f, float.NaN, float.PositiveInfinity)] float width)
        {
            var pager = new Pager(new Constant(width), new PageFormat(10) { Lines = 3 });
            char[] text = new string('a', 3000).ToCharArray();
            int budget = int.MaxValue;
            int placed = 0;
            pager.Fill(text, 2000, false, ref budget);
            Assert.That(pager.Page.ClusterCount, Is.GreaterThan(0), "A word that never ends is placed as it comes.");
            for (pager.Fill(text, text.Length, true, ref budget); ; pager.Fill(text, text.Length, true, ref budget))
            {
                placed += pager.Page.ClusterCount;
                foreach (string line in pager.Page.ToString().Split('\n'))
                {
                    Assert.That(line.Length, Is.LessThanOrEqualTo(512));
                }

                if (pager.IsDone)
                {
                    break;
                }

                pager.TurnPage();
            }

            Assert.That(placed, Is.EqualTo(3000));
        }

        [Test]
        public void AWordIsPlacedOnceAllOfItIsThere()
        {
            var layout = new Layout("I am Marta, the innkeeper", 12, 4);
            layout.Grow(3);
            Assert.That(layout.Page.ToString(), Is.EqualTo("I"), "\"a\" may become longer.");
            layout.Grow(5);
            Assert.That(layout.Page.ToString(), Is.EqualTo("I"), "A mark may follow the space: am !");
            layout.Grow(6);
            Assert.That(layout.Page.ToString(), Is.EqualTo("I am"));
            layout.Grow(12);
            Assert.That(layout.Page.ToString(), Is.EqualTo("I am"), "\"Marta,\" may become longer.");
            layout.Grow(13);
            Assert.That(layout.Page.ToString(), Is.EqualTo("I am Marta,"));
            layout.Grow(24);
            Assert.That(layout.Page.ToString(), Is.EqualTo("I am Marta,\nthe"));
            layout.Grow(25);
            Assert.That(layout.Page.ToString(), Is.EqualTo("I am Marta,\nthe\ninnkeeper"));
        }

        [Test]
        public void AWordLongerThanALineIsPlacedAsItComes()
        {
            var layout = new Layout("x abcdefghijkl", 4, 8);
            layout.Grow(6);
            Assert.That(layout.Page.ToString(), Is.EqualTo("x"));
            layout.Grow(8);
            Assert.That(layout.Page.ToString(), Is.EqualTo("x\nabcd\ne"), "The sixth letter may get a mark.");
            layout.Grow(10);
            Assert.That(layout.Page.ToString(), Is.EqualTo("x\nabcd\nefg"));
        }

        [Test]
        public void WhatHasAppearedNeverMovesHoweverTheTextArrives([Values(0, 1, 2)] int kind)
        {
            var random = new Random(13 + kind);
            for (int round = 0; round < 1000; round++)
            {
                string text = Text(random, kind);
                int width = random.Next(2, 24);
                int lines = random.Next(1, 5);
                List<string> whole = Layout.Pages(text, width, lines);
                var layout = new Layout(text, width, lines);
                string message = width + " wide: " + RandomText.Show(text);
                var pages = new List<string>();
                var places = new List<string>();
                while (!layout.IsDone)
                {
                    layout.Grow(RandomText.NextLength(random, text, layout.Length));
                    List<string> now = layout.Places();
                    CollectionAssert.AreEqual(places, now.GetRange(0, Math.Min(now.Count, places.Count)), message);
                    places = now;
                    if (layout.Page.IsFull)
                    {
                        pages.Add(layout.Page.ToString());
                        layout.TurnPage();
                        places.Clear();
                    }
                }

                pages.Add(layout.Page.ToString());
                CollectionAssert.AreEqual(whole, pages, message);
            }
        }

        [Test]
        public void EveryCharacterIsPlacedOnceAndNoLineIsTooWide([Values(0, 1, 2)] int kind)
        {
            var random = new Random(17 + kind);
            for (int round = 0; round < 1000; round++)
            {
                string text = Text(random, kind).Replace("\u00ad", string.Empty);
                int width = random.Next(2, 24);
                string message = width + " wide: " + RandomText.Show(text);
                List<string> pages = Layout.Pages(text, width, random.Next(1, 5), true);
                string joined = string.Join("\n", pages);
                CollectionAssert.AreEqual(Sorted(SafeText.Of(text)), Sorted(joined), message);
                foreach (string line in joined.Split('\n'))
                {
                    Assert.That(WidthOf(line) <= width || Graphemes.Count(line) == 1, Is.True, line + " of " + message);
                    Assert.That(line.EndsWith(" ", StringComparison.Ordinal), Is.False, RandomText.Show(joined) + " of " + message);
                }
            }
        }

        [Test]
        public void AWordIsNotParted()
        {
            var random = new Random(19);
            for (int round = 0; round < 1000; round++)
            {
                var words = new List<string>();
                for (int i = random.Next(1, 30); i > 0; i--)
                {
                    words.Add(new string((char)('a' + (i % 26)), random.Next(1, 9)));
                }

                // As a program would do it that has the whole text.
                int width = random.Next(8, 20);
                var expected = new StringBuilder();
                int used = 0;
                foreach (string word in words)
                {
                    bool fits = used > 0 && used + 1 + word.Length <= width;
                    expected.Append(used == 0 ? string.Empty : fits ? " " : "\n").Append(word);
                    used = fits ? used + 1 + word.Length : word.Length;
                }

                Assert.That(Layout.Pages(string.Join(" ", words), width, 64)[0], Is.EqualTo(expected.ToString()));
            }
        }

        private sealed class Constant : ITextMeasure
        {
            private readonly float width;

            internal Constant(float width)
            {
                this.width = width;
            }

            public float Width(char[] chars, int start, int count)
            {
                return width;
            }
        }

        private static string Text(Random random, int kind)
        {
            int pieces = random.Next(1, 60);
            return kind == 0 ? RandomText.Good(random, pieces)
                : kind == 1 ? RandomText.Mixed(random, pieces) : RandomText.Any(random, pieces);
        }

        /// <summary>The characters of a text without what isn't drawn, in an order that doesn't depend on directions.</summary>
        private static List<string> Sorted(string text)
        {
            var all = new List<string>();
            foreach (char c in text.Normalize(NormalizationForm.FormKD))
            {
                int mirror = Mirrors.Of(c);
                if (c != ' ' && c != '\n' && c != '\u200b' && c != '\u2060')
                {
                    all.Add((mirror != 0 && mirror < c ? (char)mirror : c).ToString());
                }
            }

            all.Sort(string.CompareOrdinal);
            return all;
        }

        private static float WidthOf(string line)
        {
            char[] chars = line.ToCharArray();
            float width = 0;
            for (int at = 0; at < chars.Length;)
            {
                Graphemes.TryFindEnd(chars, at, chars.Length, true, out int end);
                width += new FixedMeasure().Width(chars, at, end - at);
                at = end;
            }

            return width;
        }
    }
}
