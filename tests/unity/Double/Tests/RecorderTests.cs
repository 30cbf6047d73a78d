using System.IO;
using NUnit.Framework;
using TMPro;
using UnityEngine;
using UnityEngine.UI;

namespace Loquent.Double.Tests
{
    /// <summary>What is written is what can be seen: for tests/unity/test_pictures.py, which draws it.</summary>
    [TestFixture]
    public sealed class RecorderTests : EngineTest
    {
        [Test]
        public void APlateAndATextThatFadesIn()
        {
            string path = Path.Combine(TestContext.CurrentContext.TestDirectory, "double.jsonl");
            Stage.Player();
            GameObject figure = Stage.Figure("Marta", new Vector3(0.5f, 0, 2));
            figure.transform.rotation = Quaternion.Euler(0, 180, 0);
            TextMeshProUGUI text = MakeCanvas(figure.transform);
            text.SetCharArray("Good evening!".ToCharArray());
            Recorder.Begin(path, 0.1);
            Recorder.Watch(figure);
            Recorder.Watch("page", () => 1);
            Recorder.Say("begins");
            for (int frame = 0; frame < 73; frame++)
            {
                if (text.textInfo.characterCount > 0)
                {
                    Show(text, frame / 72f);
                }

                Engine.Frame();
            }

            Assert.That(Recorder.IsOn, Is.True);
            Recorder.End();
            string[] lines = File.ReadAllLines(path);
            Assert.That(lines.Length, Is.InRange(10, 12));
            Assert.That(lines[0], Is.StringContaining("\"note\":\"begins\"").And.StringContaining("\"page\":\"1\"").And.StringContaining("\"Marta\""));
            Assert.That(lines[lines.Length - 1], Is.StringContaining("\"!\""));
            Assert.That(lines[4], Is.StringContaining("[\"G\",").And.Not.StringContaining("\"!\""));
        }

        private static TextMeshProUGUI MakeCanvas(Transform at)
        {
            var canvas = new GameObject("Speech").AddComponent<Canvas>();
            canvas.renderMode = RenderMode.WorldSpace;
            canvas.transform.position = at.position + new Vector3(0, 2.1f, 0);
            canvas.transform.localScale = Vector3.one * 0.002f;
            ((RectTransform)canvas.transform).sizeDelta = new Vector2(500, 160);
            var plate = new GameObject("Plate").AddComponent<Image>();
            plate.transform.SetParent(canvas.transform, false);
            plate.rectTransform.sizeDelta = new Vector2(500, 160);
            plate.color = new Color(0.05f, 0.06f, 0.1f, 0.85f);
            var text = new GameObject("Text").AddComponent<TextMeshProUGUI>();
            text.transform.SetParent(canvas.transform, false);
            text.rectTransform.sizeDelta = new Vector2(460, 120);
            text.alignment = TextAlignmentOptions.Left;
            text.fontSize = 48;
            return text;
        }

        /// <summary>Shows so much of a text, by the alpha of its vertices.</summary>
        private static void Show(TMP_Text text, float share)
        {
            for (int i = 0; i < text.textInfo.characterCount; i++)
            {
                TMP_CharacterInfo one = text.textInfo.characterInfo[i];
                byte alpha = (byte)(255 * Mathf.Clamp01((share * 16) - i));
                for (int corner = 0; corner < 4 && one.isVisible; corner++)
                {
                    text.textInfo.meshInfo[one.materialReferenceIndex].colors32[one.vertexIndex + corner].a = alpha;
                }
            }

            text.UpdateVertexData(TMP_VertexDataUpdateFlags.Colors32);
        }
    }
}
