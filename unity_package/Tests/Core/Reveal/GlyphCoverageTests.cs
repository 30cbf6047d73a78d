using System;
using System.Collections.Generic;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>A developer learns, once and in words, which fonts the players' languages need.</summary>
    [TestFixture]
    public sealed class GlyphCoverageTests
    {
        private readonly List<MissingGlyphs> reports = new List<MissingGlyphs>();
        private int asked;

        [SetUp]
        public void Begin()
        {
            reports.Clear();
            asked = 0;
        }

        [TestCase("Grüß", "Latin with marks")]
        [TestCase("你好", "Chinese and Japanese ideographs (CJK)")]
        [TestCase("ひらカタ", "Japanese kana")]
        [TestCase("한국", "Korean (Hangul)")]
        [TestCase("سلام", "Arabic")]
        [TestCase("ﻼ", "Arabic")]
        [TestCase("שלום", "Hebrew")]
        [TestCase("नमस्ते", "Devanagari")]
        [TestCase("สวัสดี", "Thai")]
        [TestCase("Привет", "Cyrillic")]
        [TestCase("👍", "emoji")]
        [TestCase("⭐", "emoji")]
        [TestCase("→", "signs and symbols")]
        [TestCase("𠀀", "Chinese and Japanese ideographs (CJK)")]
        [TestCase("𐎠", "other scripts")]
        public void WhatIsMissingIsNamed(string text, string script)
        {
            Look(New(), text);
            Assert.That(reports.Count, Is.EqualTo(1));
            Assert.That(reports[0].Script, Is.EqualTo(script));
            Assert.That(reports[0].Advice.Contains(script), Is.True);
        }

        [Test]
        public void TheAdviceSaysWhatToDo()
        {
            Look(New(), "سلام");
            Assert.That(reports[0].CodePoint, Is.EqualTo(0x633));
            Assert.That(reports[0].Advice, Is.EqualTo(
                "The fonts in use have no glyphs for Arabic (the first one missed is U+0633 س). Make a TextMeshPro font asset from a font that has "
                + "them, such as Noto Naskh Arabic, with its presentation forms, and add it to the fallback fonts of the text's font asset, or of "
                + "TextMeshPro's settings."));
        }

        [Test]
        public void EachScriptIsReportedOnceAndEachCodePointAskedForOnce()
        {
            GlyphCoverage coverage = New();
            for (int i = 0; i < 3; i++)
            {
                Look(coverage, "abc 你好 👍👎");
            }

            Assert.That(reports.Count, Is.EqualTo(2));
            Assert.That(asked, Is.EqualTo(7));
            Assert.That(coverage.Missing, Is.EqualTo(new[] { "Chinese and Japanese ideographs (CJK)", "emoji" }));
            coverage.Restart();
            Look(coverage, "你");
            Assert.That(reports.Count, Is.EqualTo(3), "The fonts have changed.");
        }

        [Test]
        public void SpacesLineEndsAndInvisiblesNeedNoGlyph()
        {
            Look(New(), " \n\u200b\u200d\ufe0f");
            Assert.That(asked, Is.EqualTo(0));
        }

        [Test]
        public void APageIsLookedAtAsItGrowsAndTurns()
        {
            var reading = new Reading(10, 1);
            GlyphCoverage coverage = New();
            reading.Receive("one two 你 ");
            for (int i = 0; i < 500; i++)
            {
                reading.Pass(0.02);
                coverage.Look(reading.Reveal.Page);
                if (i == 200)
                {
                    reading.Whole("three four שלום");
                }
            }

            Assert.That(coverage.Missing, Is.EqualTo(new[] { "Chinese and Japanese ideographs (CJK)", "Hebrew" }));
        }

        [Test]
        public void MisuseIsRefused()
        {
            GlyphCoverage coverage = New();
            Assert.Throws<ArgumentNullException>(() => new GlyphCoverage(null, missing => { }).ToString());
            Assert.Throws<ArgumentNullException>(() => new GlyphCoverage(point => true, null).ToString());
            Assert.Throws<ArgumentNullException>(() => coverage.Look(null));
            Assert.Throws<ArgumentNullException>(() => coverage.Look(null, 0, 0));
            Assert.Throws<ArgumentOutOfRangeException>(() => coverage.Look(new char[2], 1, 2));
        }

        private static void Look(GlyphCoverage coverage, string text)
        {
            coverage.Look(text.ToCharArray(), 0, text.Length);
        }

        /// <summary>TextMeshPro's default font, roughly: ASCII.</summary>
        private GlyphCoverage New()
        {
            return new GlyphCoverage(
                point =>
                {
                    asked++;
                    return point < 0x80;
                },
                reports.Add);
        }
    }
}
