using System;
using System.Collections.Generic;
using Loquent.Core.Talking;
using NUnit.Framework;

namespace Loquent.Core.Tests.Talking
{
    /// <summary>Decisions beside the talk: they interrupt nothing, are asked again where something is said, and come out once.</summary>
    [TestFixture]
    public sealed class TalkerDecisionTests : TalkerTest
    {
        private const string Asked = "[4,1,1,\"Did he?\",[\"yes\",\"no\"],[]]";
        private static readonly string[] Options = { "yes", "no" };
        private readonly List<string> came = new List<string>();

        [SetUp]
        public void Clear()
        {
            came.Clear();
        }

        [Test]
        public void OneIsAskedAndComesOut()
        {
            Open();
            Decide();
            Frame();
            Assert.That(Server.TakeSent(), Is.EqualTo(Asked));
            Server.Send("[35,seq,1,1]", "[38,seq,1,1,[0.25,0.75]]", "[39,seq,1,\"stop\",{}]");
            Frame();
            Assert.That(came, Is.EqualTo(new[] { "1 of 0.25 0.75" }));
            Assert.That(Talker.DecisionCount, Is.EqualTo(0));
            Assert.That(Told(), Is.Empty, "Nobody said anything.");
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Ready));
        }

        [Test]
        public void OneWaitsForTheConversation()
        {
            Decide();
            Frame();
            Assert.That(Talker.DecisionCount, Is.EqualTo(1));
            Open();
            Frame();
            Assert.That(Server.TakeSent(), Is.EqualTo(Asked));
        }

        [Test]
        public void OneWaitsForTheReplyToComeAndNotForItToBeShown()
        {
            Open();
            View.IsShown = false;
            Talker.Say("Hello");
            Server.TakeSent();
            Decide();
            Frame();
            Assert.That(Server.TakeSent(), Is.Empty);
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Good day\",2]", "[39,seq,1,\"stop\",{}]");
            Frame();
            Assert.That(Server.TakeSent(), Is.EqualTo("[4,1,2,\"Did he?\",[\"yes\",\"no\"],[]]"));
            StringAssert.DoesNotContain("ended", Told(), "It is still being shown.");
        }

        [Test]
        public void SomethingSaidMeanwhileComesFirstAndThenItIsAskedAgain()
        {
            Open();
            Decide();
            Frame();
            Server.TakeSent();
            Talker.Say("Wait");
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,0]\n[3,1,2,\"Wait\",[]]"));
            Server.Send("[35,seq,1,1]", "[39,seq,1,\"cancelled\",{}]", "[35,seq,1,2]", "[36,seq,2,\"Yes\",1]", "[39,seq,2,\"stop\",{}]");
            Frame();
            Frame();
            Assert.That(Server.TakeSent(), Is.EqualTo("[4,1,3,\"Did he?\",[\"yes\",\"no\"],[]]"));
            Assert.That(came, Is.Empty);
            Server.Send("[35,seq,1,3]", "[38,seq,3,0,[0.5,0.5]]", "[39,seq,3,\"stop\",{}]");
            Frame();
            Assert.That(came, Is.EqualTo(new[] { "0 of 0.5 0.5" }), "Once.");
        }

        [Test]
        public void ThoseThatWaitAreAskedInOrder()
        {
            Open();
            Decide();
            Talker.Decide("And then?", Options, decision => came.Add("second"));
            Frame();
            Server.Send("[35,seq,1,1]", "[38,seq,1,0,[0.75,0.25]]", "[39,seq,1,\"stop\",{}]");
            Frame();
            StringAssert.EndsWith("[4,1,2,\"And then?\",[\"yes\",\"no\"],[]]", Server.TakeSent());
        }

        [Test]
        public void ARefusalIsToldWithTheServersWords()
        {
            Open();
            Decide();
            Frame();
            Server.Send("[40,seq,[4,1],\"choices_invalid\",\"Options 1 and 2 are the same.\",null]");
            Frame();
            Assert.That(came, Has.Count.EqualTo(1));
            StringAssert.Contains("Options 1 and 2 are the same.", came[0]);
        }

        [Test]
        public void WhatWasBeingDecidedFailsWithALostConversation()
        {
            Open();
            Decide();
            Frame();
            Keeper.Dispose();
            Frame();
            Assert.That(came, Has.Count.EqualTo(1));
            StringAssert.StartsWith("failed", came[0]);
        }

        [Test]
        public void ClosingEndsWhatWaitsAndWhatIsBeingDecided()
        {
            Open();
            Decide();
            Frame();
            Decide();
            Talker.Close();
            Assert.That(came, Is.EqualTo(new[] { "failed OperationCanceledException", "failed OperationCanceledException" }));
            Decide();
            Assert.That(came, Has.Count.EqualTo(3));
        }

        [Test]
        public void MoreThanCanWaitAreRefused()
        {
            for (int i = 0; i <= Talker.MostDecisions; i++)
            {
                Decide();
            }

            Assert.That(came, Has.Count.EqualTo(1));
            StringAssert.Contains("CongestedException", came[0]);
        }

        [Test]
        public void GreetingIsSayingNothing()
        {
            Open();
            Talker.Say(string.Empty);
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,1,\"\",[]]"));
        }

        private void Decide()
        {
            Talker.Decide(
                "Did he?",
                Options,
                decision => came.Add(decision.Index + " of " + string.Join(" ", decision.Probabilities)),
                why => came.Add("failed " + why.GetType().Name + (why.Message.Contains("same") ? " " + why.Message : string.Empty)));
        }
    }
}
