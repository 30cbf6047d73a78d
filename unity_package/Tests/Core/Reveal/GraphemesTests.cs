using System;
using System.Collections.Generic;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>What a reader takes for one character is never cut, and never shown before it's whole.</summary>
    [TestFixture]
    public sealed class GraphemesTests
    {
        private const string Family = "👩‍👩‍👧";

        [TestCase("", 0)]
        [TestCase("Grüß Gott", 9)]
        [TestCase("a\u0301", 1, TestName = "ALetterWithItsMark")]
        [TestCase(Family, 1, TestName = "AFamilyOfEmoji")]
        [TestCase("a\u0301" + Family + "🇩🇪", 3, TestName = "WhatStringInfoOfMonoCountsAsEight")]
        [TestCase("🇩🇪🇫🇷🇮", 3, TestName = "TwoFlagsAndHalfAnother")]
        [TestCase("👍🏽", 1, TestName = "AThumbWithASkinTone")]
        [TestCase("❤️", 1, TestName = "AHeartWithItsVariationSelector")]
        [TestCase("1️⃣", 1, TestName = "AKeycap")]
        [TestCase("한국", 2, TestName = "HangulSyllables")]
        [TestCase("\u1112\u1161\u11ab", 1, TestName = "ASyllableOfJamo")]
        [TestCase("क्षत्रिय", 3, TestName = "DevanagariConjuncts")]
        [TestCase("ที่นี่", 2, TestName = "ThaiVowelSigns")]
        [TestCase("\r\n", 1, TestName = "ALineEndOfTwo")]
        [TestCase("你好，我是一个虚拟现实场景", 13, TestName = "TheOriginsExample")]
        public void ClustersAreCountedAsReadersCount(string text, int clusters)
        {
            Assert.That(Graphemes.Count(text), Is.EqualTo(clusters));
        }

        [Test]
        public void EveryCaseOfUnicodesOwnTestPasses()
        {
            var boundaries = new List<int>();
            int cases = 0;
            foreach (string line in UnicodeFolder.ReadLines("auxiliary/GraphemeBreakTest.txt"))
            {
                string text = UnicodeFolder.ReadBoundaries(line, boundaries);
                CollectionAssert.AreEqual(boundaries, Boundaries(text), line);
                cases++;
            }

            Assert.That(cases, Is.GreaterThanOrEqualTo(602), "The file is whole.");
        }

        [Test]
        public void AConjunctIsKeptTogetherAsUnicode151HasIt()
        {
            Assert.That(Graphemes.Count("\u0915\u094d\u0937"), Is.EqualTo(1));
            Assert.That(Graphemes.Count("\u0915\u094d\u200d\u0937"), Is.EqualTo(1), "with a joiner");
            Assert.That(Graphemes.Count("\u0915\u093c\u094d\u0937"), Is.EqualTo(1), "with a nukta");
            Assert.That(Graphemes.Count("\u0915\u094d\u200c\u0937"), Is.EqualTo(2), "a non-joiner parts it");
            Assert.That(Graphemes.Count("\u0915\u094da"), Is.EqualTo(2));
            Assert.That(Graphemes.Count("\u0bb8\u0bcd\u0bb0"), Is.EqualTo(2), "Tamil isn't among its scripts");
        }

        [TestCase("a", "\u0301")]
        [TestCase("👩", "\u200d👩")]
        [TestCase("🇩", "🇪")]
        [TestCase("❤", "\ufe0f")]
        [TestCase("क", "\u094dष")]
        [TestCase("\r", "\n")]
        public void WhatMayStillGrowIsNotCertain(string come, string toCome)
        {
            char[] chars = (come + toCome).ToCharArray();
            Assert.That(Graphemes.TryFindEnd(chars, 0, come.Length, false, out int end), Is.False);
            Assert.That(end, Is.EqualTo(come.Length));
            Assert.That(Graphemes.TryFindEnd(chars, 0, chars.Length, false, out end), Is.False);
            Assert.That(Graphemes.TryFindEnd(chars, 0, chars.Length, true, out end), Is.True);
            Assert.That(end, Is.EqualTo(chars.Length));
        }

        [Test]
        public void WhatIsCertainNeverChangesHoweverTheTextArrives()
        {
            var random = new Random(7);
            for (int round = 0; round < 500; round++)
            {
                string text = RandomText.Any(random);
                List<int> whole = Boundaries(text);
                char[] chars = text.ToCharArray();
                for (int length = 1; length <= chars.Length; length++)
                {
                    for (int at = 0, i = 1; at < length && Graphemes.TryFindEnd(chars, at, length, false, out int end); at = end, i++)
                    {
                        Assert.That(end, Is.EqualTo(whole[i]), "of the first " + length + " chars of " + RandomText.Show(text));
                    }
                }
            }
        }

        [Test]
        public void LoneSurrogatesStandAlone()
        {
            Assert.That(Graphemes.Count("\udc4d"), Is.EqualTo(1));
            Assert.That(Graphemes.Count("a\ud83db"), Is.EqualTo(3));
            Assert.That(Graphemes.Count("\ud83d\ud83d\udc4d\udc4d"), Is.EqualTo(3));
            var half = new[] { '\ud83d', '\udc4d' };
            Assert.That(Graphemes.TryFindEnd(half, 0, 1, false, out int end), Is.False, "Its other half may come.");
            Assert.That(Graphemes.TryFindEnd(half, 0, 1, true, out end), Is.True);
        }

        [Test]
        public void WhatIsNotThereIsRefused()
        {
            var chars = new char[3];
            Assert.Throws<ArgumentNullException>(() => Graphemes.TryFindEnd(null, 0, 1, true, out int end));
            Assert.Throws<ArgumentOutOfRangeException>(() => Graphemes.TryFindEnd(chars, 2, 2, true, out int end));
            Assert.Throws<ArgumentOutOfRangeException>(() => Graphemes.TryFindEnd(chars, -1, 2, true, out int end));
            Assert.Throws<ArgumentOutOfRangeException>(() => Graphemes.TryFindEnd(chars, 0, 4, true, out int end));
            Assert.Throws<ArgumentNullException>(() => Graphemes.Count(null));
        }

        private static List<int> Boundaries(string text)
        {
            var boundaries = new List<int> { 0 };
            char[] chars = text.ToCharArray();
            for (int at = 0; at < chars.Length;)
            {
                Assert.That(Graphemes.TryFindEnd(chars, at, chars.Length, true, out int end), Is.True);
                boundaries.Add(end);
                at = end;
            }

            return boundaries;
        }
    }
}
