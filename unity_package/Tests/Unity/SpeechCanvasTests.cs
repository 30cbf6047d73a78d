using System.Collections;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TMPro;
using UnityEngine;
using UnityEngine.TestTools;
using UnityEngine.UI;

namespace Loquent.Tests
{
    /// <summary>What a canvas shows: text as it is, page by page, visible only as far as it's revealed.</summary>
    [TestFixture]
    public sealed class SpeechCanvasTests : SceneTest
    {
        private const string Pages = "This is the first page of it, as it were. And that would be the second one, I am afraid.";

        private SpeechCanvas canvas;

        [SetUp]
        public void MakeCanvas()
        {
            canvas = Make("Sign").AddComponent<SpeechCanvas>();
            canvas.OwnReading = true;
            canvas.Reading.ReadingSpeed = 100;
        }

        [UnityTest]
        public IEnumerator ATextStandsAtAFixedPlaceWithoutAnObject()
        {
            canvas.transform.position = new Vector3(0.5f, 0.5f, 0);
            canvas.Show("Hello, I am a place.");
            yield return Until(() => canvas.Reveal.IsRead && canvas.Alpha == 1, "it's shown");
            Assert.That(canvas.Root.position, Is.EqualTo(new Vector3(0.5f, 0.5f, 0)));
            Assert.That(canvas.Root.rotation, Is.EqualTo(Quaternion.identity));
            Assert.That(canvas.Root.localScale.x * 1000, Is.EqualTo(1.75f).Within(0.0001f), "A dmm at 1.75 m.");
            Assert.That(canvas.PartsInUse.Canvas.renderMode, Is.EqualTo(RenderMode.WorldSpace));
            Assert.That(Visible(), Is.EqualTo("Hello, I am a place."));
            yield return Pass(5);
            Assert.That(canvas.Alpha, Is.EqualTo(1), "It stays.");
            canvas.Hide();
            yield return Until(() => canvas.Alpha == 0, "it's gone");
        }

        [UnityTest]
        public IEnumerator ATextOfItsOwnIsShownFromTheStart()
        {
            canvas.gameObject.SetActive(false);
            GameObject other = Make("Other");
            other.SetActive(false);
            var sign = other.AddComponent<SpeechCanvas>();
            sign.OwnText = "Welcome";
            sign.Speaker = "The house";
            other.SetActive(true);
            yield return Until(() => sign.Reveal != null && sign.Reveal.IsComplete, "it's shown");
            Assert.That(sign.Reveal.Page.ToString(), Is.EqualTo("Welcome"));
            Assert.That(sign.PartsInUse.Speaker.textInfo.characterCount, Is.EqualTo("The house".Length));
        }

        [UnityTest]
        public IEnumerator TheTextIsRevealedByTheAlphaOfItsVertices()
        {
            canvas.Reading.ReadingSpeed = 20;
            canvas.Show("Good evening, traveller.");
            yield return Until(() => canvas.Shown >= 6, "some of it is shown");
            string seen = Visible();
            Assert.That(seen, Is.EqualTo("Good evening, traveller.".Substring(0, (int)canvas.Shown)));
            Assert.That(canvas.PartsInUse.Page.textInfo.characterCount, Is.EqualTo(24), "All of it is laid out.");
            Assert.That(canvas.Layouts, Is.EqualTo(1), "Once.");
            yield return Until(() => canvas.Reveal.IsComplete, "all is shown");
            Assert.That(canvas.Layouts, Is.EqualTo(1), "Still once.");
        }

        [UnityTest]
        public IEnumerator WhenTextMeshProMakesTheMeshAnewNothingFlashesUp()
        {
            canvas.Reading.ReadingSpeed = 10;
            canvas.Show("Good evening, traveller.");
            yield return Until(() => canvas.Shown >= 4, "some of it is shown");
            canvas.PartsInUse.Page.SetAllDirty();
            canvas.PartsInUse.Page.ForceMeshUpdate();
            Assert.That(Visible().Length, Is.EqualTo(canvas.Shown));
            yield return null;
            Assert.That(Visible().Length, Is.InRange(canvas.Shown - 1, canvas.Shown));
        }

        [UnityTest]
        public IEnumerator WhatAModelWritesIsShownAndNeverObeyed()
        {
            const string Written = "<size=900>A</size> <link=x>b</link> </noparse> a < b \\n <sprite=0>";
            canvas.Look.LineWidth = 1000;
            canvas.Look.TextSize = 20;
            canvas.Rebuild();
            canvas.Show(Written);
            yield return Until(() => canvas.Reveal.IsRead, "it's shown");
            Assert.That(Visible().Replace("\n", " "), Is.EqualTo(Written));
            Assert.That(canvas.PartsInUse.Page.fontSize, Is.EqualTo(20));
            foreach (TMP_CharacterInfo one in Shown(canvas.PartsInUse.Page))
            {
                Assert.That(one.pointSize, Is.EqualTo(20));
            }
        }

        [UnityTest]
        public IEnumerator ANameIsShownAndNeverObeyed()
        {
            canvas.Speaker = "<size=900>Marta\u202e";
            canvas.Show("Hello");
            yield return Until(() => canvas.Reveal.IsRead, "it's shown");
            Assert.That(Seen.All(canvas.PartsInUse.Speaker), Is.EqualTo("<size=900>Marta"));
        }

        [UnityTest]
        public IEnumerator LinesBreakWhereTheCoreBreaksThemAndTextMeshProBreaksNoOther()
        {
            canvas.Show("A reply that is certainly longer than one line of this canvas can be, and needs a second one.");
            yield return Until(() => canvas.Reveal.IsRead, "it's shown");
            TMP_Text page = canvas.PartsInUse.Page;
            Assert.That(canvas.Reveal.Page.LineCount, Is.GreaterThan(1));
            Assert.That(page.textInfo.lineCount, Is.EqualTo(canvas.Reveal.Page.LineCount));
            foreach (TMP_CharacterInfo one in Shown(page))
            {
                Assert.That(one.topRight.x - one.bottomLeft.x, Is.GreaterThanOrEqualTo(0));
                Assert.That(one.xAdvance - page.textInfo.characterInfo[0].origin, Is.LessThanOrEqualTo(page.rectTransform.rect.width + 12));
            }
        }

        [UnityTest]
        public IEnumerator PagesTurnAsTheReadingGoesOn()
        {
            int turned = 0;
            canvas.OnPageTurned.AddListener(() => turned++);
            canvas.Look.Lines = 1;
            canvas.Rebuild();
            canvas.Show(Pages);
            yield return Until(() => canvas.Reveal.Page.IsFull && canvas.Reveal.VisibleClusters == canvas.Reveal.Page.ClusterCount, "the first page is full");
            string first = Visible();
            yield return Until(() => turned == 1, "it has turned");
            yield return Until(() => Visible().Length > 5 && canvas.Reveal.Page.Number == 1, "the second begins");
            Assert.That(first.Length, Is.GreaterThan(20));
            StringAssert.StartsWith(first, Pages);
            StringAssert.StartsWith(Visible(), Pages.Substring(first.Length + 1));
            yield return Until(() => canvas.Reveal.IsComplete, "all of it is shown");
        }

        [UnityTest]
        public IEnumerator WithReducedMotionPagesAppearWhole()
        {
            canvas.Reading.ReducedMotion = true;
            canvas.Reading.ReadingSpeed = 5;
            canvas.Show("Good evening, traveller.");
            yield return null;
            yield return null;
            Assert.That(Visible(), Is.EqualTo("Good evening, traveller."));
        }

        [UnityTest]
        public IEnumerator TheThinkingSignIsThereUntilTheFirstText()
        {
            canvas.BeginReply();
            yield return null;
            Graphic[] dots = canvas.PartsInUse.Thinking;
            Assert.That(canvas.State, Is.EqualTo(SpeechState.Thinking));
            Assert.That(System.Array.TrueForAll(dots, dot => dot.enabled), Is.True);
            float before = dots[0].canvasRenderer.GetAlpha();
            yield return Pass(0.3f);
            Assert.That(dots[0].canvasRenderer.GetAlpha(), Is.Not.EqualTo(before), "It pulses.");
            canvas.EndReply();
            Assert.That(System.Array.TrueForAll(dots, dot => !dot.enabled), Is.True);
        }

        [UnityTest]
        public IEnumerator AnErrorIsThereAtOnceInItsColourAndGoes()
        {
            canvas.LingerSeconds = 0.2f;
            canvas.ShowError("The answer got lost.");
            yield return null;
            Assert.That(canvas.State, Is.EqualTo(SpeechState.Error));
            Assert.That(Visible(), Is.EqualTo("The answer got lost."));
            Assert.That(canvas.PartsInUse.Page.color, Is.EqualTo(canvas.Look.ErrorColor));
            yield return Until(() => canvas.State == SpeechState.Hidden, "it's gone");
            canvas.Show("Hello");
            yield return Until(() => canvas.Reveal.IsComplete, "it's shown");
            Assert.That(canvas.PartsInUse.Page.color, Is.EqualTo(canvas.Look.TextColor));
        }

        [UnityTest]
        public IEnumerator ANewTextLeavesNothingOfTheOldOne()
        {
            canvas.Show("The first one");
            yield return Until(() => canvas.Reveal.IsComplete, "it's shown");
            canvas.Show("B");
            Assert.That(Visible(), Is.Empty);
            yield return Until(() => canvas.Reveal.IsComplete, "it's shown");
            yield return null;
            Assert.That(Visible(), Is.EqualTo("B"));
        }

        [UnityTest]
        public IEnumerator RightToLeftTextIsAlignedAtTheRight()
        {
            canvas.Show("שלום");
            yield return Until(() => canvas.Reveal.IsComplete, "it's shown");
            yield return null;
            Assert.That(canvas.PartsInUse.Page.alignment, Is.EqualTo(TextAlignmentOptions.TopRight));
            Assert.That(canvas.PartsInUse.Page.isRightToLeftText, Is.False, "The core has turned it.");
            canvas.Show("Hello");
            yield return Until(() => canvas.Reveal.IsComplete, "it's shown");
            yield return null;
            Assert.That(canvas.PartsInUse.Page.alignment, Is.EqualTo(TextAlignmentOptions.TopLeft));
        }

        [UnityTest]
        public IEnumerator ACanvasOfYourOwnIsUsed()
        {
            SpeechCanvasParts own = OwnParts();
            canvas.Parts = own;
            canvas.Show("Hello");
            yield return Until(() => canvas.Reveal.IsComplete, "it's shown");
            yield return null;
            Assert.That(canvas.PartsInUse, Is.SameAs(own));
            Assert.That(Visible(), Is.EqualTo("Hello"));
            Assert.That(own.Page.richText, Is.False);
            Object.DestroyImmediate(canvas.gameObject);
            Assert.That(own == null, Is.False, "It belongs to whoever made it.");
            Assert.That(own.Canvas.enabled, Is.False);
        }

        [UnityTest]
        public IEnumerator APlateStandsBehindAllOfTheTextSoThatItDoesNotTrembleInFramesOfTheHeadsetsOwn()
        {
            canvas.Show("Hello");
            yield return null;
            var plate = (RectTransform)canvas.PartsInUse.Plate.transform;
            Assert.That(plate.GetSiblingIndex(), Is.EqualTo(0), "It's drawn first.");
            Assert.That(plate.rect.size, Is.EqualTo(canvas.Root.rect.size));
            Assert.That(canvas.PartsInUse.Plate.color.a, Is.GreaterThan(0.8f));
        }

        [UnityTest]
        public IEnumerator PartsThatLackSomethingAreSaidOnce()
        {
            canvas.Parts = Make("Mine").AddComponent<SpeechCanvasParts>();
            LogAssert.Expect(LogType.Error, new Regex("^SpeechCanvas 'Sign': its parts 'Mine' have no canvas"));
            canvas.Show("Hello");
            canvas.Show("Hello");
            yield return null;
            Assert.That(canvas.State, Is.EqualTo(SpeechState.Hidden));
        }

        [UnityTest]
        public IEnumerator ACanvasThatSomebodyDestroysIsBuiltAgain()
        {
            canvas.Show("Hello");
            yield return null;
            Object.DestroyImmediate(canvas.Root.gameObject);
            yield return null;
            yield return null;
            Assert.That(canvas.Root != null, Is.True);
            canvas.Show("Again");
            yield return Until(() => canvas.Reveal.IsComplete, "it's shown");
            yield return null;
            Assert.That(Visible(), Is.EqualTo("Again"));
        }

        [UnityTest]
        public IEnumerator ACanvasWhosePageSomebodyDestroysIsBuiltAgain()
        {
            canvas.Show("Hello");
            yield return null;
            Object.DestroyImmediate(canvas.PartsInUse.Page.gameObject);
            canvas.Show("Again");
            yield return Until(() => canvas.Reveal.IsComplete, "it's shown");
            yield return null;
            Assert.That(Visible(), Is.EqualTo("Again"));
        }

        [UnityTest]
        public IEnumerator ACanvasThatBreaksIsTurnedOffAndKeepsNoOtherFromGoingOn()
        {
            SpeechCanvas other = Make("Other").AddComponent<SpeechCanvas>();
            canvas.Show("Hello");
            yield return null;
            Object.DestroyImmediate(canvas.PartsInUse.Speaker.gameObject);
            LogAssert.Expect(LogType.Exception, new Regex("(Missing|Null)Reference"));
            LogAssert.Expect(LogType.Error, new Regex("^SpeechCanvas 'Sign': it can't go on, so it's turned off"));
            canvas.Speaker = "The house";
            other.Show("Good day.");
            yield return Until(() => other.Reveal.IsComplete, "the other one is shown");
            Assert.That(canvas.enabled, Is.False);
        }

        [UnityTest]
        public IEnumerator DisablingHidesItAtOnce()
        {
            canvas.Show("Hello");
            yield return Until(() => canvas.Alpha == 1, "it's there");
            canvas.enabled = false;
            Assert.That(canvas.PartsInUse.Canvas.enabled, Is.False);
            LogAssert.Expect(LogType.Warning, "SpeechCanvas 'Sign': it's disabled, so it shows nothing. Enable it first.");
            canvas.Show("Hello");
            yield return null;
            Assert.That(canvas.Alpha, Is.EqualTo(0));
        }

        [UnityTest]
        public IEnumerator AGameThatIsPausedPausesItsTexts()
        {
            canvas.Reading.ReadingSpeed = 20;
            canvas.Show("Good evening, traveller. It is late.");
            yield return Until(() => canvas.Shown >= 3, "some of it is shown");
            Time.timeScale = 0;
            long before = canvas.Shown;
            yield return Pass(1);
            Assert.That(canvas.Shown, Is.EqualTo(before));
            Time.timeScale = 1;
            yield return Until(() => canvas.Shown > before, "it goes on");
        }

        private SpeechCanvasParts OwnParts()
        {
            GameObject root = Make("Mine");
            var parts = root.AddComponent<SpeechCanvasParts>();
            parts.Canvas = root.AddComponent<Canvas>();
            parts.Canvas.renderMode = RenderMode.WorldSpace;
            parts.Group = root.AddComponent<CanvasGroup>();
            var text = new GameObject("Text", typeof(RectTransform));
            text.transform.SetParent(root.transform, false);
            parts.Page = text.AddComponent<TextMeshProUGUI>();
            parts.Page.rectTransform.sizeDelta = new Vector2(300, 100);
            parts.Page.text = "Lorem ipsum";
            return parts;
        }

        private string Visible()
        {
            return Seen.On(canvas);
        }

        private static System.Collections.Generic.IEnumerable<TMP_CharacterInfo> Shown(TMP_Text text)
        {
            for (int i = 0; i < text.textInfo.characterCount; i++)
            {
                if (text.textInfo.characterInfo[i].isVisible)
                {
                    yield return text.textInfo.characterInfo[i];
                }
            }
        }
    }
}
