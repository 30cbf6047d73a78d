using System;
using System.Linq;
using Loquent.Double;
using Loquent.Editor;
using Loquent.Tests.Fakes;
using NUnit.Framework;
using UnityEngine;
using Object = UnityEngine.Object;

namespace Loquent.Desk.Tests
{
    /// <summary>While the game plays, inspectors show how things stand, and their buttons try them.</summary>
    [TestFixture]
    public sealed class PlayingTests : EngineTest
    {
        private LocalServer server;
        private LoquentClient client;
        private Npc npc;

        [SetUp]
        public void Begin()
        {
            Stage.Player();
            server = new LocalServer();
            client = new GameObject("Client").AddComponent<LoquentClient>();
            server.Serve(client);
            npc = Stage.Figure("Marta", new Vector3(0, 0, 2)).AddComponent<Npc>();
            Assert.That(Engine.RunUntil(() => npc.State == NpcState.Listening), Is.True);
            server.Heard();
        }

        [Test]
        public void AnNpcSaysALineAndIsInterrupted()
        {
            Action draw = Draw(npc);
            StringAssert.Contains("Label: State = Listening\nLabel: Name = Marta\nLabel: Cues = wave", Gui.Text(draw));
            Gui.Type(draw, "Say", "What is this place?");
            Gui.Press(draw, "Say it");
            Assert.That(server.Heard(), Is.EqualTo("say 1 in 1: What is this place?"));
            Engine.Frame();
            server.Text("A tavern.");
            Engine.Frame();
            StringAssert.Contains("Label: State = Speaking", Gui.Text(draw));
            StringAssert.Contains("Label: Reply = A tavern.", Gui.Text(draw));
            Gui.Press(draw, "Cancel");
            StringAssert.StartsWith("cancel 1", server.Heard());
            Engine.Frame();
            StringAssert.Contains("Button: Cancel (disabled)", Gui.Text(draw));
        }

        [Test]
        public void AClientIsDisconnectedAndConnectedAgain()
        {
            Action draw = Draw(client);
            StringAssert.Contains("Label: State = Connected", Gui.Text(draw));
            StringAssert.Contains("Button: Connect (disabled)", Gui.Text(draw));
            Gui.Press(draw, "Disconnect");
            StringAssert.Contains("Label: State = Off", Gui.Text(draw));
            Gui.Press(draw, "Connect");
            Assert.That(Engine.RunUntil(() => client.IsConnected), Is.True);
        }

        [Test]
        public void ACanvasShowsWhatItIsGiven()
        {
            Action draw = Draw(npc.Speech);
            Gui.Type(draw, "Line to show", "Nobody said that.");
            Gui.Press(draw, "Show it");
            Engine.Frame();
            StringAssert.Contains("Label: State = Speaking", Gui.Text(draw));
            Gui.Press(draw, "Skip to the end");
            Engine.Frame();
            Assert.That(npc.Speech.Reveal.Page.ToString(), Is.EqualTo("Nobody said that."));
            Gui.Press(draw, "Show the thinking sign");
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Thinking));
            Gui.Press(draw, "Show an error");
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Error));
            Gui.Press(draw, "Hide");
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Hidden));
        }

        [Test]
        public void CuesOfTheCharacterAreListedAndPerformed()
        {
            var cues = npc.gameObject.AddComponent<CueAnimator>();
            string done = null;
            var action = new CueAction { Cue = "look_at:*" };
            action.OnReached.AddListener(what => done = what);
            cues.Actions.Add(action);
            Action draw = Draw(cues);
            StringAssert.Contains("Button: wave (no action)", Gui.Text(draw));
            Gui.Type(draw, "Cue", "look_at");
            Gui.Type(draw, "Argument", "door");
            Gui.Press(draw, "Perform it");
            Assert.That(done, Is.EqualTo("door"));
            Gui.Press(draw, "wave (no action)");
            EngineLog.Take(LogType.Warning, "^CueAnimator 'Marta': the character performs 'wave', and no action");
        }

        [Test]
        public void APictureIsTakenAndShown()
        {
            var snapshot = new GameObject("Eye").AddComponent<CameraSnapshot>();
            snapshot.Width = 96;
            snapshot.Height = 64;
            Action draw = Draw(snapshot);
            Gui.Press(draw, "Take a picture");
            StringAssert.Contains("Label: Is at work = yes", Gui.Text(draw));
            Assert.That(Engine.RunInRealTimeUntil(() => !snapshot.IsCapturing), Is.True);
            StringAssert.Contains("Label: 96 x 64 pixels", Gui.Text(draw));
            StringAssert.Contains("Picture:  = 96 x 64", Gui.Text(draw));
            Camera.main.gameObject.SetActive(false);
            Gui.Press(draw, "Take a picture");
            StringAssert.Contains("Label: there's no camera to look through.", Gui.Text(draw));
            StringAssert.DoesNotContain("Picture:", Gui.Text(draw));
        }

        [Test]
        public void APromptsRepliesCanBeChosen()
        {
            new GameObject("EventSystem").AddComponent<UnityEngine.EventSystems.EventSystem>();
            var prompt = new GameObject("Prompt").AddComponent<PlayerPrompt>();
            prompt.Npc = npc;
            prompt.SetReplies("Hello", " ");
            Engine.Frame();
            Action draw = Draw(prompt);
            Assert.That(Gui.Draw(draw).Where(one => one.Kind == "Button").Select(one => one.Label), Is.EqualTo(new[] { "Hello", "Build it anew" }));
            Gui.Press(draw, "Hello");
            Assert.That(server.Heard(), Is.EqualTo("say 1 in 1: Hello"));
            Canvas before = prompt.Canvas;
            Gui.Press(draw, "Build it anew");
            Assert.That(prompt.Canvas, Is.Not.SameAs(before));
        }

        [Test]
        public void AnAnchorTellsHowFarItIsAndSnaps()
        {
            var anchor = npc.GetComponent<CanvasAnchor>();
            npc.Speech.Show("Here.");
            Engine.RunFor(0.5);
            Action draw = Draw(anchor);
            StringAssert.IsMatch(@"Label: Distance = [12]\.\d\d m", Gui.Text(draw));
            npc.transform.position = new Vector3(5, 0, 5);
            Gui.Press(draw, "Snap");
            Engine.Frame();
            Vector3 canvas = npc.Speech.Root.position;
            Assert.That(new Vector2(canvas.x, canvas.z), Is.EqualTo(new Vector2(5, 5)));
        }

        private static Action Draw(Object what)
        {
            return Editing.Of(UnityEditor.Editor.CreateEditor(what));
        }
    }
}
