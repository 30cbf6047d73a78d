using System;
using System.Collections.Generic;
using Loquent.Core.Failures;
using Loquent.Core.Talking;
using NUnit.Framework;

namespace Loquent.Core.Tests.Talking
{
    /// <summary>Greeting and deciding: a decision never runs beside a reply, and is answered exactly once; a handler that throws costs nobody anything.</summary>
    [TestFixture]
    public sealed class TalkerDecidingTests : TalkerTest
    {
        private static readonly string[] Options = { "yes", "no" };

        private readonly List<string> decided = new List<string>();

        [SetUp]
        public void Forget()
        {
            decided.Clear();
        }

        [Test]
        public void ACharacterThatIsToSpeakFirstIsSaidNothing()
        {
            Open();
            Assert.That(Talker.Greet(), Is.True);
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,1,\"\",[]]"));
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Welcome!\",1]", "[39,seq,1,\"stop\",{}]");
            Frame();
            Assert.That(Told(), Is.EqualTo("asked 1\nbegan 1\ntext Welcome!\nreceived 1\nended : Stop"));
        }

        [Test]
        public void AnEmptyTextFieldMakesNobodySpeakFirst()
        {
            Open();
            Assert.That(Talker.Say(string.Empty), Is.False);
            Assert.That(Told(), Is.EqualTo("ended : Fault ArgumentException"));
            Assert.That(Server.TakeSent(), Is.Empty);
            Assert.That(Talker.Say(string.Empty, new[] { new byte[] { 1 } }), Is.True, "A picture says something.");
        }

        [Test]
        public void ADecisionIsAskedAndAnswered()
        {
            Open();
            DecideEnd end = null;
            Assert.That(Talker.Decide("Did he order?", Options, outcome => end = outcome), Is.True);
            Assert.That(Server.TakeSent(), Is.EqualTo("[4,1,1,\"Did he order?\",[\"yes\",\"no\"],[]]"));
            Assert.That(Talker.IsDeciding, Is.True);
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Ready), "Nothing is being said.");
            Answer(1, 1);
            Assert.That(end.IsDecided, Is.True);
            Assert.That(end.Index, Is.EqualTo(1));
            Assert.That(end.Option, Is.EqualTo("no"));
            Assert.That(end.Probability, Is.EqualTo(0.75));
            Assert.That(end.Reason, Is.EqualTo(EndReason.Stop));
            Assert.That(end.Error, Is.Null);
            Assert.That(Talker.IsDeciding, Is.False);
            Assert.That(Told(), Is.Empty, "It's no reply.");
        }

        [Test]
        public void ADecisionWaitsUntilTheReplyIsShownAndInterruptsNothing()
        {
            Open();
            View.IsShown = false;
            View.IsRead = false;
            Talker.Say("One");
            Decide("Q");
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Good day\",2]", "[39,seq,1,\"stop\",{}]");
            Frame();
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,1,\"One\",[]]"), "What hasn't been shown could be cut from the memory yet.");
            View.IsShown = true;
            Frame();
            Assert.That(Server.TakeSent(), Is.EqualTo("[4,1,2,\"Q\",[\"yes\",\"no\"],[]]"));
        }

        [Test]
        public void WhatIsSaidMeanwhileComesBehindTheDecisionAndWaitsForNobodyToReadOn()
        {
            Open();
            View.IsRead = false;
            Decide("Q");
            Server.TakeSent();
            Assert.That(Talker.Say("One"), Is.True);
            Assert.That(Talker.WaitingCount, Is.EqualTo(1));
            Frame();
            Assert.That(Server.TakeSent(), Is.Empty);
            Answer(1, 0);
            Assert.That(decided, Is.EqualTo(new[] { "Q: yes" }));
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,2,\"One\",[]]"), "The player has interrupted; they don't read any more.");
        }

        [Test]
        public void InterruptingAReplyLeavesTheDecisionThatWaitsForIt()
        {
            Open();
            Talker.Say("One");
            Decide("Q");
            Server.Send("[35,seq,1,1]");
            Frame();
            Server.TakeSent();
            Talker.Say("Two");
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,0]"));
            Frame();
            Assert.That(Server.TakeSent(), Is.EqualTo("[4,1,2,\"Q\",[\"yes\",\"no\"],[]]"), "In the order in which they were asked.");
            Answer(2, 0);
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,3,\"Two\",[]]"));
            Assert.That(decided, Is.EqualTo(new[] { "Q: yes" }));
        }

        [Test]
        public void BeforeTheConversationIsOpenADecisionWaitsInItsOrder()
        {
            Talker.Say("One");
            Decide("Q");
            Assert.That(Talker.WaitingCount, Is.EqualTo(1), "Only one thing waits to be said.");
            Connect();
            AnswerOpen();
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,1,\"One\",[]]"));
            Server.Send("[35,seq,1,1]", "[39,seq,1,\"stop\",{}]");
            Frame();
            StringAssert.StartsWith("[4,1,2,", Server.TakeSent());
        }

        [Test]
        public void ARefusedDecisionIsAFault()
        {
            Open();
            Decide("Q");
            Server.Send("[40,seq,[4,1],\"choices_invalid\",\"Give two.\",null]");
            Frame();
            Assert.That(decided, Is.EqualTo(new[] { "Q: Fault FaultException" }));
        }

        [TestCase("[39,seq,1,\"stop\",{}]", TestName = "without a decision")]
        [TestCase("[38,seq,1,2,[0.1,0.1,0.8]]", TestName = "of more options than there are")]
        public void AServerThatDecidesNothingOfWhatItWasAskedIsAFault(string answer)
        {
            Open();
            Decide("Q");
            Server.Send("[35,seq,1,1]", answer);
            Frame();
            Server.Send("[39,seq,1,\"stop\",{}]");
            Frame();
            Assert.That(decided, Is.EqualTo(new[] { "Q: Fault ProtocolException" }));
        }

        [Test]
        public void ALostSessionEndsADecision()
        {
            Open();
            Decide("Q");
            Server.Send("[35,seq,1,1]");
            Frame();
            Server.Transport.Break();
            Frame();
            Frame();
            Frame();
            Assert.That(decided, Is.EqualTo(new[] { "Q: Fault ConnectionLostException" }));
            Assert.That(Talker.IsDeciding, Is.False);
        }

        [Test]
        public void ClosingEndsADecisionThatRunsAndThoseThatWait()
        {
            Open();
            Decide("Q");
            Decide("R");
            Talker.Say("One");
            Talker.Close();
            Assert.That(decided, Is.EqualTo(new[] { "R: Cancelled", "Q: Cancelled" }));
            Assert.That(Told(), Is.EqualTo("ended One: Cancelled"));
            StringAssert.EndsWith("[7,1]", Server.TakeSent());
            Assert.That(Talker.Decide("S", Options, Note), Is.False);
            Assert.That(decided[2], Is.EqualTo("S: Fault SessionClosedException"));
        }

        [Test]
        public void TooManyAreRefused()
        {
            for (int i = 0; i < Talker.MostWaiting; i++)
            {
                Assert.That(Talker.Decide("Q", Options, Note), Is.True);
            }

            Assert.That(Talker.Decide("R", Options, Note), Is.False);
            Assert.That(decided, Is.EqualTo(new[] { "R: Fault CongestedException" }));
        }

        [Test]
        public void AHandlerThatThrowsBreaksNeitherTheTalkerNorTheOthers()
        {
            var errors = new List<Exception>();
            Talker.Error += errors.Add;
            Talker.Error += error => throw new InvalidOperationException("again");
            Action<Turn> throws = turn => throw new InvalidOperationException("asked");
            Talker.Asked += throws;
            Talker.Ended += end => throw new InvalidOperationException("ended");
            Open();
            Talker.Asked += turn => decided.Add("the next one is called");
            Assert.That(Talker.Say("One"), Is.True);
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,1,\"One\",[]]"));
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Thinking));
            Assert.That(decided, Is.EqualTo(new[] { "the next one is called" }));
            Talker.Asked -= throws;
            Talker.Decide("Q", Options, end => throw new InvalidOperationException("decided"));
            Talker.Say("Two");
            Talker.Close();
            Assert.That(Told(), Is.EqualTo("asked 1\nended One: Cancelled\nended Two: Cancelled"), "Each thing said ends once.");
            Assert.That(errors.ConvertAll(error => error.Message), Is.EqualTo(new[] { "asked", "ended", "ended", "decided" }));
            Assert.That(Talker.LastError.Message, Is.EqualTo("decided"));
        }

        private void Decide(string question)
        {
            Talker.Decide(question, Options, Note);
        }

        private void Note(DecideEnd end)
        {
            decided.Add(end.Question + ": " + (end.Option ?? end.Reason.ToString()) + (end.Error == null ? string.Empty : " " + end.Error.GetType().Name));
        }

        private void Answer(uint turn, int index)
        {
            string probabilities = index == 0 ? "[0.75,0.25]" : "[0.25,0.75]";
            Server.Send("[35,seq,1," + turn + "]", "[38,seq," + turn + "," + index + "," + probabilities + "]", "[39,seq," + turn + ",\"stop\",{}]");
            Frame();
        }
    }
}
