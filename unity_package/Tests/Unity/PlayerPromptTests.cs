using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TMPro;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.TestTools;
using UnityEngine.UI;

namespace Loquent.Tests
{
    /// <summary>The player says something with a prompt, and sees by it whether that can be done.</summary>
    [TestFixture]
    public sealed class PlayerPromptTests : SceneTest
    {
        private readonly List<string> said = new List<string>();
        private PlayerPrompt prompt;

        [SetUp]
        public void Begin()
        {
            said.Clear();
            Make("EventSystem").AddComponent<EventSystem>();
        }

        [UnityTest]
        public IEnumerator AReplyIsSaidWhenItsButtonIsPressed()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            MakePrompt(npc, "Good evening!", " ", "Who are you?");
            Assert.That(Buttons().Select(Label), Is.EqualTo(new[] { "Good evening!", "Who are you?", "Send" }));
            Press("Who are you?");
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: Who are you?"));
            Assert.That(said, Is.EqualTo(new[] { "Who are you?" }));
        }

        [UnityTest]
        public IEnumerator WhatIsTypedIsSaidOnceAndTheFieldIsEmptyThen()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            MakePrompt(npc);
            TMP_InputField field = Field();
            field.text = " What is this place? ";
            field.onSubmit.Invoke(field.text);
            field.onSubmit.Invoke(field.text); // some keyboards submit twice
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: What is this place?"));
            Assert.That(field.text, Is.Empty);
            field.text = "And you?";
            Press("Send");
            Assert.That(Server.Heard(), Is.EqualTo("cancel 1 at 0\nsay 2 in 1: And you?"), "It interrupts.");
        }

        [UnityTest]
        public IEnumerator ItShowsHowThingsStand()
        {
            Server.IsThere = false;
            MakeClient();
            Npc npc = MakeNpc();
            MakePrompt(npc, "Hello");
            yield return null;
            Assert.That(State(), Is.EqualTo("Connecting"));
            Assert.That(IsUsable(), Is.False);
            Server.IsThere = true;
            yield return Until(() => npc.State == NpcState.Listening, "the NPC listens");
            yield return null;
            Assert.That(State(), Is.EqualTo("Talk to Marta"));
            Assert.That(IsUsable(), Is.True);
            npc.Say("Hello");
            yield return null;
            Assert.That(State(), Is.EqualTo("Marta is thinking"));
            Server.Text("Good ");
            yield return null;
            Assert.That(State(), Is.EqualTo("Marta is speaking. Say something to interrupt."));
            Assert.That(IsUsable(), Is.True, "That's how one interrupts.");
            LogAssert.Expect(LogType.Error, new Regex("^Npc 'Innkeeper': talking with the character 'innkeeper' failed"));
            Client.Disconnect();
            yield return null;
            Assert.That(State(), Is.EqualTo("No connection"));
            Assert.That(IsUsable(), Is.False);
        }

        [UnityTest]
        public IEnumerator WithoutAConnectionNothingIsSaidAndWhatWasTypedStays()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            MakePrompt(npc, "Hello");
            Client.Disconnect();
            yield return null;
            Server.Heard();
            Field().text = "Is anybody there?";
            Press("Hello");
            Field().onSubmit.Invoke(Field().text);
            prompt.Say("Hello?");
            Assert.That(Server.Heard(), Is.Empty);
            Assert.That(said, Is.Empty);
            Assert.That(Field().text, Is.EqualTo("Is anybody there?"));
        }

        [UnityTest]
        public IEnumerator ACharacterThatIsntThereIsSaid()
        {
            Server.RefusesOpen = "character_unknown";
            MakeClient();
            LogAssert.Expect(LogType.Error, new Regex("^Npc 'Innkeeper': .*character_unknown"));
            Npc npc = MakeNpc();
            MakePrompt(npc, "Hello");
            yield return Until(() => npc.State == NpcState.Failed, "it's refused");
            yield return null;
            Assert.That(State(), Is.EqualTo("innkeeper isn't here"));
            Assert.That(IsUsable(), Is.False);
        }

        [UnityTest]
        public IEnumerator TheGameTurnsItToSomebodyElse()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            MakePrompt(null, "Hello");
            Assert.That(State(), Is.EqualTo("Nobody is here"));
            prompt.Say("Hello?");
            prompt.Npc = npc;
            yield return null;
            Assert.That(State(), Is.EqualTo("Talk to Marta"));
            Press("Hello");
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: Hello"));
        }

        [UnityTest]
        public IEnumerator BelowAnNpcItBelongsToThat()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            prompt = Child(npc.gameObject).AddComponent<PlayerPrompt>();
            Assert.That(prompt.CanSay, Is.True);
            prompt.Say("Hello");
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: Hello"));
        }

        [UnityTest]
        public IEnumerator WithASnapshotThePlayerShowsWhatTheySee()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            MakePrompt(npc, "What is that?");
            prompt.Snapshot = Make("Eye").AddComponent<CameraSnapshot>();
            Press("What is that?");
            yield return Until(() => npc.State == NpcState.Thinking, "it's said");
            Assert.That(Server.Images.Count, Is.EqualTo(1));
        }

        [UnityTest]
        public IEnumerator WhatCanBePressedIsLargeEnoughForATremblingRay()
        {
            foreach (float scale in new[] { 1f, 3f })
            {
                foreach (float distance in new[] { 0.75f, 1.5f, 3f })
                {
                    yield return Measure(scale, distance);
                }
            }
        }

        [UnityTest]
        public IEnumerator BuiltAnewItKeepsWhatWasTyped()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            MakePrompt(npc, "Hello");
            var built = new List<Canvas>();
            prompt.Built += built.Add;
            Field().text = "Half a sen";
            Canvas before = prompt.Canvas;
            prompt.SetReplies("One", "Two", "Three");
            yield return null;
            Assert.That(before == null, Is.True);
            Assert.That(built, Is.EqualTo(new[] { prompt.Canvas }));
            Assert.That(Field().text, Is.EqualTo("Half a sen"));
            Assert.That(Buttons().Select(Label), Is.EqualTo(new[] { "One", "Two", "Three", "Send" }));
            Assert.That(State(), Is.EqualTo("Talk to Marta"));
            prompt.TakesText = false;
            prompt.Rebuild();
            yield return null;
            Assert.That(Buttons().Select(Label), Is.EqualTo(new[] { "One", "Two", "Three" }));
        }

        [UnityTest]
        public IEnumerator NamesAndRepliesAreShownAndNotObeyed()
        {
            Server.Name = "<size=900>Marta";
            Npc npc = null;
            yield return Listen(one => npc = one);
            MakePrompt(npc, "<b>Hello</b>");
            yield return null;
            foreach (TMP_Text text in prompt.Canvas.GetComponentsInChildren<TMP_Text>())
            {
                Assert.That(text.richText, Is.False, text.name);
            }

            Assert.That(State(), Is.EqualTo("Talk to <size=900>Marta"));
        }

        [UnityTest]
        public IEnumerator DisabledItIsGoneAndWithItsObjectItsCanvas()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            MakePrompt(npc, "Hello");
            Canvas canvas = prompt.Canvas;
            prompt.enabled = false;
            Assert.That(canvas.gameObject.activeInHierarchy, Is.False);
            Assert.That(prompt.CanSay, Is.False);
            prompt.enabled = true;
            Assert.That(canvas.gameObject.activeInHierarchy, Is.True);
            Object.DestroyImmediate(prompt);
            yield return null;
            Assert.That(canvas == null, Is.True);
        }

        [UnityTest]
        public IEnumerator WithoutAnNpcAndAnEventSystemItSaysWhatToDo()
        {
            Object.DestroyImmediate(EventSystem.current.gameObject);
            LogAssert.Expect(LogType.Warning, new Regex("^PlayerPrompt 'Prompt': it has no Npc to talk to"));
            LogAssert.Expect(LogType.Warning, new Regex("^PlayerPrompt 'Prompt': there's no EventSystem in the scene"));
            MakePrompt(null, "Hello");
            yield return null;
        }

        private IEnumerator Measure(float scale, float distance)
        {
            GameObject parent = Make("Parent");
            parent.transform.localScale = Vector3.one * scale;
            GameObject holder = Child(parent);
            prompt = holder.AddComponent<PlayerPrompt>();
            prompt.ReadFrom = distance;
            prompt.SetReplies("Hello", "A reply that is so long that it needs more than a line of the prompt's width to be read, and so a higher button than the others have.");
            yield return null;
            float millimetre = distance * 0.001f;
            Rect[] targets = Buttons().Select(one => (RectTransform)one.transform).Concat(new[] { (RectTransform)Field().transform }).Select(WorldRect).ToArray();
            foreach (Rect one in targets)
            {
                Assert.That(one.height, Is.GreaterThanOrEqualTo(64 * millimetre * 0.999f));
                Assert.That(one.width, Is.GreaterThanOrEqualTo(64 * millimetre * 0.999f));
                foreach (Rect other in targets.Where(other => other != one))
                {
                    float apart = Mathf.Max(
                        Mathf.Max(other.xMin - one.xMax, one.xMin - other.xMax), Mathf.Max(other.yMin - one.yMax, one.yMin - other.yMax));
                    Assert.That(apart, Is.GreaterThanOrEqualTo(16 * millimetre * 0.999f));
                }
            }

            Rect plate = WorldRect((RectTransform)prompt.Canvas.transform);
            Assert.That(plate.width, Is.EqualTo(prompt.Look.Width * millimetre).Within(0.0001f), "The object's own scale doesn't count.");
            Assert.That(targets.All(one => one.xMin > plate.xMin && one.xMax < plate.xMax && one.yMin > plate.yMin && one.yMax < plate.yMax), Is.True);
            Assert.That(targets[1].height, Is.GreaterThan(targets[0].height), "A longer reply gets a higher button.");
            Assert.That(targets[0].yMin, Is.GreaterThan(targets[1].yMax), "They stand in their order, from above.");
            Object.DestroyImmediate(parent);
        }

        private void MakePrompt(Npc npc, params string[] replies)
        {
            GameObject holder = Make("Prompt");
            holder.SetActive(false);
            prompt = holder.AddComponent<PlayerPrompt>();
            prompt.Npc = npc;
            prompt.SetReplies(replies);
            prompt.OnSaid.AddListener(said.Add);
            holder.SetActive(true);
        }

        private static GameObject Child(GameObject parent)
        {
            var child = new GameObject("Prompt");
            child.transform.SetParent(parent.transform, false);
            return child;
        }

        private Button[] Buttons()
        {
            return prompt.Canvas.GetComponentsInChildren<Button>();
        }

        private TMP_InputField Field()
        {
            return prompt.Canvas.GetComponentInChildren<TMP_InputField>();
        }

        private static string Label(Button button)
        {
            return button.GetComponentInChildren<TMP_Text>().text;
        }

        /// <summary>Clicks a button as the EventSystem does, which locked ones ignore.</summary>
        private void Press(string label)
        {
            Button button = Buttons().Single(one => Label(one) == label);
            ExecuteEvents.Execute(button.gameObject, new PointerEventData(EventSystem.current), ExecuteEvents.pointerClickHandler);
        }

        private string State()
        {
            return prompt.Canvas.GetComponentsInChildren<TMP_Text>().First(one => one.name == "State").text;
        }

        private bool IsUsable()
        {
            bool looksSo = Buttons().All(one => one.GetComponentInChildren<TMP_Text>().alpha > 0.9f);
            bool isSo = Buttons().All(one => one.IsInteractable());
            Assert.That(looksSo, Is.EqualTo(isSo), "What can't be pressed looks so.");
            Assert.That(Field().textComponent.alpha > 0.9f, Is.EqualTo(isSo), "So does what was typed.");
            Assert.That(Field().placeholder.color.a, Is.EqualTo(prompt.Look.HintColor.a * (isSo ? 1 : 0.4f)).Within(0.01f), "So does the hint.");
            return isSo;
        }

        private static Rect WorldRect(RectTransform one)
        {
            var corners = new Vector3[4];
            one.GetWorldCorners(corners);
            return Rect.MinMaxRect(corners[0].x, corners[0].y, corners[2].x, corners[2].y);
        }
    }
}
