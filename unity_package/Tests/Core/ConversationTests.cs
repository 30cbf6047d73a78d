using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>Opening, saying, cancelling, closing: what goes out, and what comes in as events.</summary>
    [TestFixture]
    public sealed class ConversationTests : SessionTest
    {
        [Test]
        public void OpeningGivesNameCuesAndHistory()
        {
            Connect();
            Task<Conversation> opening = Session.OpenAsync("innkeeper", new OpenOptions { Player = "p-17", MaxTokens = 30 });
            Assert.That(Server.TakeSent(), Is.EqualTo("[2,1,\"innkeeper\",{player:\"p-17\",max_tokens:30}]"));
            Server.Send("[34,seq,1,\"Marta\",[\"wave\",\"nod\"],[[\"Hi\",\"Welcome!\"],[\"Bye\",\"\"]]]");
            Assert.That(opening.IsCompleted, Is.False, "Tasks complete inside Update.");
            Session.Update();
            Conversation conversation = opening.Result;
            Assert.That(conversation.Name, Is.EqualTo("Marta"));
            Assert.That(conversation.Character, Is.EqualTo("innkeeper"));
            Assert.That(conversation.Cues, Is.EqualTo(new[] { "wave", "nod" }));
            Assert.That(conversation.History.Count, Is.EqualTo(2));
            Assert.That(conversation.History[0].Said + "|" + conversation.History[0].Reply, Is.EqualTo("Hi|Welcome!"));
            Assert.That(conversation.History[1].Reply, Is.Empty);
            Assert.That(conversation.IsOpen, Is.True);
        }

        [Test]
        public void AnUnknownCharacterIsAFaultWithItsCode()
        {
            Connect();
            Task<Conversation> opening = Session.OpenAsync("nobody");
            Server.Send("[40,seq,[2,1],\"character_unknown\",\"There is no nobody; there is innkeeper.\",null]");
            Session.Update();
            var error = (FaultException)opening.Exception.InnerException;
            Assert.That(error.Code, Is.EqualTo(FaultCode.CharacterUnknown));
            Assert.That(error.Message, Is.EqualTo("There is no nobody; there is innkeeper."));
            Assert.That(error.Fault.Refers + error.Fault.ReferredNumber, Is.EqualTo("open1"));
            Assert.That(Log.Take(), Is.EqualTo("fault character_unknown"));
        }

        [Test]
        public void AFullServerSaysWhenToComeBack()
        {
            Connect();
            Turn turn = Open().Say("Hello");
            Server.Send("[40,seq,[3,1],\"busy\",\"Full; try again in 2 s.\",2000]");
            Session.Update();
            Assert.That(turn.End.Reason, Is.EqualTo(EndReason.Fault));
            Assert.That(((FaultException)turn.End.Error).Fault.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(2)));
            Assert.That(turn.HasBegun, Is.False);
            Assert.That(Log.Take(), Is.EqualTo("fault busy\nfault of 1 busy\nended 1 Fault"));
            Assert.Throws<FaultException>(() => turn.End.ThrowIfFault());
        }

        [Test]
        public void AFaultCodeFromTheFutureIsInternal()
        {
            Connect();
            Fault told = null;
            Session.FaultReceived += fault => told = fault;
            Server.Send("[40,seq,null,\"new_code\",\"Something new.\",null]");
            Session.Update();
            Assert.That(told.Code, Is.EqualTo(FaultCode.Internal));
            Assert.That(told.SentCode, Is.EqualTo("new_code"));
            Assert.That(told.Refers, Is.Null);
        }

        [Test]
        public void ATurnStreamsItsTextAndCuesInOrderAndEndsOnce()
        {
            Connect();
            Conversation conversation = Open();
            Turn turn = conversation.Say("Good evening!");
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,1,\"Good evening!\",[]]"));
            Assert.That(conversation.Running, Is.SameAs(turn));
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Good\",1]");
            Server.Send("[37,seq,1,\"look_at\",\"door\"]", "[36,seq,1,\" evening 👍!\",3]", "[37,seq,1,\"wave\",null]");
            Server.Send("[39,seq,1,\"stop\",{\"prompt_tokens\":58,\"reply_tokens\":4,\"first_ms\":112,\"total_ms\":301}]");
            Assert.That(Session.Update(), Is.EqualTo(6));
            Assert.That(Log.Take(), Is.EqualTo(
                "began 1\ntext 1 Good\ncue 1 look_at/door at 4\ntext 1  evening 👍!\ncue 1 wave/ at 16\nended 1 Stop"));
            Assert.That(turn.Text.ToString(), Is.EqualTo("Good evening 👍!"));
            Assert.That(turn.Text.ScalarCount, Is.EqualTo(15));
            Assert.That(turn.End.Usage.PromptTokens, Is.EqualTo(58));
            Assert.That(turn.End.Usage.CachedTokens, Is.Null);
            Assert.That(turn.End.Usage.TotalMs, Is.EqualTo(301));
            Assert.That(turn.End.Error, Is.Null);
            Assert.That(turn.Completion.Result, Is.SameAs(turn.End));
            Assert.That(conversation.Running, Is.Null);
        }

        [Test]
        public void TwoConversationsStreamSideBySide()
        {
            Connect();
            Conversation one = Open();
            Conversation two = Open("guard");
            Turn first = one.Say("a");
            Turn second = two.Say("b");
            Server.Send("[35,seq,1,1]", "[35,seq,2,2]", "[36,seq,2,\"x\",1]", "[36,seq,1,\"y\",1]", "[36,seq,2,\"z\",1]");
            Server.Send("[39,seq,2,\"length\",{}]", "[36,seq,1,\"!\",1]", "[39,seq,1,\"new_reason\",{}]");
            Session.Update();
            Assert.That(first.Text.ToString(), Is.EqualTo("y!"));
            Assert.That(second.Text.ToString(), Is.EqualTo("xz"));
            Assert.That(second.End.Reason, Is.EqualTo(EndReason.Length));
            Assert.That(first.End.Reason, Is.EqualTo(EndReason.Stop), "A reason that isn't known is stop.");
        }

        [Test]
        public void CancelTellsWhatWasShownAndDropsWhatStillComes()
        {
            Connect();
            Turn turn = Begin(Open());
            Server.Send("[36,seq,1,\"a👍b\",3]");
            Session.Update();
            Log.Take();
            turn.Cancel(turn.Text.CountScalars(3));
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,2]"));
            Server.Send("[36,seq,1,\"late\",1]", "[37,seq,1,\"wave\",null]", "[39,seq,1,\"cancelled\",{}]");
            Session.Update();
            Assert.That(turn.Text.ToString(), Is.EqualTo("a👍b"));
            Assert.That(Log.Take(), Is.EqualTo("ended 1 Cancelled"));
            turn.Cancel(1);
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,1]"), "After the end it still cuts the memory.");
        }

        [Test]
        public void CancelWithoutANumberTakesAllReceivedAsSeen()
        {
            Connect();
            Turn turn = Begin(Open());
            Server.Send("[36,seq,1,\"👍👍\",2]");
            Session.Update();
            turn.Cancel();
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,2]"));
            Assert.Throws<ArgumentOutOfRangeException>(() => turn.Cancel(-1));
        }

        [Test]
        public void ATurnTakesItsFirstEndAndNoOther()
        {
            Connect();
            Turn turn = Open().Say("Hello");
            Assert.That(turn.TryEnd(EndReason.Stop, Usage.None, null), Is.True);
            Assert.That(turn.TryEnd(EndReason.Length, Usage.None, null), Is.False);
            Assert.That(turn.End.Reason, Is.EqualTo(EndReason.Stop));
        }

        [Test]
        public void ADecisionIsThereAtTheEnd()
        {
            Connect();
            Turn turn = Open().Decide("Friend?", new[] { "yes", "no" });
            Assert.That(Server.TakeSent(), Is.EqualTo("[4,1,1,\"Friend?\",[\"yes\",\"no\"],[]]"));
            Server.Send("[35,seq,1,1]", "[38,seq,1,1,[0.25,0.75]]", "[39,seq,1,\"stop\",{}]");
            Session.Update();
            Assert.That(turn.Decision.Index, Is.EqualTo(1));
            Assert.That(turn.Decision.Probabilities, Is.EqualTo(new[] { 0.25, 0.75 }));
        }

        [Test]
        public void ClosingMutesTheRunningTurnWhoseEndStillComes()
        {
            Connect();
            Conversation conversation = Open();
            Turn turn = Begin(conversation);
            conversation.Close();
            conversation.Close();
            Assert.That(Server.TakeSent(), Is.EqualTo("[7,1]"));
            Server.Send("[36,seq,1,\"late\",1]", "[39,seq,1,\"cancelled\",{}]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("ended 1 Cancelled"));
            Assert.That(turn.Text.Length, Is.EqualTo(0));
            Assert.Throws<InvalidOperationException>(() => conversation.Say("still there?"));
        }

        [Test]
        public void ClosingWhatTheServerHasClosedIsNoFault()
        {
            Connect();
            Conversation conversation = Open();
            conversation.Close();
            Server.Send("[40,seq,[7,1],\"conversation_unknown\",\"It isn't open.\",null]");
            Session.Update();
            Assert.That(Log.Take(), Is.Empty);
        }

        [Test]
        public void EndingTheWaitForOpeningClosesWhatMayStillOpen()
        {
            Connect();
            var cancellation = new CancellationTokenSource();
            Task<Conversation> opening = Session.OpenAsync("innkeeper", null, cancellation.Token);
            Server.TakeSent();
            cancellation.Cancel();
            Assert.That(opening.Status, Is.EqualTo(TaskStatus.Canceled));
            Assert.That(Server.TakeSent(), Is.EqualTo("[7,1]"));
            Server.Send("[34,seq,1,\"Marta\",[],[]]");
            Session.Update();
            Assert.That(Log.Take(), Is.Empty);
            Assert.That(Open().Number, Is.EqualTo(2));
        }

        [Test]
        public void WhatIsLargerThanTheServerTakesIsRefusedHere()
        {
            Server.LimitsJson = "{\"message_bytes\":200}";
            Connect();
            Conversation conversation = Open();
            var error = Assert.Throws<ArgumentException>(() => conversation.Say(new string('x', 200)));
            Assert.That(error.Message.Contains("at most 200"), Is.True, error.Message);
            Assert.That(Server.TakeSent(), Is.Empty);
            Assert.That(conversation.Say("short").Number, Is.EqualTo(1), "A turn that was refused here used no number up.");
        }

        [Test]
        public void NothingIsSaidWithNull()
        {
            Connect();
            Conversation conversation = Open();
            Assert.Throws<ArgumentNullException>(() => conversation.Say(null));
            Assert.Throws<ArgumentNullException>(() => conversation.Say("x", new byte[][] { null }));
            Assert.Throws<ArgumentNullException>(() => conversation.Decide("x", null));
            Assert.That(Session.OpenAsync(null).Exception.InnerException, Is.InstanceOf<ArgumentNullException>());
        }

        [Test]
        public void AHandlerThatThrowsIsReportedAndStopsNothing()
        {
            Connect();
            Conversation conversation = Open();
            int heard = 0;
            conversation.TextReceived += (turn, start, count) => throw new FormatException("of the test");
            conversation.TextReceived += (turn, start, count) => heard++;
            Begin(conversation);
            Server.Send("[36,seq,1,\"a\",1]", "[36,seq,1,\"b\",1]", "[39,seq,1,\"stop\",{}]");
            Session.Update();
            Assert.That(heard, Is.EqualTo(2));
            Assert.That(Log.Take(), Is.EqualTo("text 1 a\nerror FormatException\ntext 1 b\nerror FormatException\nended 1 Stop"));
            Assert.That(Session.LastError.Message, Is.EqualTo("of the test"));
        }

        [Test]
        public void AHandlerMaySayAgainAndUpdateDoesNotNest()
        {
            Connect();
            Conversation conversation = Open();
            Turn next = null;
            int nested = -1;
            conversation.Ended += turn =>
            {
                nested = Session.Update();
                next = next ?? conversation.Say("And?");
            };
            Begin(conversation);
            Server.Send("[39,seq,1,\"stop\",{}]", "[41,5]");
            Session.Update();
            Assert.That(nested, Is.EqualTo(0));
            Assert.That(Log.Take(), Is.EqualTo("ended 1 Stop\ngoing away 5"));
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,2,\"And?\",[]]"));
            Assert.That(conversation.Running, Is.SameAs(next));
        }
    }
}
