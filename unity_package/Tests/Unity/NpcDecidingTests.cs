using System;
using System.Collections;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Loquent.Core;
using Loquent.Core.Talking;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Tests
{
    /// <summary>An NPC speaks first, and decides what a game asks it.</summary>
    [TestFixture]
    public sealed class NpcDecidingTests : SceneTest
    {
        private static readonly string[] Options = { "yes", "no" };

        private readonly List<DecideEnd> ends = new List<DecideEnd>();
        private Npc npc;

        [SetUp]
        public void Forget()
        {
            ends.Clear();
        }

        [UnityTest]
        public IEnumerator ItGreetsOnceWhenItsConversationOpens()
        {
            MakeClient();
            npc = MakeNpc();
            npc.GreetsWhenOpened = true;
            yield return Until(() => npc.State == NpcState.Thinking, "it's about to greet");
            StringAssert.EndsWith("open 1: innkeeper\nsay 1 in 1: ", Server.Heard());
            Server.Text("Good evening, traveller!");
            Server.End();
            yield return Until(() => npc.State == NpcState.Listening, "the greeting has been shown");
            Assert.That(npc.Speech.Reveal.Page.ToString(), Is.EqualTo("Good evening, traveller!"));
            Server.Resumes = false;
            Server.Break();
            yield return Until(() => Server.Heard().Contains("open"), "the conversation has been opened again");
            yield return null;
            yield return null;
            Assert.That(npc.State, Is.EqualTo(NpcState.Listening), "Whoever has greeted doesn't greet again.");
        }

        [UnityTest]
        public IEnumerator WhoHasSpokenIsNotGreeted()
        {
            MakeClient();
            npc = MakeNpc();
            npc.GreetsWhenOpened = true;
            npc.Say("Hello");
            yield return Until(() => npc.State == NpcState.Thinking, "it answers");
            StringAssert.EndsWith("open 1: innkeeper\nsay 1 in 1: Hello", Server.Heard());
        }

        [UnityTest]
        public IEnumerator ItSpeaksFirstWhenTheGameWants()
        {
            yield return Listen(made => npc = made);
            npc.Greet();
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: "));
            Server.Text("You again?");
            Server.End();
            yield return Until(() => npc.State == NpcState.Listening, "it has been shown");
            Assert.That(npc.Text.ToString(), Is.EqualTo("You again?"));
        }

        [UnityTest]
        public IEnumerator ADecisionIsMadeAndNothingOfItIsShown()
        {
            yield return Listen(made => npc = made);
            npc.Decide("Did the player order?", Options, ends.Add);
            Assert.That(Server.Heard(), Is.EqualTo("decide 1 in 1: Did the player order? yes/no"));
            Server.Decision(0, 0.9, 0.1);
            yield return null;
            Assert.That(ends.Count, Is.EqualTo(1));
            Assert.That(ends[0].Option, Is.EqualTo("yes"));
            Assert.That(ends[0].Probability, Is.EqualTo(0.9));
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Hidden));
            Assert.That(npc.State, Is.EqualTo(NpcState.Listening));
        }

        [UnityTest]
        public IEnumerator APictureGoesWithTheQuestion()
        {
            yield return Listen(made => npc = made);
            npc.Decide("What is he holding?", new[] { "a cup", "a sword" }, ends.Add, new[] { new byte[] { 1, 2, 3 } });
            Assert.That(Server.Images, Is.EqualTo(new[] { new byte[] { 1, 2, 3 } }));
        }

        [UnityTest]
        public IEnumerator ADecisionInTheMidstOfAReplyComesBehindIt()
        {
            yield return Listen(made => npc = made);
            npc.Say("A beer, please.");
            npc.Decide("Did the player order?", Options, ends.Add);
            Server.Text("Coming!");
            uint reply = Server.Turn;
            Server.End();
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: A beer, please."));
            yield return Until(() => Server.Turn != reply, "the reply has been shown, and the decision is asked");
            Assert.That(npc.Speech.Reveal.IsComplete, Is.True);
            Server.Decision(0, 0.9, 0.1);
            yield return null;
            Assert.That(ends[0].IsDecided, Is.True);
            Assert.That(npc.Speech.Reveal.Page.ToString(), Is.EqualTo("Coming!"), "It stays to be read.");
        }

        [UnityTest]
        public IEnumerator ADecisionThatIsRefusedIsToldAndLogged()
        {
            yield return Listen(made => npc = made);
            Server.Begins = false;
            npc.Decide("Which?", new[] { "one" }, ends.Add);
            LogAssert.Expect(LogType.Error, new Regex("^Npc 'Innkeeper': 'Which\\?' wasn't decided: Give at least two options"));
            Server.RefuseDecide("choices_invalid", "Give at least two options.");
            yield return null;
            Assert.That(ends[0].IsDecided, Is.False);
            Assert.That(ends[0].Reason, Is.EqualTo(EndReason.Fault));
            Assert.That(npc.State, Is.EqualTo(NpcState.Listening), "It can go on talking.");
        }

        [UnityTest]
        public IEnumerator OneThatIsDisabledSaysSoAndDecidesNothing()
        {
            yield return Listen(made => npc = made);
            npc.Decide("Q", Options, ends.Add);
            npc.enabled = false;
            Assert.That(ends[0].Reason, Is.EqualTo(EndReason.Cancelled));
            LogAssert.Expect(LogType.Warning, new Regex("^Npc 'Innkeeper': it's disabled, so it can't be talked to"));
            npc.Decide("Q", Options, ends.Add);
            Assert.That(ends[1].Reason, Is.EqualTo(EndReason.Fault));
            LogAssert.Expect(LogType.Warning, new Regex("^Npc 'Innkeeper': it's disabled, so it can't be talked to"));
            npc.Greet();
        }

        [UnityTest]
        public IEnumerator WhatIsGivenToADecisionMayThrow()
        {
            yield return Listen(made => npc = made);
            npc.Decide("Q", Options, end => throw new InvalidOperationException("The game's own mistake."));
            LogAssert.Expect(LogType.Exception, new Regex("The game's own mistake"));
            Server.Decision(1, 0.1, 0.9);
            yield return null;
            npc.Say("Hello");
            Assert.That(npc.State, Is.EqualTo(NpcState.Thinking));
        }
    }
}
