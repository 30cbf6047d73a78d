using System;
using System.Text;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>Arabic letters join, since nothing behind joins them; everything else passes.</summary>
    [TestFixture]
    public sealed class ShownTextTests
    {
        [TestCase("Hello, 你好 שלום", "Hello, 你好 שלום", TestName = "OtherScriptsPass")]
        [TestCase("بيت", "\ufe91\ufef4\ufe96", TestName = "InitialMedialFinal")]
        [TestCase("ب", "ب", TestName = "ALetterAlone")]
        [TestCase("دار", "دار", TestName = "LettersThatJoinNothing")]
        [TestCase("بدر", "\ufe91\ufeaaر", TestName = "LettersThatJoinOnlyBefore")]
        [TestCase("لا", "\ufefb", TestName = "LamAlef")]
        [TestCase("سلام", "\ufeb3\ufefcم", TestName = "LamAlefBehindALetter")]
        [TestCase("لأ لإ لآ", "\ufef7 \ufef9 \ufef5", TestName = "LamWithEveryAlef")]
        [TestCase("بَيْت", "\ufe91\u064e\ufef4\u0652\ufe96", TestName = "MarksDoNotPart")]
        [TestCase("لَا", "\ufefb\u064e", TestName = "AMarkOnLamStaysOnTheLigature")]
        [TestCase("بـب", "\ufe91ـ\ufe90", TestName = "Tatweel")]
        [TestCase("ب\u200dx", "\ufe91\u200dx", TestName = "AJoinerJoins")]
        [TestCase("می\u200cخواهم", "\ufee3\ufbfd\u200c\ufea7\ufeee\u0627\ufeeb\ufee2", TestName = "PersianWithItsNonJoiner")]
        [TestCase("پچژگ", "\ufb58\ufb7d\ufb8bگ", TestName = "PersianLetters")]
        [TestCase("ب ب\nب", "ب ب\nب", TestName = "SpacesAndLineEndsPart")]
        public void IsShownAs(string text, string shown)
        {
            Assert.That(Read(text, text.Length, true), Is.EqualTo(shown));
        }

        [Test]
        public void WithoutJoiningLettersStayAsTheyAre()
        {
            Assert.That(Read("سلام", 4, false), Is.EqualTo("سلام"));
        }

        [Test]
        public void TheSameIsShownHoweverTheTextArrives()
        {
            var random = new Random(23);
            for (int round = 0; round < 500; round++)
            {
                string text = RandomText.Mixed(random, random.Next(1, 20));
                Assert.That(Read(text, 1 + random.Next(3), true), Is.EqualTo(Read(text, text.Length, true)), RandomText.Show(text));
            }
        }

        [Test]
        public void ALigatureStandsForAllThatIsInIt()
        {
            char[] chars = "ל لَا".ToCharArray();
            var reader = new ShownText();
            int budget = int.MaxValue;
            var read = new StringBuilder();
            while (reader.TryRead(chars, chars.Length, true, true, ref budget, out SourcePoint point))
            {
                read.Append(point.CodePoint.ToString("x")).Append('@').Append(point.Scalars).Append(' ');
            }

            Assert.That(read.ToString(), Is.EqualTo("5dc@1 20@2 fefb@5 64e@5 "));
        }

        private static long ScalarsUpTo(string text, int position)
        {
            long scalars = position;
            for (int i = 0; i < position; i++)
            {
                scalars -= char.IsHighSurrogate(text[i]) ? 1 : 0;
            }

            return scalars;
        }

        private static string Read(string text, int step, bool joins)
        {
            char[] chars = text.ToCharArray();
            var reader = new ShownText();
            var shown = new StringBuilder();
            int position = 0;
            long scalars = 0;
            int budget = int.MaxValue;
            for (int length = Math.Min(step, chars.Length); ; length = Math.Min(chars.Length, length + step))
            {
                while (reader.TryRead(chars, length, length == chars.Length, joins, ref budget, out SourcePoint point))
                {
                    shown.Append(char.ConvertFromUtf32(point.CodePoint));
                    Assert.That(point.Position, Is.GreaterThanOrEqualTo(position));
                    position = point.Position;
                    scalars = point.Scalars;
                }

                if (length == chars.Length)
                {
                    Assert.That(reader.IsDone(length), Is.True);
                    Assert.That(position, Is.LessThanOrEqualTo(length));
                    Assert.That(scalars, Is.EqualTo(ScalarsUpTo(text, position)), RandomText.Show(text));
                    return shown.ToString();
                }
            }
        }
    }
}
