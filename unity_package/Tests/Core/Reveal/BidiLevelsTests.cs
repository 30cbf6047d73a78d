using System;
using System.Collections.Generic;
using System.Globalization;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>
    /// Right-to-left text is drawn in its order, as Unicode's own tests have it, but for the explicit characters, which safe text hasn't.
    /// </summary>
    [TestFixture]
    public sealed class BidiLevelsTests
    {
        private static readonly string[] Names = { "L", "R", "AL", "EN", "ES", "ET", "AN", "CS", "NSM", "BN", "B", "S", "WS", "ON" };

        private readonly BidiLevels levels = new BidiLevels();

        [Test]
        public void EveryCaseOfCharactersPasses()
        {
            int cases = 0;
            foreach (string line in UnicodeFolder.ReadLines("BidiCharacterTest.txt"))
            {
                string[] fields = line.Split(';');
                int[] points = UnicodeFolder.ReadPoints(fields[0]);
                BidiClass[] types = Array.ConvertAll(points, point => CodePoints.Bidi(CodePoints.Record(point)));
                if (Array.IndexOf(types, BidiClass.BoundaryNeutral) >= 0)
                {
                    continue;
                }

                int level = fields[1] == "2" ? BidiLevels.ParagraphLevel(types, types.Length) : int.Parse(fields[1], CultureInfo.InvariantCulture);
                Assert.That(level.ToString(CultureInfo.InvariantCulture), Is.EqualTo(fields[2]), line);
                Check(types, points, level, fields[3], fields[4], line);
                cases++;
            }

            Assert.That(cases, Is.GreaterThanOrEqualTo(91597), "The file is whole.");
        }

        [Test]
        public void EveryCaseOfClassesPasses()
        {
            int cases = 0;
            string expected = null;
            string order = null;
            foreach (string line in UnicodeFolder.ReadLines("BidiTest.txt"))
            {
                if (line[0] == '@')
                {
                    int colon = line.IndexOf(':');
                    expected = line.StartsWith("@Levels", StringComparison.Ordinal) ? line.Substring(colon + 1).Trim() : expected;
                    order = line.StartsWith("@Reorder", StringComparison.Ordinal) ? line.Substring(colon + 1).Trim() : order;
                    continue;
                }

                string[] fields = line.Split(';');
                BidiClass[] types = Array.ConvertAll(fields[0].Trim().Split(' '), name => (BidiClass)Array.IndexOf(Names, name));
                if (Array.Exists(types, type => type < 0 || type == BidiClass.BoundaryNeutral))
                {
                    continue; // explicit, or invisible
                }

                var points = new int[types.Length];
                int directions = int.Parse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                for (int direction = 0; direction < 3; direction++)
                {
                    if ((directions & (1 << direction)) != 0)
                    {
                        int level = direction == 0 ? BidiLevels.ParagraphLevel(types, types.Length) : direction - 1;
                        Check(types, points, level, expected, order, line);
                        cases++;
                    }
                }
            }

            Assert.That(cases, Is.GreaterThanOrEqualTo(73593), "The file is whole.");
        }

        [TestCase("שלום", "םולש", TestName = "Hebrew")]
        [TestCase("abc שלום def", "abc םולש def", TestName = "HebrewInEnglish")]
        [TestCase("שלום (abc) 42!", "!42 (abc) םולש", TestName = "EnglishAndNumbersInHebrew")]
        [TestCase("(א) [ב]", "[ב] (א)", TestName = "BracketsAreMirrored")]
        [TestCase("ה\u05b7ב", "בה\u05b7", TestName = "PointsStayBehindTheirLetter")]
        [TestCase("سلام", "م\ufefc\ufeb3", TestName = "ArabicIsJoinedAndTurned")]
        [TestCase("42 שלום", "םולש 42", TestName = "ANumberDoesNotSayTheDirection")]
        public void ALineIsDrawnAs(string text, string drawn)
        {
            Assert.That(Layout.Pages(text, 40, 2), Is.EqualTo(new[] { drawn }));
        }

        [Test]
        public void ALineIsDrawnOnceItIsWholeAndTheWordsBeforeItAtOnce()
        {
            var layout = new Layout("He said שלום עולם to me and to you", 20, 4);
            layout.Grow(14);
            Assert.That(layout.Page.ToString(), Is.EqualTo("He said"));
            layout.Grow(27);
            Assert.That(layout.Page.ToString(), Is.EqualTo("He said םלוע םולש to\nme"));
            Assert.That(layout.Page.ClusterOf(8), Is.EqualTo(16), "Characters are numbered as they are read.");
            Assert.That(layout.Page.IsRightToLeft, Is.False);
        }

        [Test]
        public void EachParagraphHasItsDirectionAndThePageThatOfItsFirst()
        {
            var layout = new Layout("שלום abc\nabc שלום", 20, 4);
            layout.Grow(17);
            Assert.That(layout.Page.ToString(), Is.EqualTo("abc םולש\nabc םולש"));
            Assert.That(layout.Page.IsRightToLeft, Is.True);
            Assert.That(layout.Page.LineCount, Is.EqualTo(2));
        }

        [Test]
        public void AParagraphOfOnlyNumbersRunsFromLeftToRight()
        {
            Assert.That(Layout.Pages("42 (!)\nשלום", 20, 4), Is.EqualTo(new[] { "42 (!)\nםולש" }));
        }

        [Test]
        public void ALineGoesOnInTheDirectionOfTheOneBefore()
        {
            Assert.That(Layout.Pages("abc שלום 1 2 de", 8, 4), Is.EqualTo(new[] { "abc םולש\n2 1 de" }));
            Assert.That(Layout.Pages("abcd efg 1 2 de", 8, 4), Is.EqualTo(new[] { "abcd efg\n1 2 de" }));
        }

        [Test]
        public void ADirectionIsSettledWithTheFirstLine()
        {
            Assert.That(
                Layout.Pages("42 42 42 שלום abc", 8, 4), Is.EqualTo(new[] { "42 42 42\nםולש abc" }), "The line of numbers has been drawn.");
        }

        private void Check(BidiClass[] types, int[] points, int level, string expected, string order, string line)
        {
            BidiClass before = level == 0 ? BidiClass.Left : BidiClass.Right;
            levels.Resolve(types, points, types.Length, level, before);
            var found = new List<string>();
            for (int i = 0; i < types.Length; i++)
            {
                found.Add(levels[i].ToString(CultureInfo.InvariantCulture));
            }

            if (string.Join(" ", found) != expected)
            {
                Assert.Fail("Levels of " + line + " (" + level + ") are " + string.Join(" ", found) + ", not " + expected);
            }

            var visual = new int[types.Length];
            levels.Order(visual, types.Length);
            if (string.Join(" ", visual) != order)
            {
                Assert.Fail("The order of " + line + " (" + level + ") is " + string.Join(" ", visual) + ", not " + order);
            }
        }
    }
}
