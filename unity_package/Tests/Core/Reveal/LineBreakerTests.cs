using System.Collections.Generic;
using System.Text.RegularExpressions;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>Lines break where readers of each script expect it.</summary>
    [TestFixture]
    public sealed class LineBreakerTests
    {
        /// <summary>A bracket beside a sign of money or per cent or a backslash, or a full stop, comma or slash before a digit.</summary>
        private const string NumbersAndBrackets =
            "(007D|0029) (× 0308 )?÷ (0025|0024)|(0025|0024|005C) (× 0308 )?÷ (2329|0028|007B)|(002E|002C|002F) (× 0308 )?÷ 003";

        [TestCase("Hello there, traveller!", "Hello |there, |traveller!")]
        [TestCase("well-known", "well-|known", TestName = "AfterAHyphen")]
        [TestCase("-5 or 3.14 or $5.00", "-5 |or |3.14 |or |$5.00", TestName = "NumbersStayWhole")]
        [TestCase("Qui ? Toi !", "Qui ? |Toi !", TestName = "FrenchPunctuationStaysWithItsWord")]
        [TestCase("50\u00a0km", "50\u00a0km", TestName = "NoBreakSpace")]
        [TestCase("ab\u200bcd", "ab\u200b|cd", TestName = "ZeroWidthSpace")]
        [TestCase("ab\u00adcd", "ab\u00ad|cd", TestName = "SoftHyphen")]
        [TestCase("你好，我是", "你|好，|我|是", TestName = "NoLineBeginsWithAChineseComma")]
        [TestCase("「はい」と", "「は|い」|と", TestName = "CornerBracketsStayWithTheirText")]
        [TestCase("ちょっと", "ちょっ|と", TestName = "NoLineBeginsWithSmallKana")]
        [TestCase("カード", "カー|ド", TestName = "NoLineBeginsWithTheLongSoundMark")]
        [TestCase("한국어 말", "한|국|어 |말", TestName = "HangulBreaksAnywhere")]
        [TestCase("สวัสดี ครับ", "สวัสดี |ครับ", TestName = "ThaiBreaksAtSpaces")]
        [TestCase("👩‍👩‍👧👍🏽", "👩‍👩‍👧|👍🏽", TestName = "EmojiSequencesStayWhole")]
        [TestCase("🇩🇪🇫🇷", "🇩🇪|🇫🇷", TestName = "FlagsStayWhole")]
        [TestCase("(a) [b]", "(a) |[b]", TestName = "Brackets")]
        [TestCase("wait... what", "wait... |what", TestName = "ThreeDots")]
        [TestCase("one—two", "one|—|two", TestName = "AroundALongDash")]
        [TestCase("שלום עולם", "שלום |עולם", TestName = "Hebrew")]
        public void ALineBreaksAt(string text, string withBreaks)
        {
            var boundaries = Breaks(text);
            string marked = text;
            for (int i = boundaries.Count - 2; i >= 0; i--)
            {
                marked = marked.Insert(boundaries[i], "|");
            }

            Assert.That(marked, Is.EqualTo(withBreaks));
        }

        [Test]
        public void UnicodesOwnTestPassesButForTheTailoringOfNumbers()
        {
            // The file follows a tailoring of numbers by a regular expression (example 7 of section 8.2), which looks ahead; the default rules don't.
            var expected = new List<int>();
            int cases = 0;
            var other = new List<string>();
            foreach (string line in UnicodeFolder.ReadLines("auxiliary/LineBreakTest.txt"))
            {
                string text = UnicodeFolder.ReadBoundaries(line, expected);
                List<int> found = Breaks(text);
                cases++;
                if (string.Join(" ", found) != string.Join(" ", expected))
                {
                    other.Add(line);
                }
            }

            Assert.That(cases, Is.GreaterThanOrEqualTo(7654), "The file is whole.");
            Assert.That(other.Count, Is.EqualTo(34), string.Join("\n", other));
            foreach (string line in other)
            {
                Assert.That(Regex.IsMatch(line, NumbersAndBrackets), Is.True, line);
            }
        }

        private static List<int> Breaks(string text)
        {
            var breaks = new List<int>();
            var breaker = default(LineBreaker);
            char[] chars = text.ToCharArray();
            for (int at = 0; at < chars.Length;)
            {
                int point = CodePoints.Read(chars, at, chars.Length, out int size);
                if (breaker.Next(CodePoints.Record(point)) != LineBreak.None)
                {
                    breaks.Add(at);
                }

                at += size;
            }

            breaks.Add(chars.Length);
            return breaks;
        }
    }
}
