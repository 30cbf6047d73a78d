using System.Collections.Generic;
using Loquent.Double;
using NUnit.Framework;
using TMPro;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>What a scene's author sets without a script: listeners, prefabs, bones; and what a release build tells its players.</summary>
    [TestFixture]
    public sealed class InspectorTests : ComponentTest
    {
        [Test]
        public void ListenersOfTheInspectorGetTheWholeTextOncePerFrame()
        {
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            var ear = new GameObject("Ear").AddComponent<Ear>();
            Stage.Listen(npc.OnTextChanged, ear, "Hear");
            Stage.Listen(npc.OnFailed, ear, "Hear");
            Stage.ListenWithout(npc.OnEnded, ear, "End");
            Until(() => npc.State == NpcState.Listening);
            npc.Say("Hello");
            Server.Text("Good ");
            Server.Text("day.");
            Engine.Frame();
            Server.Text(" Sit down.");
            Server.End();
            Until(() => npc.State == NpcState.Listening);
            Assert.That(ear.Heard, Is.EqualTo(new[] { "Good day.", "Good day. Sit down.", "end" }));
        }

        [Test]
        public void AListenerMaySaySomethingByUnityEvent()
        {
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            Until(() => npc.State == NpcState.Listening);
            Npc guard = MakeNpc("Guard", new Vector3(2, 0, 2));
            Stage.Listen(npc.OnTextChanged, guard, "Say");
            Until(() => guard.State == NpcState.Listening);
            Server.Heard();
            npc.Say("Hello");
            Server.Text("Good day.");
            Engine.Frame();
            StringAssert.EndsWith("say 2 in 2: Good day.", Server.Heard());
        }

        [Test]
        public void ACanvasOfAPrefabIsCopied()
        {
            GameObject prefab = Stage.Prefab(
                () =>
                {
                    var root = new GameObject("My bubble");
                    var parts = root.AddComponent<SpeechCanvasParts>();
                    parts.Canvas = root.AddComponent<Canvas>();
                    parts.Canvas.renderMode = RenderMode.WorldSpace;
                    parts.Group = root.AddComponent<CanvasGroup>();
                    var text = new GameObject("Text", typeof(RectTransform));
                    text.transform.SetParent(root.transform, false);
                    parts.Page = text.AddComponent<TextMeshProUGUI>();
                    parts.Page.fontSize = 12;
                    parts.Page.rectTransform.sizeDelta = new Vector2(300, 100);
                    return root;
                });
            var canvas = new GameObject("Sign").AddComponent<SpeechCanvas>();
            canvas.Parts = prefab.GetComponent<SpeechCanvasParts>();
            canvas.Show("Hello");
            Until(() => canvas.Reveal != null && canvas.Reveal.IsComplete);
            Engine.Frame();
            Assert.That(canvas.PartsInUse, Is.Not.SameAs(canvas.Parts));
            Assert.That(canvas.Root.parent, Is.Null);
            Assert.That(Loquent.Tests.Seen.On(canvas), Is.EqualTo("Hello"));
            Assert.That(canvas.PartsInUse.Page.fontSize * canvas.Root.lossyScale.y * 1000 / 1.75f, Is.EqualTo(24).Within(0.01f), "In dmm, whatever its own unit.");
            GameObject copy = canvas.Root.gameObject;
            Object.DestroyImmediate(canvas.gameObject);
            Engine.Frame();
            Assert.That(copy == null, Is.True);
        }

        [Test]
        public void ACanvasAtABoneMovesWithIt()
        {
            GameObject figure = Stage.Figure("Innkeeper", new Vector3(0, 0, 2));
            var head = new GameObject("Head");
            head.transform.SetParent(figure.transform, false);
            head.transform.localPosition = new Vector3(0, 1.7f, 0.1f);
            Stage.MakeHuman(figure.AddComponent<Animator>(), new Dictionary<HumanBodyBones, Transform> { { HumanBodyBones.Head, head.transform } });
            var canvas = figure.AddComponent<SpeechCanvas>();
            var anchor = figure.AddComponent<CanvasAnchor>();
            anchor.Kind = AnchorKind.Bone;
            canvas.Show("Hello");
            Until(() => canvas.Alpha == 1);
            float low = canvas.Root.position.y;
            head.transform.localPosition = new Vector3(0, 1.2f, 0.1f); // it sits down
            Engine.RunFor(1);
            Assert.That(canvas.Root.position.y, Is.EqualTo(low - 0.5f).Within(0.03f));
        }

        [Test]
        public void ACanvasOfYourOwnBelowTheNpcStandsAboveIt()
        {
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            npc.transform.localScale = new Vector3(1, 2, 1);
            var root = new GameObject("Mine");
            root.SetActive(false);
            root.transform.SetParent(npc.transform, false);
            var parts = root.AddComponent<SpeechCanvasParts>();
            parts.Canvas = root.AddComponent<Canvas>();
            parts.Canvas.renderMode = RenderMode.WorldSpace;
            parts.Group = root.AddComponent<CanvasGroup>();
            var text = new GameObject("Text", typeof(RectTransform));
            text.transform.SetParent(root.transform, false);
            parts.Page = text.AddComponent<TextMeshProUGUI>();
            parts.Page.fontSize = 24;
            var canvas = root.AddComponent<SpeechCanvas>();
            canvas.Parts = parts;
            root.AddComponent<CanvasAnchor>();
            root.SetActive(true);
            npc.Speech = canvas;
            canvas.Show("Hello");
            Engine.RunFor(2);
            Assert.That(canvas.Root, Is.SameAs(root.transform));
            float bottom = canvas.Root.position.y - (canvas.Root.rect.height * canvas.Root.lossyScale.y / 2);
            Assert.That(bottom, Is.EqualTo(3.6f + 0.12f).Within(0.02f));
            Assert.That(canvas.Root.lossyScale.x, Is.EqualTo(canvas.Root.lossyScale.y).Within(1e-5f));
        }

        [Test]
        public void ACanvasThatIsKeptAtItselfStaysWhereItWas()
        {
            var root = new GameObject("Mine");
            root.SetActive(false);
            root.transform.position = new Vector3(0, 1.5f, 2);
            var parts = root.AddComponent<SpeechCanvasParts>();
            parts.Canvas = root.AddComponent<Canvas>();
            parts.Canvas.renderMode = RenderMode.WorldSpace;
            parts.Group = root.AddComponent<CanvasGroup>();
            var text = new GameObject("Text", typeof(RectTransform));
            text.transform.SetParent(root.transform, false);
            parts.Page = text.AddComponent<TextMeshProUGUI>();
            var canvas = root.AddComponent<SpeechCanvas>();
            canvas.Parts = parts;
            root.AddComponent<CanvasAnchor>();
            root.SetActive(true);
            canvas.Show("Hello");
            Engine.RunFor(1);
            Vector3 at = canvas.Root.position;
            Engine.RunFor(5);
            Assert.That((canvas.Root.position - at).magnitude, Is.LessThan(0.001f));
        }

        [TestCase(true, "There is no connection to the server. (")]
        [TestCase(false, "There is no connection to the server.")]
        public void PlayersOfAReleaseBuildAreToldNoReasons(bool isDebugBuild, string shown)
        {
            Device.IsDebugBuild = isDebugBuild;
            Server.IsThere = false;
            Client.Settings.Reconnect = false;
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            npc.Say("Hello");
            Until(() => npc.State == NpcState.Failed && npc.Speech.Reveal.IsComplete);
            string first = npc.Speech.Reveal.Page.Number == 0 ? npc.Speech.Reveal.Page.ToString().Replace("\n", " ") : shown;
            StringAssert.StartsWith(shown, first);
            Assert.That(first.Contains("("), Is.EqualTo(isDebugBuild));
            EngineLog.Take(LogType.Error, "^LoquentClient 'Client'");
            EngineLog.Take(LogType.Warning, "^Npc 'Innkeeper': it can't talk, because Client has no connection");
        }

        [Test]
        public void APlayerOfAReleaseBuildWhoHasSaidNothingIsToldNothing()
        {
            Device.IsDebugBuild = false;
            Server.IsThere = false;
            Client.Settings.Reconnect = false;
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            Until(() => npc.State == NpcState.Failed);
            Engine.RunFor(1);
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Hidden));
            EngineLog.Take(LogType.Error, "^LoquentClient 'Client'");
        }

        [Test]
        public void AClientThatAGameDestroysIsNotReplaced()
        {
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            Until(() => npc.State == NpcState.Listening);
            Object.DestroyImmediate(Client.gameObject);
            Engine.RunFor(1);
            Assert.That(Object.FindAnyObjectByType<LoquentClient>(), Is.Null);
            Assert.That(npc.State, Is.EqualTo(NpcState.Connecting));
            LoquentClient other = MakeClient("Other");
            Until(() => npc.State == NpcState.Listening);
            Assert.That(npc.Client, Is.SameAs(other));
        }

        [Test]
        public void WhatIsSaidWhileTheConnectionIsMadeAgainShowsWhy()
        {
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            Until(() => npc.State == NpcState.Listening);
            Server.IsThere = false;
            Server.Break();
            Until(() => Client.State == ClientState.Reconnecting);
            npc.Say("Hello");
            Engine.Frame();
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Thinking));
            Assert.That(npc.Speech.Notice, Is.EqualTo(npc.Texts.Lost));
            Server.IsThere = true;
            Until(() => Client.IsConnected);
            StringAssert.EndsWith("say 1 in 1: Hello", Server.Heard());
            EngineLog.Take(LogType.Warning, "^LoquentClient 'Client'");
        }

        public sealed class Ear : MonoBehaviour
        {
            public List<string> Heard { get; } = new List<string>();

            public void Hear(string text)
            {
                Heard.Add(text);
            }

            public void End()
            {
                Heard.Add("end");
            }
        }
    }
}
