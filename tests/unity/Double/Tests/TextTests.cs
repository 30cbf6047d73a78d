using NUnit.Framework;
using TMPro;
using UnityEngine;

namespace Loquent.Double.Tests
{
    /// <summary>TextMeshPro's habits: what a layout costs, what is shown when, what is obeyed, where glyphs come from.</summary>
    [TestFixture]
    public sealed class TextTests : EngineTest
    {
        [Test]
        public void ATextIsLaidOutOnceAtTheEndOfTheFrame()
        {
            TextMeshProUGUI text = MakeText();
            text.text = "one";
            text.text = "two";
            Assert.That(Typesetting.Visible(text), Is.Empty);
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("two"));
            Assert.That(Typesetting.Layouts, Is.EqualTo(1));
            Engine.Frame();
            Assert.That(Typesetting.Layouts, Is.EqualTo(0));
        }

        [Test]
        public void VerticesAreSeenOnlyOnceTheyAreGivenToTheMeshAndCostNoLayout()
        {
            TextMeshProUGUI text = MakeText();
            Set(text, "abc");
            Engine.Frame();
            Fade(text, 1, 0);
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("abc"));
            text.UpdateVertexData(TMP_VertexDataUpdateFlags.Colors32);
            Assert.That(Typesetting.Visible(text), Is.EqualTo("ac"));
            Assert.That(Typesetting.AlphaOf(text, 0), Is.EqualTo(255));
            Assert.That(Typesetting.Layouts, Is.EqualTo(0));
            Assert.That(Typesetting.VertexUpdates, Is.EqualTo(1));
        }

        [Test]
        public void ALayoutForgetsWhatVerticesWereGiven()
        {
            TextMeshProUGUI text = MakeText();
            Set(text, "ab");
            text.ForceMeshUpdate();
            Fade(text, 0, 0);
            text.UpdateVertexData(TMP_VertexDataUpdateFlags.Colors32);
            text.fontSize = 20;
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("ab"));
        }

        [Test]
        public void VerticesCanBeChangedBeforeTheyAreShown()
        {
            TextMeshProUGUI text = MakeText();
            text.OnPreRenderText += info =>
            {
                for (int corner = 0; corner < 4; corner++)
                {
                    info.meshInfo[0].colors32[corner].a = 0;
                }
            };
            Set(text, "ab");
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("b"));
        }

        [Test]
        public void TagsAreObeyedUnlessRichTextIsOff()
        {
            TextMeshProUGUI text = MakeText();
            Set(text, "<size=900>a</size><unknown>b<");
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("a<unknown>b<"));
            Assert.That(text.textInfo.characterInfo[0].pointSize, Is.EqualTo(900));
            text.richText = false;
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("<size=900>a</size><unknown>b<"));
        }

        [Test]
        public void EscapesAreObeyedByUnity6AloneAndUnicodeOnesAlways()
        {
            TextMeshProUGUI text = MakeText();
            Set(text, "a\\nb\\u0041");
            Engine.Frame();
            bool isUnity6 = Application.unityVersion.StartsWith("6000");
            Assert.That(Typesetting.Visible(text), Is.EqualTo(isUnity6 ? "a\nbA" : "a\\nb\\u0041"));
            text.parseCtrlCharacters = false;
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo(isUnity6 ? "a\\nbA" : "a\\nb\\u0041"));
        }

        [Test]
        public void ANullCharEndsTheText()
        {
            TextMeshProUGUI text = MakeText();
            Set(text, "ab\0cd");
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("ab"));
        }

        [Test]
        public void WhatTheDefaultFontLacksIsABoxAndAWarning()
        {
            TextMeshProUGUI text = MakeText();
            Set(text, "a你");
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("a□"));
            EngineLog.Take(LogType.Warning, @"Unicode value \\u4F60 was not found in the \[LiberationSans SDF\]");
        }

        [Test]
        public void AFallbacksGlyphsAreInAnotherMesh()
        {
            TextMeshProUGUI text = MakeText();
            Typesetting.Fallbacks.Add(Typesetting.Font("Chinese", "你好"));
            Set(text, "a你Ж好");
            Engine.Frame();
            Assert.That(Typesetting.Visible(text), Is.EqualTo("a你Ж好"));
            TMP_TextInfo info = text.textInfo;
            Assert.That(info.materialCount, Is.EqualTo(3));
            Assert.That(info.characterInfo[1].materialReferenceIndex, Is.EqualTo(1));
            Assert.That(info.characterInfo[2].materialReferenceIndex, Is.EqualTo(2), "Cyrillic is in the default font's own fallback.");
            Assert.That(info.characterInfo[3].materialReferenceIndex, Is.EqualTo(1));
            Assert.That(info.characterInfo[3].vertexIndex, Is.EqualTo(4));
            Assert.That(text.transform.childCount, Is.EqualTo(2));
            Fade(text, 3, 0);
            text.UpdateVertexData(TMP_VertexDataUpdateFlags.Colors32);
            Assert.That(Typesetting.Visible(text), Is.EqualTo("a你Ж"));
        }

        [Test]
        public void ASystemsFontFillsUntilItsAtlasIsFull()
        {
            Device.AddSystemFont("Noto Sans CJK SC", "/fonts/NotoSansCJK.ttc", point => point >= 0x4E00 && point <= 0x9FFF);
            Assert.That(TMP_FontAsset.CreateFontAsset(Font.CreateDynamicFontFromOSFont("Noto Sans CJK SC", 90)), Is.Null);
            EngineLog.Take(LogType.Warning, "Include Font Data");
            TMP_FontAsset asset = TMP_FontAsset.CreateFontAsset(new Font(Font.GetPathsToOSFonts()[0]));
            Assert.That(asset.HasCharacter('你'), Is.False);
            Assert.That(asset.HasCharacter('你', false, true), Is.True);
            Assert.That(asset.HasCharacter('a', true, true), Is.False);
            asset.isMultiAtlasTexturesEnabled = false;
            var many = new uint[200];
            for (uint i = 0; i < many.Length; i++)
            {
                many[i] = 0x4E00 + i;
            }

            Assert.That(asset.TryAddCharacters(many, out uint[] missing), Is.False);
            Assert.That(missing.Length, Is.EqualTo(200 - 80), "1,024 pixels have room for 9 × 9 glyphs of 90 + 2 · 9.");
            asset.isMultiAtlasTexturesEnabled = true;
            Assert.That(asset.TryAddCharacters(many), Is.True);
            Assert.That(asset.atlasTextureCount, Is.EqualTo(3));
        }

        [Test]
        public void LinesAreWhereTheMetricsPutThem()
        {
            TextMeshProUGUI text = MakeText();
            text.rectTransform.sizeDelta = new Vector2(400, 200);
            text.fontSize = 100;
            Set(text, "ab\ncd");
            Engine.Frame();
            TMP_TextInfo info = text.textInfo;
            Assert.That(info.lineCount, Is.EqualTo(2));
            Assert.That(info.characterInfo[0].origin, Is.EqualTo(-200).Within(0.01f));
            Assert.That(info.characterInfo[1].xAdvance, Is.EqualTo(-200 + 111.23f).Within(0.01f));
            Assert.That(info.lineInfo[0].baseline, Is.EqualTo(100 - 90.5f).Within(0.01f));
            Assert.That(info.lineInfo[1].baseline, Is.EqualTo(100 - 90.5f - 114.9f).Within(0.01f));
            Assert.That(text.isTextOverflowing, Is.True);
            text.alignment = TextAlignmentOptions.Right;
            Engine.Frame();
            Assert.That(info.characterInfo[1].xAdvance, Is.EqualTo(200).Within(0.01f));
        }

        [Test]
        public void WordsWrapUnlessThatIsOff()
        {
            TextMeshProUGUI text = MakeText();
            text.rectTransform.sizeDelta = new Vector2(130, 200);
            text.fontSize = 20;
            Set(text, "one two three four");
            Engine.Frame();
            Assert.That(text.textInfo.lineCount, Is.EqualTo(2));
            Assert.That(text.textInfo.lineInfo[1].firstCharacterIndex, Is.EqualTo(14));
            NoWrap(text);
            Engine.Frame();
            Assert.That(text.textInfo.lineCount, Is.EqualTo(1));
            Assert.That(text.GetPreferredValues().x, Is.EqualTo(text.textInfo.characterInfo[17].xAdvance - text.textInfo.characterInfo[0].origin).Within(0.01f));
        }

        [Test]
        public void CharsAreTakenWithoutGarbage()
        {
            TextMeshProUGUI text = MakeText();
            char[] chars = "The quick brown fox jumps over the lazy dog.".ToCharArray();
            text.richText = false;
            for (int i = 0; i < 5; i++)
            {
                text.SetCharArray(chars, 0, chars.Length - i);
                Engine.Frame();
            }

            text.SetCharArray(chars, 0, 10);
            Engine.Frame();
            Assert.That(Typesetting.Layouts, Is.EqualTo(1));
            Assert.That(Engine.LastFrameBytes, Is.EqualTo(0));
            text.UpdateVertexData(TMP_VertexDataUpdateFlags.Colors32);
            Engine.Frame();
            Assert.That(Engine.LastFrameBytes, Is.EqualTo(0));
            Assert.That(text.text, Is.EqualTo("The quick "));
        }

        [Test]
        public void WithoutEssentialResourcesThereIsNoFont()
        {
            Typesetting.ForgetEssentials();
            Assert.That(TMP_Settings.instance == null, Is.True);
            TextMeshProUGUI text = MakeText();
            Assert.That(text.font, Is.Null);
            EngineLog.Take(LogType.Warning, "There is no Font Asset assigned to text");
            Set(text, "abc");
            Engine.Frame();
            EngineLog.Take(LogType.Warning, "No Font Asset has been assigned");
            Assert.That(Typesetting.Visible(text), Is.Empty);
        }

        [Test]
        public void AFieldIsTypedByKeysAndByTheSystemsKeyboard()
        {
            Stage.Player();
            Pointer.MakeEventSystem();
            TMP_InputField field = MakeField();
            string submitted = null;
            field.onSubmit.AddListener(text => submitted = text);
            Pointer.Click(field);
            Assert.That(field.isFocused, Is.True);
            Pointer.Type(field, "Hex\blo\n");
            Assert.That(submitted, Is.EqualTo("Helo"));
            Assert.That(field.isFocused, Is.False);
            Device.HasSystemKeyboard = true;
            UnityEngine.EventSystems.EventSystem.current.SetSelectedGameObject(null);
            field.ActivateInputField();
            Device.Type("Good evening");
            Engine.Frame();
            Assert.That(field.text, Is.EqualTo("Good evening"));
            Device.PutKeyboardAway();
            Engine.Frame();
            Assert.That(submitted, Is.EqualTo("Good evening"));
            Assert.That(field.isFocused, Is.False);
        }

        private static void Set(TMP_Text text, string value)
        {
            char[] chars = value.ToCharArray();
            text.SetCharArray(chars, 0, chars.Length);
        }

        private static void Fade(TMP_Text text, int character, byte alpha)
        {
            TMP_CharacterInfo one = text.textInfo.characterInfo[character];
            for (int corner = 0; corner < 4; corner++)
            {
                text.textInfo.meshInfo[one.materialReferenceIndex].colors32[one.vertexIndex + corner].a = alpha;
            }
        }

        private static void NoWrap(TMP_Text text)
        {
#if UNITY_6000_0_OR_NEWER
            text.textWrappingMode = TextWrappingModes.NoWrap;
#else
            text.enableWordWrapping = false;
#endif
        }

        private static TextMeshProUGUI MakeText()
        {
            var canvas = new GameObject("canvas").AddComponent<Canvas>();
            canvas.renderMode = RenderMode.WorldSpace;
            var text = new GameObject("text").AddComponent<TextMeshProUGUI>();
            text.transform.SetParent(canvas.transform, false);
            return text;
        }

        private static TMP_InputField MakeField()
        {
            TextMeshProUGUI text = MakeText();
            Canvas canvas = text.canvas;
            canvas.gameObject.AddComponent<UnityEngine.UI.GraphicRaycaster>();
            canvas.transform.position = new Vector3(0, 1.6f, 2);
            canvas.transform.localScale = Vector3.one * 0.001f;
            var plate = new GameObject("field").AddComponent<UnityEngine.UI.Image>();
            plate.transform.SetParent(canvas.transform, false);
            text.transform.SetParent(plate.transform, false);
            var field = plate.gameObject.AddComponent<TMP_InputField>();
            field.textComponent = text;
            return field;
        }
    }
}
