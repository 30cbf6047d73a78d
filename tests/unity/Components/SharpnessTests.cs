using Loquent.Double;
using NUnit.Framework;
using TMPro;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>
    /// That text reads well, as far as it can be reckoned: how many pixels of a headset a letter has, and whether the font's distance field is fine enough for them. What is measured
    /// is what stands in the world: the font's size, the canvas's scale, the way to the player's eye.
    /// </summary>
    [TestFixture]
    public sealed class SharpnessTests : ComponentTest
    {
        /// <summary>What Meta states for Quest 3, in the middle of the lens. Quest 2 has 20.</summary>
        private const float PixelsPerDegree = 25;

        /// <summary>A lower-case letter of Liberation Sans is so high, of the em.</summary>
        private const float XHeight = 0.53f;

        /// <summary>
        /// So many pixels a lower-case letter should have from its foot to its top: text of 16 pixels, as a browser's, has 8 or 9 of them, and what the lens and a head that moves make of
        /// a picture costs about a third.
        /// </summary>
        private const float LeastPixels = 13;

        /// <summary>What Google's Daydream team, from whom the unit comes, gives as the least for reading, in dmm.</summary>
        private const float LeastSize = 20;

        /// <summary>An anchor follows in small steps only, so that nothing trembles.</summary>
        private const float Tolerance = 0.97f;

        [TestCase(1.5f)]
        [TestCase(2)]
        [TestCase(4)]
        public void ALetterHasPixelsEnoughFromNearAndFar(float distance)
        {
            SpeechCanvasParts parts = Speak(distance, 24);
            float letter = XHeight * PixelsOf(parts.Page);
            Assert.That(letter, Is.GreaterThan(LeastPixels));
            Assert.That(PixelsOf(parts.Page), Is.EqualTo(24 * 0.0573f * PixelsPerDegree).Within(2f), "24 dmm are 1.37 degrees, wherever it is.");
        }

        [TestCase(20)]
        [TestCase(24)]
        [TestCase(40)]
        public void NothingOnACanvasIsSmallerThanWhatCanBeRead(int size)
        {
            SpeechCanvasParts parts = Speak(2, size);
            foreach (TMP_Text text in parts.GetComponentsInChildren<TMP_Text>(true))
            {
                Assert.That(DmmOf(text), Is.GreaterThan(LeastSize * Tolerance), text.name);
            }
        }

        [Test]
        public void NothingOnAPromptIsSmallerEither()
        {
            Pointer.MakeEventSystem();
            var prompt = new GameObject("Prompt").AddComponent<PlayerPrompt>();
            prompt.Npc = MakeNpc("Marta", new Vector3(0, 0, 2));
            prompt.transform.position = Player.transform.position + new Vector3(0, 0, prompt.ReadFrom);
            Engine.Frame();
            foreach (TMP_Text text in prompt.Canvas.GetComponentsInChildren<TMP_Text>(true))
            {
                Assert.That(DmmOf(text), Is.GreaterThan(LeastSize * Tolerance), text.name);
            }
        }

        /// <summary>
        /// A distance field is sharp as long as its edge takes no more than about a pixel of the field for two of the screen, and smooth as long as its spread takes more than a pixel of the
        /// screen: then the shader has something to smooth with.
        /// </summary>
        [Test]
        public void AFontOfTheSystemIsDrawnFineEnough()
        {
            Device.AddSystemFont("Noto Sans CJK SC", "/fonts/NotoSansCJK-Regular.ttc", point => point >= 0x3000);
            SpeechCanvasParts parts = Speak(2, 24, "你好");
            EngineLog.Take(LogType.Log, "filled from the system's font");
            TMP_FontAsset added = parts.Page.font.fallbackFontAssetTable[parts.Page.font.fallbackFontAssetTable.Count - 1];
            float sampled = added.faceInfo.pointSize;
            float screen = PixelsOf(parts.Page);
            Assert.That(sampled, Is.GreaterThan(screen), "The field is finer than the screen, so that thin strokes stay.");
            Assert.That(2 * added.atlasPadding * screen / sampled, Is.GreaterThan(2), "The spread is wider than the edge that is smoothed.");
        }

        private SpeechCanvasParts Speak(float distance, int size, string text = "Good evening")
        {
            Npc npc = MakeNpc("Marta", new Vector3(0, 0, distance));
            npc.Speech = npc.gameObject.AddComponent<SpeechCanvas>();
            npc.Speech.Look.TextSize = size;
            npc.gameObject.AddComponent<CanvasAnchor>();
            Until(() => npc.State == NpcState.Listening);
            npc.Say("Hello");
            Server.Text(text);
            Server.End();
            Until(() => npc.Speech.Alpha == 1 && npc.Speech.Reveal.IsComplete);
            Engine.RunFor(1);
            return npc.Speech.PartsInUse;
        }

        private float DmmOf(TMP_Text text)
        {
            float metres = text.fontSize * text.transform.lossyScale.y;
            return 1000 * metres / Vector3.Distance(text.canvas.transform.position, Player.transform.position);
        }

        /// <summary>How many pixels of the headset an em has.</summary>
        private float PixelsOf(TMP_Text text)
        {
            return DmmOf(text) / 1000 * Mathf.Rad2Deg * PixelsPerDegree;
        }
    }
}
