using System.Collections;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Tests
{
    /// <summary>A character does what its reply says, when the player's reading has come to it.</summary>
    [TestFixture]
    public sealed class CueAnimatorTests : SceneTest
    {
        private readonly List<string> done = new List<string>();
        private CueAnimator cues;

        [SetUp]
        public void Begin()
        {
            done.Clear();
        }

        [UnityTest]
        public IEnumerator ACueActsWhenTheRevealIsThere()
        {
            MakeClient();
            Npc npc = MakeNpc();
            cues = npc.gameObject.AddComponent<CueAnimator>();
            Add("look_at", "look");
            yield return Until(() => npc.State == NpcState.Listening, "the NPC listens");
            npc.Speech.OwnReading = true;
            npc.Speech.Reading.ReadingSpeed = 20;
            npc.Say("One");
            Server.Text("Welcome to my house! ");
            Server.Cue("look_at", "door");
            Server.Text("Sit down.");
            Server.End();
            yield return null;
            yield return null;
            Assert.That(done, Is.Empty, "It has arrived, and isn't reached.");
            yield return Until(() => done.Count > 0, "the cue is reached");
            Assert.That(done, Is.EqualTo(new[] { "look door" }));
            Assert.That(npc.Speech.Shown, Is.InRange(20, 21));
        }

        [UnityTest]
        public IEnumerator TheActionsActThatSayMostAndAllOfThem()
        {
            yield return null;
            Make();
            Add("*", "any");
            Add("look_at:*", "at");
            Add("look_at:door", "door");
            Add("look_at:door", "door too");
            cues.Perform("look_at", "door");
            cues.Perform("look_at", "window");
            cues.Perform("wave");
            Assert.That(done, Is.EqualTo(new[] { "door door", "door too door", "at window", "any " }));
        }

        [UnityTest]
        public IEnumerator ACueWithoutAnActionIsReportedOnce()
        {
            yield return null;
            Make();
            Add("wave", "wave");
            LogAssert.Expect(LogType.Warning, new Regex("^CueAnimator 'Figure': the character performs 'bow', and no action belongs to that"));
            cues.Perform("bow");
            cues.Perform("bow", "deeply");
            Assert.That(cues.Knows("bow"), Is.False);
            Assert.That(cues.Knows("wave", "you"), Is.True);
            LogAssert.NoUnexpectedReceived();
        }

        [UnityTest]
        public IEnumerator AModelThatInventsCuesDoesNotFillTheLog()
        {
            yield return null;
            Make();
            for (int i = 0; i < 32; i++)
            {
                LogAssert.Expect(LogType.Warning, new Regex("'invented_" + i + "'"));
            }

            for (int i = 0; i < 1000; i++)
            {
                cues.Perform("invented_" + i);
            }

            LogAssert.NoUnexpectedReceived();
        }

        [UnityTest]
        public IEnumerator AHandlerThatThrowsKeepsTheOthersFromNothing()
        {
            yield return null;
            Make();
            Add("wave", "first").OnReached.AddListener(argument => throw new System.InvalidOperationException("The game's mistake."));
            Add("wave", "second");
            LogAssert.Expect(LogType.Exception, new Regex("The game's mistake"));
            cues.Perform("wave");
            Assert.That(done, Is.EqualTo(new[] { "first ", "second " }));
        }

        [UnityTest]
        public IEnumerator WithoutAnNpcItSaysWhatToDo()
        {
            yield return null;
            LogAssert.Expect(LogType.Warning, new Regex("^CueAnimator 'Alone': there's no Npc on this object or above it"));
            Make("Alone").AddComponent<CueAnimator>();
        }

        [UnityTest]
        public IEnumerator AParameterWithoutAnAnimatorIsReportedOnce()
        {
            yield return null;
            Make();
            Add("wave", "wave").Parameter = "Wave";
            LogAssert.Expect(LogType.Warning, new Regex("^CueAnimator 'Figure': the cue 'wave' is to set Wave, and there's no Animator"));
            cues.Perform("wave");
            cues.Perform("wave");
            Assert.That(done.Count, Is.EqualTo(2), "All else is done.");
            LogAssert.NoUnexpectedReceived();
        }

        [UnityTest]
        public IEnumerator ASoundGetsASourceWhereTheCharacterStands()
        {
            yield return null;
            Make();
            Add("wave", "wave").Clip = AudioClip.Create("Hello", 4410, 1, 44100, false);
            cues.Perform("wave");
            var source = cues.GetComponent<AudioSource>();
            Assert.That(source, Is.Not.Null);
            Assert.That(source.spatialBlend, Is.EqualTo(1));
            Assert.That(source.playOnAwake, Is.False);
        }

        private void Make()
        {
            GameObject figure = Make("Figure");
            figure.SetActive(false);
            figure.AddComponent<Npc>();
            cues = figure.AddComponent<CueAnimator>();
        }

        private CueAction Add(string pattern, string what)
        {
            var action = new CueAction { Cue = pattern };
            action.OnReached.AddListener(argument => done.Add(what + " " + argument));
            cues.Actions.Add(action);
            return action;
        }
    }
}
