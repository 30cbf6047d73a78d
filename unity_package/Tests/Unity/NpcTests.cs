using System.Collections;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Loquent.Core;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;
using Object = UnityEngine.Object;

namespace Loquent.Tests
{
    /// <summary>An NPC talks: what is said reaches the server, the reply reaches the canvas, and each thing said ends once.</summary>
    [TestFixture]
    public sealed class NpcTests : SceneTest
    {
        private readonly List<string> told = new List<string>();
        private Npc npc;

        [UnityTest]
        public IEnumerator WhatIsSaidIsAnsweredOnTheCanvas()
        {
            yield return Begin();
            npc.Say("Good evening!");
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: Good evening!"));
            yield return null;
            Assert.That(npc.State, Is.EqualTo(NpcState.Thinking));
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Thinking));
            Assert.That(Told(), Is.EqualTo("started"));
            Server.Text("Good evening, ");
            Server.Text("traveller.");
            yield return null;
            Assert.That(Told(), Is.EqualTo("text Good evening, traveller."), "Once a frame.");
            Assert.That(npc.State, Is.EqualTo(NpcState.Speaking));
            Server.End();
            yield return Until(() => told.Count > 0, "the reply has been shown");
            Assert.That(Told(), Is.EqualTo("ended Stop"));
            Assert.That(npc.Speech.Reveal.Page.ToString(), Is.EqualTo("Good evening, traveller."));
            Assert.That(npc.Speech.Reveal.IsComplete, Is.True);
            Assert.That(npc.State, Is.EqualTo(NpcState.Listening));
            Assert.That(npc.DisplayName, Is.EqualTo("Marta"));
            Assert.That(npc.Speech.Speaker, Is.EqualTo("Marta"));
        }

        [UnityTest]
        public IEnumerator AReplyLingersAndFadesOut()
        {
            yield return Begin();
            npc.Speech.LingerSeconds = 0.5f;
            npc.Say("Hello");
            Server.Text("Yes?");
            Server.End();
            yield return Until(() => npc.Speech.Alpha == 1, "it has appeared");
            yield return Until(() => npc.Speech.Alpha == 0, "it has disappeared");
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Hidden));
            Assert.That(npc.Speech.PartsInUse.Canvas.enabled, Is.False, "What can't be seen isn't drawn.");
        }

        [UnityTest]
        public IEnumerator SomethingNewInterruptsAndTheServerLearnsWhatWasSeen()
        {
            yield return Begin();
            npc.Speech.OwnReading = true;
            npc.Speech.Reading.ReadingSpeed = 20;
            npc.Say("One");
            Server.Text("It is a long, long story that I could tell you about this house.");
            yield return Until(() => npc.Speech.Shown >= 10, "some of it has been shown");
            long seen = npc.Speech.Shown;
            Server.EndsCancelled = false;
            Server.Heard();
            Told();
            npc.Say("Two");
            Assert.That(Server.Heard(), Is.EqualTo("cancel 1 at " + seen + "\nsay 2 in 1: Two"));
            Assert.That(seen, Is.LessThan(60));
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Thinking));
            yield return null;
            Server.Text(1, " late");
            Server.End(1, "cancelled");
            Server.Text("Well then.");
            Server.End();
            yield return Until(() => npc.State == NpcState.Listening, "the second reply has been shown");
            Assert.That(Told(), Is.EqualTo("ended Cancelled\nstarted\ntext Well then.\nended Stop"));
            Assert.That(npc.Speech.Reveal.Page.ToString(), Is.EqualTo("Well then."));
        }

        [UnityTest]
        public IEnumerator CancelHidesTheReply()
        {
            yield return Begin();
            npc.Say("One");
            Server.Text("It is a long story.");
            yield return null;
            npc.Cancel();
            npc.Cancel();
            yield return null;
            Assert.That(Told(), Is.EqualTo("started\ntext It is a long story.\nended Cancelled"));
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Hidden));
        }

        [UnityTest]
        public IEnumerator ACueIsReachedWhenTheRevealIsThere()
        {
            yield return Begin();
            npc.Speech.OwnReading = true;
            npc.Speech.Reading.ReadingSpeed = 20;
            long shown = -1;
            npc.CueReached += (who, cue) => shown = npc.Speech.Shown;
            npc.Say("One");
            Server.Text("Welcome to my house! ");
            Server.Cue("wave", "you");
            Server.Text("Sit down.");
            Server.End();
            yield return null;
            yield return null;
            Assert.That(Told().Contains("cue"), Is.False);
            yield return Until(() => shown >= 0, "the cue has been reached");
            Assert.That(shown, Is.InRange(20, 21));
            StringAssert.EndsWith("cue wave you", Told());
        }

        [UnityTest]
        public IEnumerator WithoutACanvasRepliesComeAllTheSame()
        {
            MakeClient();
            npc = MakeNpc();
            npc.MakesCanvas = false;
            Listen();
            yield return Until(() => npc.State == NpcState.Listening, "the NPC listens");
            npc.Say("One");
            Server.Text("Yes");
            Server.Cue("wave");
            Server.End();
            yield return Until(() => npc.State == NpcState.Listening, "it has come");
            Assert.That(npc.Speech, Is.Null);
            Assert.That(Told(), Is.EqualTo("started\ncue wave \ntext Yes\nended Stop"));
        }

        [UnityTest]
        public IEnumerator WhatIsSaidBeforeTheConnectionIsSaidOnceThereIsOne()
        {
            Server.IsThere = false;
            MakeClient();
            npc = MakeNpc();
            Listen();
            yield return null;
            npc.Say("One");
            yield return null;
            Assert.That(npc.State, Is.EqualTo(NpcState.Connecting));
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Thinking), "The player sees that it's under way.");
            Assert.That(npc.Speech.Notice, Is.EqualTo(npc.Texts.Connecting));
            Server.IsThere = true;
            yield return Until(() => npc.State == NpcState.Thinking, "it's connected");
            StringAssert.EndsWith("say 1 in 1: One", Server.Heard());
            Assert.That(npc.Speech.Notice, Is.Empty);
        }

        [UnityTest]
        public IEnumerator MoreThanTheBoundIsRefused()
        {
            Server.IsThere = false;
            MakeClient();
            npc = MakeNpc();
            Listen();
            yield return null;
            for (int i = 0; i < 8; i++)
            {
                npc.Say("It " + i);
            }

            LogAssert.Expect(LogType.Error, new Regex("^Npc 'Innkeeper': .*8 things wait"));
            npc.Say("One more");
            Assert.That(Told(), Is.EqualTo("failed CongestedException"));
            Assert.That(npc.WaitingCount, Is.EqualTo(8));
        }

        [UnityTest]
        public IEnumerator DestroyingItInMidWordClosesItsConversationAndTakesItsCanvasAway()
        {
            yield return Begin();
            npc.Say("One");
            Server.Text("It is a lo");
            yield return Until(() => npc.Speech.Shown > 3, "some of it has been shown");
            GameObject canvas = npc.Speech.Root.gameObject;
            Server.EndsCancelled = false;
            Server.Heard();
            Told();
            Object.Destroy(npc.gameObject);
            yield return null;
            StringAssert.IsMatch("^cancel 1 at \\d+\nclose 1$", Server.Heard());
            Assert.That(canvas == null, Is.True);
            Assert.That(Told(), Is.EqualTo("ended Cancelled"));
            Server.Text("ng story.");
            Server.End("cancelled");
            yield return null;
        }

        [UnityTest]
        public IEnumerator DisablingClosesAndEnablingOpensAgain()
        {
            yield return Begin();
            npc.enabled = false;
            Assert.That(Server.Heard(), Is.EqualTo("close 1"));
            Assert.That(npc.State, Is.EqualTo(NpcState.Off));
            LogAssert.Expect(LogType.Warning, "Npc 'Innkeeper': it's disabled, so it can't be talked to. Enable it first.");
            npc.Say("One");
            npc.enabled = true;
            yield return Until(() => npc.State == NpcState.Listening, "it listens again");
            Assert.That(Server.Heard(), Is.EqualTo("open 2: innkeeper"));
        }

        [UnityTest]
        public IEnumerator AnotherCharacterIsAnotherConversation()
        {
            yield return Begin();
            npc.Character = "guard";
            yield return Until(() => npc.State == NpcState.Listening, "it listens again");
            Assert.That(Server.Heard(), Is.EqualTo("close 1\nopen 2: guard"));
        }

        [UnityTest]
        public IEnumerator AHandlerThatThrowsKeepsNothingFromGoingOn()
        {
            yield return Begin();
            npc.Started += who => throw new System.InvalidOperationException("the game's mistake");
            LogAssert.Expect(LogType.Exception, new Regex("the game's mistake"));
            npc.Say("One");
            Server.Text("Yes");
            Server.End();
            yield return Until(() => npc.State == NpcState.Listening, "it has been shown");
            StringAssert.EndsWith("ended Stop", Told());
        }

        [UnityTest]
        public IEnumerator TwoTalkAtOnceAndNeitherGetsTheOthersWords()
        {
            yield return Begin();
            Npc guard = MakeNpc("Guard", 3);
            guard.transform.position = new Vector3(2, 0, 3);
            yield return Until(() => guard.State == NpcState.Listening, "the other listens");
            npc.Say("One");
            uint first = Server.Turn;
            guard.Say("Two");
            uint second = Server.Turn;
            for (int i = 0; i < 10; i++)
            {
                Server.Text(first, "a");
                Server.Text(second, "b");
                yield return null;
            }

            Assert.That(npc.Text.ToString(), Is.EqualTo("aaaaaaaaaa"));
            Assert.That(guard.Text.ToString(), Is.EqualTo("bbbbbbbbbb"));
        }

        private IEnumerator Begin()
        {
            yield return Listen(made => npc = made);
            Listen();
        }

        private void Listen()
        {
            told.Clear();
            npc.Started += who => told.Add("started");
            npc.TextChanged += who => told.Add("text " + who.Text);
            npc.CueReached += (who, cue) => told.Add("cue " + cue.Name + " " + cue.Argument);
            npc.Ended += (who, reason) => told.Add("ended " + reason);
            npc.Failed += (who, why) => told.Add("failed " + why.GetType().Name);
        }

        private string Told()
        {
            string all = string.Join("\n", told.ToArray());
            told.Clear();
            return all;
        }
    }
}
