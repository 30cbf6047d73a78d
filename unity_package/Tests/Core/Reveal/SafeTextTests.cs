using System;
using System.Collections.Generic;
using System.Text;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>What a model writes is shown, never obeyed; what deceives or defaces isn't shown.</summary>
    [TestFixture]
    public sealed class SafeTextTests
    {
        [TestCase("Grüß Gott, <b>Wanderer</b>!")]
        [TestCase("<size=900>", TestName = "ATagOfRichText")]
        [TestCase("</noparse><link=x>", TestName = "AWayOutOfNoparse")]
        [TestCase("a < b && c > d", TestName = "ALoneAngleBracket")]
        [TestCase("你好，我是一个虚拟现实场景", TestName = "TheOriginsExample")]
        [TestCase("👩‍👩‍👧 🇩🇪 👍🏽 ❤️ 1️⃣", TestName = "Emoji")]
        [TestCase("🏽", TestName = "ASkinToneByItself")]
        [TestCase("क्षत्रिय র‍্য", TestName = "Conjuncts")]
        [TestCase("می‌خواهم", TestName = "PersianWithItsNonJoiner")]
        [TestCase("Tiếng Việt", TestName = "Vietnamese")]
        [TestCase("ที่นี่", TestName = "Thai")]
        [TestCase("בְּרֵאשִׁ֖ית", TestName = "HebrewWithPointsAndCantillation")]
        [TestCase("ab\u200bcd ef\u00adgh ij\u2060kl", TestName = "PlacesToBreakAndNotTo")]
        [TestCase("a\u00a0b\u3000c", TestName = "OtherSpaces")]
        [TestCase("one\n\ntwo", TestName = "OneBlankLine")]
        public void GoodTextIsNotAltered(string text)
        {
            Assert.That(SafeText.Of(text), Is.EqualTo(text));
        }

        [TestCase("a\u0000\u0007\u001b[31mb\u007f\u0080c", "a[31mbc", TestName = "Controls")]
        [TestCase("\u202egnp.exe\u202c \u2066x\u2069\u200e\u200f\u061c", "gnp.exe x", TestName = "BidiControls")]
        [TestCase("a\u200b\u200b\u200bb", "a\u200bb", TestName = "ManyZeroWidthSpaces")]
        [TestCase("\u200ba \u200d b", "a  b", TestName = "InvisiblesOnNothing")]
        [TestCase("a\u200d\u200d\u200d\u200cb", "a\u200db", TestName = "ManyJoiners")]
        [TestCase("a\ufeffb", "a\u2060b", TestName = "AZeroWidthNoBreakSpace")]
        [TestCase("a\u034f\u115f\u3164\uffa0\u2061\u180eb", "ab", TestName = "FillersAndInvisibleOperators")]
        [TestCase("❤\ufe0f\ufe0e\ufe0f", "❤\ufe0f", TestName = "ManyVariationSelectors")]
        [TestCase("a\U000e0041\U000e0042b", "ab", TestName = "Tags")]
        [TestCase("a\ue000\U000f0000\U00100000b", "ab", TestName = "PrivateUse")]
        [TestCase("a\ufffc\ufff9b", "ab", TestName = "ObjectsAndAnnotations")]
        [TestCase("a\r\nb\rc\u2028d\u2029e\u0085f\u000bg\fh", "a\nb\nc\nd\ne\nf\ng\nh", TestName = "LineEndsOfEveryKind")]
        [TestCase("a\tb", "a b", TestName = "Tabs")]
        [TestCase("\n\r\n  \na\n\n\n\n\nb\n \n \nc", "  a\n\nb\n \n c", TestName = "ManyBlankLines")]
        [TestCase("\u0301a \u0301b", "a b", TestName = "MarksOnNothing")]
        [TestCase("a\u0301\u0302\u0303\u0304\u0305\u0306\u0307b", "a\u0301\u0302\u0303\u0304b", TestName = "ATowerOfMarks")]
        public void WhatDeceivesOrDefacesIsLeftOut(string text, string shown)
        {
            Assert.That(SafeText.Of(text), Is.EqualTo(shown));
        }

        [Test]
        public void SpacesInARowAreBounded()
        {
            Assert.That(SafeText.Of("a" + new string(' ', 1000) + "b"), Is.EqualTo("a" + new string(' ', SafeText.MostSpaces) + "b"));
        }

        [Test]
        public void HalvesOfSurrogatePairsAndNoncharactersDoNoHarm()
        {
            Assert.That(SafeText.Of("a\ud83db\udc4dc"), Is.EqualTo("a\ufffdb\ufffdc"));
            Assert.That(SafeText.Of("\ud83d"), Is.EqualTo("\ufffd"));
            Assert.That(SafeText.Of("a\uffff\ufdd0\ufffeb" + char.ConvertFromUtf32(0x1ffff)), Is.EqualTo("ab"));
        }

        [Test]
        public void WhatHasBeenReadIsCountedAsTheReplyHasIt()
        {
            var reply = new TextBuffer(16);
            byte[] bytes = Encoding.UTF8.GetBytes("\u202ea👍\r\nb\u200b\u200b");
            reply.Append(bytes, 0, bytes.Length);
            var reader = new SafeText();
            var seen = new List<string>();
            while (reader.TryRead(reply.Buffer, reply.Length, true, out int codePoint))
            {
                Assert.That(reader.Scalars, Is.EqualTo(reply.CountScalars(reader.Position)));
                seen.Add(codePoint.ToString("x") + "@" + reader.Scalars);
            }

            Assert.That(string.Join(" ", seen), Is.EqualTo("61@2 1f44d@3 a@4 62@6 200b@7"));
            Assert.That(reader.Scalars, Is.EqualTo(reply.ScalarCount));
            Assert.That(reader.Position, Is.EqualTo(reply.Length));
        }

        [Test]
        public void TheSameIsShownHoweverTheTextArrives()
        {
            var random = new Random(11);
            for (int round = 0; round < 2000; round++)
            {
                string text = RandomText.Any(random);
                string whole = SafeText.Of(text);
                char[] chars = text.ToCharArray();
                var reader = new SafeText();
                var shown = new StringBuilder();
                for (int length = 0; length < text.Length;)
                {
                    length = Math.Min(text.Length, length + random.Next(1, 4)); // also in the middle of a pair
                    while (reader.TryRead(chars, length, length == text.Length, out int codePoint))
                    {
                        shown.Append(char.ConvertFromUtf32(codePoint));
                    }
                }

                Assert.That(shown.ToString(), Is.EqualTo(whole), RandomText.Show(text));
                Assert.That(reader.Position, Is.EqualTo(text.Length));
                Assert.That(SafeText.Of(whole), Is.EqualTo(whole), "What is safe stays as it is: " + RandomText.Show(whole));
            }
        }

        [Test]
        public void WhatIsNotThereIsRefused()
        {
            var reader = new SafeText();
            Assert.Throws<ArgumentNullException>(() => SafeText.Of(null));
            Assert.Throws<ArgumentNullException>(() => reader.TryRead(null, 0, true, out int codePoint));
            Assert.Throws<ArgumentOutOfRangeException>(() => reader.TryRead(new char[2], 3, true, out int codePoint));
        }
    }
}
