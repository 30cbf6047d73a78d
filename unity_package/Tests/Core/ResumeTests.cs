using System;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>A lost connection: what ends with it, and what goes on when the session is resumed, whole or not at all.</summary>
    [TestFixture]
    public sealed class ResumeTests : SessionTest
    {
        [Test]
        public void WithoutResumeALostConnectionEndsEveryTurnOnceAndEveryConversation()
        {
            ConnectOnce();
            Conversation one = Open();
            Conversation two = Open("guard");
            Turn begun = Begin(one);
            Turn waiting = two.Say("Hello?");
            Task<Conversation> opening = Session.OpenAsync("third");
            Server.Send("[36,seq,1,\"half a\",2]");
            Server.Transport.Break();
            Assert.That(begun.IsEnded, Is.False, "Only Update ends a turn.");
            Session.Update();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo(
                "text 1 half a\nlost connection: ConnectionLostException\nended 1 Fault\nended 2 Fault\n"
                + "lost 1: ConnectionLostException\nlost 2: ConnectionLostException"));
            Assert.That(begun.Text.ToString(), Is.EqualTo("half a"));
            Assert.That(waiting.End.Error, Is.InstanceOf<ConnectionLostException>());
            Assert.That(waiting.Completion.Result.Reason, Is.EqualTo(EndReason.Fault));
            Assert.That(opening.Exception.InnerException, Is.InstanceOf<ConnectionLostException>());
            Assert.That(one.IsOpen, Is.False);
            Assert.That(one.Running, Is.Null);
            Assert.Throws<ConnectionLostException>(() => two.Say("Hello?"));
            Assert.That(Session.OpenAsync("x").Exception.InnerException, Is.InstanceOf<ConnectionLostException>());
        }

        [Test]
        public void AfterThatTheSameSessionCanConnectAnewAndOpenAgain()
        {
            ConnectOnce();
            Begin(Open());
            Server.Transport.Break();
            Session.Update();
            Assert.That(Session.ReconnectAsync().Result, Is.False);
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,null]"));
            Turn turn = Begin(Open());
            Assert.That(turn.Number, Is.EqualTo(2));
            Assert.That(turn.Conversation.Number, Is.EqualTo(2));
        }

        [Test]
        public void NothingOfAConnectionComesBeforeTheWordThatItIsThere()
        {
            ConnectToResume();
            Begin(Open());
            Session.ConnectionLost += why =>
            {
                Assert.That(Session.ReconnectAsync().Result, Is.False);
                Server.Send("[40,seq,null,\"malformed\",\"What was that?\",null]");
            };
            Server.Send("[36,9,1,\"from the future\",1]");
            Session.Update();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo(
                "lost connection: ProtocolException\nended 1 Fault\nlost 1: ProtocolException\nconnected anew\nfault malformed"));
        }

        [Test]
        public void AResumedSessionGoesOnInMidWord()
        {
            ConnectToResume();
            Conversation conversation = Open();
            Turn turn = Begin(conversation);
            Server.Send("[36,seq,1,\"Hel\",1]");
            Server.Transport.Break();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("text 1 Hel\nlost connection: ConnectionLostException"));
            Assert.That(Session.State, Is.EqualTo(SessionState.Disconnected));
            Assert.That(turn.IsEnded, Is.False);
            Assert.That(Session.ReconnectAsync().Result, Is.True);
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",1,3]]"));
            Server.Send("[36,seq,1,\"lo\",1]", "[39,seq,1,\"stop\",{}]");
            Session.Update();
            Assert.That(turn.Text.ToString(), Is.EqualTo("Hello"));
            Assert.That(Log.Take(), Is.EqualTo("resumed\ntext 1 lo\nended 1 Stop"));
            Assert.That(conversation.IsOpen, Is.True);
        }

        [Test]
        public void ASessionThatIsNotResumedLosesEveryConversationInTheNextUpdate()
        {
            ConnectToResume();
            Conversation conversation = Open();
            Turn turn = Begin(conversation);
            Task<Conversation> opening = Session.OpenAsync("guard");
            Server.Transport.Break();
            Session.Update();
            Log.Take();
            Server.Resumes = false;
            Assert.That(Session.ReconnectAsync().Result, Is.False);
            Assert.That(turn.IsEnded, Is.False);
            Assert.That(conversation.IsOpen, Is.False);
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("ended 1 Fault\nlost 1: ConnectionLostException\nconnected anew"));
            Assert.That(opening.Exception.InnerException, Is.InstanceOf<ConnectionLostException>());
            Server.TakeSent();
            Assert.That(Begin(Open()).Number, Is.EqualTo(2), "The new session's sequence starts at 1.");
        }

        [Test]
        public void WhatMayHaveBeenLostIsSentAgainAndARefusalThenMeansThatItHadArrived()
        {
            ConnectToResume();
            Conversation conversation = Open();
            Conversation closed = Open("guard");
            Task<Conversation> opening = Session.OpenAsync("third");
            Turn turn = conversation.Say("Hello");
            Turn ended = closed.Say("Bye");
            ended.Cancel(0);
            closed.Close();
            Server.TakeSent();
            Server.Transport.Break();
            Session.Update();
            Assert.That(Session.ReconnectAsync().Result, Is.True);
            Assert.That(Server.TakeSent(), Is.EqualTo(
                "[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",1,2]]\n"
                + "[2,3,\"third\",{}]\n[3,1,1,\"Hello\",[]]\n[3,2,2,\"Bye\",[]]\n[5,2,0]\n[7,2]"));
            Log.Take();
            Server.Send("[40,seq,[2,3],\"conversation_open\",\"Open already.\",null]", "[40,seq,[3,1],\"turn_order\",\"Too low.\",null]");
            Server.Send("[34,seq,3,\"Third\",[],[]]", "[35,seq,1,1]", "[39,seq,1,\"stop\",{}]");
            Session.Update();
            Assert.That(opening.Result.Name, Is.EqualTo("Third"));
            Assert.That(turn.End.Reason, Is.EqualTo(EndReason.Stop));
            Assert.That(Log.Take(), Is.EqualTo("resumed\nbegan 1\nended 1 Stop"));
        }

        [Test]
        public void WhatIsSaidWithoutAConnectionGoesWithTheNextOne()
        {
            ConnectToResume();
            Conversation conversation = Open();
            Server.Transport.Break();
            Session.Update();
            Turn turn = conversation.Say("Are you there?");
            Assert.That(Session.ReconnectAsync().Result, Is.True);
            Assert.That(Server.TakeSent().EndsWith("[3,1,1,\"Are you there?\",[]]"), Is.True);
            Server.Send("[35,seq,1,1]", "[39,seq,1,\"stop\",{}]");
            Session.Update();
            Assert.That(turn.IsEnded, Is.True);
        }

        [Test]
        public void AResumeOfAnotherSessionOrEpochIsAProtocolError()
        {
            ConnectToResume();
            Turn turn = Begin(Open());
            Server.Transport.Break();
            Session.Update();
            Server.Welcomes = false;
            Task<bool> again = Session.ReconnectAsync();
            Server.Send("[33,1,\"session-1\",7,true,{}]");
            Assert.That(again.Exception.InnerException, Is.InstanceOf<ProtocolException>());
            Assert.That(turn.IsEnded, Is.False, "It can be tried again.");
            Server.Welcomes = true;
            Assert.That(Session.ReconnectAsync().Result, Is.True);
        }

        [Test]
        public void OnlyOneConnectionAtATime()
        {
            ConnectToResume();
            Assert.That(Session.ReconnectAsync().Exception.InnerException, Is.InstanceOf<InvalidOperationException>());
            Server.Transport.Break();
            Session.Update();
            Server.Welcomes = false;
            Task<bool> first = Session.ReconnectAsync();
            Assert.That(Session.ReconnectAsync().Exception.InnerException, Is.InstanceOf<InvalidOperationException>());
            Session.Dispose();
            Assert.That(Waiting.Failure(() => first), Is.InstanceOf<SessionClosedException>());
            Assert.That(Session.ReconnectAsync().Exception.InnerException, Is.InstanceOf<SessionClosedException>());
        }

        [Test]
        public void DisposingEndsWhatWaitsWithoutEvents()
        {
            Connect();
            Conversation conversation = Open();
            Turn turn = Begin(conversation);
            Task<Conversation> opening = Session.OpenAsync("guard");
            Session.Dispose();
            Session.Dispose();
            Assert.That(turn.End.Error, Is.InstanceOf<SessionClosedException>());
            Assert.That(turn.Completion.IsCompleted, Is.True);
            Assert.That(opening.Exception.InnerException, Is.InstanceOf<SessionClosedException>());
            Assert.That(Log.Take(), Is.Empty);
            Assert.That(Session.Update(), Is.EqualTo(0));
            Assert.That(Server.Transport.IsDisposed, Is.True);
            Assert.Throws<SessionClosedException>(() => conversation.Say("x"));
            turn.Cancel(0);
            conversation.Close();
        }

        [Test]
        public void DisposingInAHandlerEndsUpdateThere()
        {
            Connect();
            Conversation conversation = Open();
            Turn turn = Begin(conversation);
            conversation.TextReceived += (speaking, start, count) => Session.Dispose();
            Server.Send("[36,seq,1,\"a\",1]", "[36,seq,1,\"b\",1]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("text 1 a"));
            Assert.That(turn.IsEnded, Is.True);
        }

        [Test]
        public void ClosingSendsWhatWaitsThenTheCloseAndLeavesNothing()
        {
            Connect();
            Turn turn = Open().Say("Last words");
            Waiting.For(() => Session.CloseAsync());
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,1,\"Last words\",[]]"));
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1000));
            Assert.That(Server.Transport.IsDisposed, Is.True);
            Assert.That(Session.State, Is.EqualTo(SessionState.Closed));
            Assert.That(turn.End.Error, Is.InstanceOf<SessionClosedException>());
        }
    }
}
