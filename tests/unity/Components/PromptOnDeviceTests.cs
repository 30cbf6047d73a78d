using System.Linq;
using Loquent.Double;
using Loquent.Tests.Fakes;
using NUnit.Framework;
using TMPro;
using UnityEngine;
using UnityEngine.EventSystems;

namespace Loquent.Components.Tests
{
    /// <summary>A prompt on a device: the system's keyboard, the system's fonts, and what can be hit with a pointer.</summary>
    [TestFixture]
    public sealed class PromptOnDeviceTests : EngineTest
    {
        private PlayerPrompt prompt;

        [SetUp]
        public void Begin()
        {
            Stage.Player();
            Pointer.MakeEventSystem();
        }

        [Test]
        public void TheTextFieldOpensTheSystemsKeyboardAndTakesWhatIsTypedThere()
        {
            Device.HasSystemKeyboard = true;
            Device.Platform = RuntimePlatform.Android;
            var server = new LocalServer();
            var client = new GameObject("Client").AddComponent<LoquentClient>();
            server.Serve(client);
            Make();
            prompt.Npc.enabled = true;
            Assert.That(Engine.RunUntil(() => prompt.CanSay), Is.True);
            Engine.Frame();
            TMP_InputField field = prompt.Canvas.GetComponentInChildren<TMP_InputField>();
            Pointer.Click(field);
            Engine.RunFrames(2);
            Assert.That(Device.Keyboards.Count, Is.EqualTo(1));
            Device.Type("What is this place?");
            Engine.RunFrames(2);
            Assert.That(field.text, Is.EqualTo("What is this place?"));
            server.Heard();
            Device.PutKeyboardAway();
            Engine.RunFrames(2);
            Assert.That(server.Heard(), Is.EqualTo("say 1 in 1: What is this place?"));
            Assert.That(field.text, Is.Empty);
        }

        [Test]
        public void WithoutTextMeshProsResourcesThePromptSaysSoOnceAndBreaksNothing()
        {
            Typesetting.ForgetEssentials();
            Make("Hello");
            Engine.RunFrames(3);
            prompt.Rebuild();
            prompt.SetReplies("Good evening!");
            prompt.Say("Hello");
            prompt.enabled = false;
            prompt.enabled = true;
            Assert.That(prompt.Canvas == null, Is.True);
            StringAssert.Contains("Import TMP Essential Resources", EngineLog.Take(LogType.Error, "^PlayerPrompt 'Prompt': TextMeshPro's essential resources").Message);
        }

        [Test]
        public void WhatTheFontLacksComesFromTheSystemsFonts()
        {
            Device.AddSystemFont("Noto Sans CJK SC", "/fonts/NotoSansCJK.ttc", point => point >= 0x2E80);
            Make("你好！", "再见");
            Engine.RunFrames(2); // a missing glyph would stand in the log
            TMP_Text[] texts = prompt.Canvas.GetComponentsInChildren<TMP_Text>();
            Assert.That(texts.Count(text => text.text == "你好！" && text.font.HasCharacter('你', true)), Is.EqualTo(1));
        }

        [Test]
        public void WhatNoFontHasIsSaidOnce()
        {
            Make("你好！", "再见");
            Engine.RunFrames(2);
            EngineLog.Take(LogType.Warning, "^PlayerPrompt 'Prompt': The fonts in use have no glyphs for Chinese");
            foreach (LogLine line in EngineLog.Unexpected())
            {
                StringAssert.DoesNotContain("ideographs", line.Message);
            }

            EngineLog.Clear();
        }

        [Test]
        public void ARayThatMissesAButtonStopsAtThePlate()
        {
            Make("Hello");
            Engine.RunFrames(2);
            var corners = new Vector3[4];
            ((RectTransform)prompt.Canvas.transform).GetWorldCorners(corners);
            GameObject hit = Pointer.At(corners[0] + new Vector3(0.003f, 0.003f, 0));
            Assert.That(hit, Is.SameAs(prompt.Canvas.gameObject));
            Assert.That(Pointer.At(corners[0] - new Vector3(0.01f, 0.01f, 0)), Is.Null);
        }

        private void Make(params string[] replies)
        {
            var holder = new GameObject("Prompt");
            holder.SetActive(false);
            holder.transform.position = new Vector3(0, 1.4f, 1.5f);
            prompt = holder.AddComponent<PlayerPrompt>();
            prompt.SetReplies(replies);
            prompt.Npc = Stage.Figure("Marta", new Vector3(0, 0, 3)).AddComponent<Npc>();
            prompt.Npc.enabled = false;
            holder.SetActive(true);
        }
    }
}
