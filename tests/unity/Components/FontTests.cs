using System.Linq;
using Loquent.Double;
using NUnit.Framework;
using TMPro;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>What the font lacks is filled from the system's fonts where it has them, and said once either way.</summary>
    [TestFixture]
    public sealed class FontTests : ComponentTest
    {
        /// <summary>The example that all of this began with.</summary>
        private const string Hello = "你好，我是一个虚拟现实场景";

        private SpeechCanvas canvas;

        [SetUp]
        public void MakeCanvas()
        {
            canvas = new GameObject("Sign").AddComponent<SpeechCanvas>();
            canvas.transform.position = new Vector3(0.5f, 0.5f, 0);
        }

        [Test]
        public void ChineseStandsReadableAtItsPlaceWithAFontOfTheSystem()
        {
            Device.AddSystemFont("Arial", "/fonts/arial.ttf", point => point < 0x250);
            Device.AddSystemFont("Microsoft YaHei", "/fonts/msyh.ttc", point => point >= 0x3000 && point < 0xffff);
            canvas.Show(Hello);
            Until(() => canvas.Reveal.IsRead && canvas.Alpha == 1);
            Assert.That(canvas.Root.position, Is.EqualTo(new Vector3(0.5f, 0.5f, 0)));
            Assert.That(Loquent.Tests.Seen.On(canvas), Is.EqualTo(Hello));
            TMP_TextInfo info = canvas.PartsInUse.Page.textInfo;
            Assert.That(info.characterInfo.Take(info.characterCount).All(one => one.fontAsset.name == "msyh"), Is.True);
            StringAssert.IsMatch(
                "^SpeechCanvas 'Sign': the font LiberationSans SDF has no Chinese .* filled from the system's font msyh", EngineLog.Take(LogType.Log, "has no Chinese").Message);
        }

        [Test]
        public void WithoutOneItIsSaidOnceWhatToDo()
        {
            canvas.Show(Hello);
            Until(() => canvas.Reveal.IsComplete);
            canvas.Show(Hello + "！你好");
            Until(() => canvas.Reveal.IsComplete);
            StringAssert.IsMatch(
                "^SpeechCanvas 'Sign': The fonts in use have no glyphs for Chinese .*Make a TextMeshPro font asset", EngineLog.Take(LogType.Warning, "Chinese").Message);
            EngineLog.Take(LogType.Warning, "CJK punctuation");
        }

        [Test]
        public void AFontThatIsCalledRightButLacksTheCharacterIsNotTaken()
        {
            Device.AddSystemFont("Microsoft YaHei", "/fonts/msyh.ttc", point => false);
            Device.AddSystemFont("Noto Sans CJK SC", "/fonts/NotoSansCJK-Regular.ttc", point => point >= 0x3000);
            canvas.Show("你");
            Until(() => canvas.Reveal.IsComplete);
            EngineLog.Take(LogType.Log, "font NotoSansCJK-Regular");
        }

        [Test]
        public void FontsCanBeLookedForAheadOfTime()
        {
            Device.AddSystemFont("Segoe UI Emoji", "C:/Windows/Fonts/seguiemj.ttf", point => point >= 0x1f000);
            canvas.PrepareFonts("👍");
            EngineLog.Take(LogType.Log, "has no emoji; it's filled from the system's font .*seguiemj");
            canvas.Show("👍");
            Until(() => canvas.Reveal.IsComplete);
        }

        [TestCase("ja-JP", "meiryo")]
        [TestCase("zh-CN", "msyh")]
        [TestCase("zh-TW", "msjh")]
        [TestCase("", "msyh")]
        public void IdeographsHaveTheFormsOfThePlayersLanguage(string locale, string file)
        {
            foreach (string name in new[] { "meiryo", "msjh", "msyh" })
            {
                Device.AddSystemFont(name, "/fonts/" + name + ".ttc", point => point >= 0x3000);
            }

            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            npc.Locale = locale;
            Engine.Frame();
            canvas.Show("骨");
            Until(() => canvas.Reveal.IsComplete);
            EngineLog.Take(LogType.Log, "filled from the system's font " + file);
        }

        [TestCase("zh-CN", "SC", 0)]
        [TestCase("zh-TW", "TC", 0)]
        [TestCase("zh-Hant-HK", "HK", 0)]
        [TestCase("ja-JP", "JP", 0)]
        [TestCase("ko", "KR", 0)]
        [TestCase("zh-CN", "SC", 2)]
        [TestCase("ja-JP", "JP", 3)]
        public void OfAFileWithAFaceForEachRegionThePlayersIsTaken(string locale, string region, int turned)
        {
            string[] regions = { "JP", "KR", "SC", "TC", "HK" };
            for (int face = 0; face < regions.Length; face++)
            {
                string family = "Noto Sans CJK " + regions[(face + turned) % regions.Length]; // a file may be ordered otherwise than Android's
                Device.AddSystemFont(family, "/system/fonts/NotoSansCJK-Regular.ttc", point => point >= 0x3000, face);
            }

            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            npc.Locale = locale;
            Engine.Frame();
            int before = Textures();
            canvas.Show("骨");
            Until(() => canvas.Reveal.IsComplete);
            EngineLog.Take(LogType.Log, "filled from the system's font NotoSansCJK-Regular");
            string family0 = canvas.PartsInUse.Page.textInfo.characterInfo[0].fontAsset.faceInfo.familyName;
#if UNITY_6000_0_OR_NEWER
            Assert.That(family0, Is.EqualTo("Noto Sans CJK " + region));
#else
            Assert.That(family0, Is.EqualTo("Noto Sans CJK " + regions[turned]), "2022.3 can open the first only.");
#endif
            Assert.That(Textures(), Is.EqualTo(before + 1), "Of the faces that were only looked at nothing is left.");
        }

        [Test]
        public void OfAFontThatIsNotTakenNothingIsLeft()
        {
            Device.AddSystemFont("Microsoft YaHei", "/fonts/msyh.ttc", point => false);
            Device.AddSystemFont("Noto Sans SC", "/fonts/NotoSansSC-Regular.otf", point => false);
            canvas.Show("Hello");
            Until(() => canvas.Reveal.IsComplete);
            int textures = Textures();
            int materials = Resources.FindObjectsOfTypeAll<Material>().Length;
            int fonts = Resources.FindObjectsOfTypeAll<Font>().Length;
            canvas.Show("你");
            Until(() => canvas.Reveal.IsComplete);
            EngineLog.Take(LogType.Warning, "Chinese");
            Assert.That(Textures(), Is.EqualTo(textures));
            Assert.That(Resources.FindObjectsOfTypeAll<Material>().Length, Is.EqualTo(materials));
            Assert.That(Resources.FindObjectsOfTypeAll<Font>().Length, Is.EqualTo(fonts));
        }

        [Test]
        public void PicturesAreNoTextAndTheirEmojiAreSaidToBeMissing()
        {
            Device.AddSystemFont("Noto Color Emoji", "/system/fonts/NotoColorEmoji.ttf", point => point >= 0x1f000, isPictures: true);
            Device.AddSystemFont("Noto Emoji", "/fonts/NotoEmoji.ttf", point => point >= 0x1f000, isPictures: true);
            canvas.Show("Well 👍");
            Until(() => canvas.Reveal.IsComplete);
            StringAssert.IsMatch("emoji.*font asset", EngineLog.Take(LogType.Warning, "no glyphs for emoji").Message);
            Assert.That(Loquent.Tests.Seen.On(canvas), Is.Not.EqualTo("Well"), "A box stands in its place: nothing vanishes.");
#if UNITY_6000_0_OR_NEWER
            Assert.That(canvas.PartsInUse.Page.emojiFallbackSupport, Is.False, "What is measured in one font must not be drawn in another.");
#endif
        }

        [Test]
        public void WhatWasAddedIsTakenAwayAgainWhenPlayStops()
        {
            Device.AddSystemFont("Microsoft YaHei", "/fonts/msyh.ttc", point => point >= 0x3000);
            TMP_FontAsset font = TMP_Settings.defaultFontAsset;
            int before = font.fallbackFontAssetTable.Count;
            canvas.Show("你");
            Until(() => canvas.Reveal.IsComplete);
            Assert.That(font.fallbackFontAssetTable.Count, Is.EqualTo(before + 1));
            Engine.Stop();
            Assert.That(font.fallbackFontAssetTable.Count, Is.EqualTo(before), "A font asset belongs to the project.");
        }

        [Test]
        public void TheNextPlayDestroysWhatTheLastOneAdded()
        {
            Device.AddSystemFont("Microsoft YaHei", "/fonts/msyh.ttc", point => point >= 0x3000);
            canvas.Show("你");
            Until(() => canvas.Reveal.IsComplete);
            TMP_FontAsset added = TMP_Settings.defaultFontAsset.fallbackFontAssetTable.Last();
            SystemFonts.TakeAway();
            Assert.That(added != null, Is.True, "It may still be on the screen.");
            SystemFonts.DestroyTaken();
            Assert.That(added == null, Is.True);
        }

        [Test]
        public void WithoutTextMeshProsResourcesItIsSaidOnceWhatToDoAndNothingBreaks()
        {
            Typesetting.ForgetEssentials();
            canvas.Show("Hello");
            canvas.Show("Hello again");
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            Until(() => npc.State == NpcState.Listening);
            npc.Say("Hello");
            Server.Text("Good day.");
            Server.End();
            Until(() => npc.State == NpcState.Listening);
            Assert.That(npc.Text.ToString(), Is.EqualTo("Good day."));
            StringAssert.Contains("Import TMP Essential Resources", EngineLog.Take(LogType.Error, "^SpeechCanvas 'Sign': there's no font").Message);
            EngineLog.Take(LogType.Error, "^SpeechCanvas 'Innkeeper': there's no font");
        }

        [Test]
        public void AFontOfTheGamesOwnIsNoUseWithoutTextMeshProsResources()
        {
            canvas.Look.Font = TMP_Settings.defaultFontAsset;
            Typesetting.ForgetEssentials();
            canvas.Show("Hello");
            canvas.Show("你好");
            Until(() => canvas.State == SpeechState.Hidden);
            StringAssert.Contains("Import TMP Essential Resources", EngineLog.Take(LogType.Error, "^SpeechCanvas 'Sign': TextMeshPro's essential resources").Message);
        }

        private static int Textures()
        {
            return Resources.FindObjectsOfTypeAll<Texture2D>().Length;
        }

        [Test]
        public void WidthsAreThoseThatTextMeshProDraws()
        {
            canvas.Reading.ReadingSpeed = 1000;
            canvas.OwnReading = true;
            foreach (string text in new[] { "Wide and narrow: iiii WWWW.", "Straße, naïve, ½ — “quoted”…", "Ελληνικά и кириллица" })
            {
                canvas.Show(text);
                Until(() => canvas.Reveal.IsComplete);
                TMP_Text page = canvas.PartsInUse.Page;
                float drawn = page.textInfo.characterInfo[page.textInfo.characterCount - 1].xAdvance - page.textInfo.characterInfo[0].origin;
                var measure = new FontMeasure(FontSupport.For(page.font, canvas), page.fontSize);
                Assert.That(measure.Width(text.ToCharArray(), 0, text.Length), Is.EqualTo(drawn).Within(0.01f), text);
            }
        }
    }
}
