using System;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>A session that connects again by itself, as it does unless told: when it tries, and what it tells.</summary>
    [TestFixture]
    public sealed class ReconnectTests : ReconnectTest
    {
        [Test]
        public void AReplyGoesOnInMidWordWithoutACallButUpdate()
        {
            ConnectAndBegin();
            Lose();
            Assert.That(Log.Take(), Is.EqualTo("text 1 Hel\nreconnecting 1 in 0: ConnectionLostException"));
            Assert.That(Session.State, Is.EqualTo(SessionState.Reconnecting));
            Assert.That(Turn.IsEnded, Is.False);
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",1,3]]"));
            Server.Send("[36,seq,1,\"lo\",1]", "[39,seq,1,\"stop\",{}]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed\ntext 1 lo\nended 1 Stop"));
            Assert.That(Turn.Text.ToString(), Is.EqualTo("Hello"));
            Assert.That(Conversation.IsOpen, Is.True);
        }

        [Test]
        public void WhatComesWithTheWelcomeComesBehindReconnected()
        {
            ConnectAndBegin();
            Lose();
            Log.Take();
            Server.Welcomes = false;
            Session.Update();
            Server.Send("[33,1,\"session-1\",2,true,{}]", "[36,seq,1,\"lo\",1]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed\ntext 1 lo"));
        }

        [Test]
        public void ItWaitsAsLongAsItSaid()
        {
            Server.Chance = 1;
            ConnectAndBegin();
            Lose();
            Assert.That(Log.Take().EndsWith("reconnecting 1 in 250: ConnectionLostException"), Is.True);
            Server.Now += 249;
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(1));
            Server.Now += 1;
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(2));
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
        }

        [Test]
        public void EveryFailureIsToldWithTheNextAttempt()
        {
            Server.Chance = 1;
            ConnectAndBegin();
            BeUnreachable();
            Lose();
            for (int i = 0; i < 4; i++)
            {
                Server.Now += 10000;
                Session.Update();
            }

            Assert.That(Log.Take(), Is.EqualTo(
                "text 1 Hel\nreconnecting 1 in 250: ConnectionLostException\nreconnecting 2 in 500: UnreachableException\n"
                + "reconnecting 3 in 1000: UnreachableException\nreconnecting 4 in 2000: UnreachableException\n"
                + "reconnecting 5 in 4000: UnreachableException"));
            Assert.That(Turn.IsEnded, Is.False);
            Server.Prepare = transport => { };
            Server.Now += 4000;
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed"));
        }

        [Test]
        public void ABusyServerIsNotAskedBeforeItSaid()
        {
            ConnectAndBegin();
            Server.Refusal = "[40,0,null,\"busy\",\"Full; try again in 7 s.\",7000]";
            Lose();
            Session.Update();
            Assert.That(Log.Take().EndsWith("reconnecting 2 in 7000: FaultException"), Is.True);
            Server.Refusal = null;
            Server.Now += 6999;
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(2));
            Server.Now += 1;
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed"));
        }

        [Test]
        public void AHandshakeThatIsAnsweredWithRetryAfterIsNotRepeatedBefore()
        {
            ConnectAndBegin();
            var full = new UnreachableException("503", null, 503, true, TimeSpan.FromSeconds(3));
            Server.Prepare = transport => transport.Connecting = Task.FromException(full);
            Lose();
            Session.Update();
            Assert.That(Log.Take().EndsWith("reconnecting 2 in 3000: UnreachableException"), Is.True);
        }

        [Test]
        public void AServerThatHasGoneAwayEarlierThanItSaidIsNotWaitedFor()
        {
            ConnectAndBegin();
            Server.Send("[41,20000]");
            Session.Update();
            Server.Now += 300;
            Server.Transport.CloseByPeer(1001, "restart");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("text 1 Hel\ngoing away 20000\nreconnecting 1 in 0: ConnectionLostException"));
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1001));
        }

        [Test]
        public void ALossBehindAGoawayWaitsForTheServerToBeBack()
        {
            ConnectAndBegin();
            Server.Send("[41,20000]");
            Session.Update();
            Server.Now += 5000;
            Server.Transport.Break();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("text 1 Hel\ngoing away 20000\nreconnecting 1 in 15000: ConnectionLostException"));
            Server.Now += 14999;
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(1));
            Server.Now += 1;
            Session.Update();
            Server.Transport.Break();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed\nreconnecting 2 in 0: ConnectionLostException"), "The goaway was of the last connection.");
        }

        [Test]
        public void AGoawayIsForgottenWithItsConnection()
        {
            ConnectAndBegin();
            Server.Send("[41,20000]");
            Session.Update();
            Server.Transport.Break();
            Session.Update();
            Assert.That(Session.ReconnectAsync().Result, Is.True, "The server was back sooner.");
            Log.Take();
            Server.Transport.Break();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed\nreconnecting 2 in 0: ConnectionLostException"));
        }

        [Test]
        public void WhatIsNotResumedIsLostBeforeReconnectedAndCanBeOpenedAgainThere()
        {
            Connect();
            Task<Conversation> first = Session.OpenAsync("innkeeper", new OpenOptions { Player = "p-17", MaxTokens = 30 });
            Server.Send("[34,seq,1,\"Marta\",[],[]]");
            Session.Update();
            Log.Listen(first.Result);
            Begin(first.Result);
            Task<Conversation> again = null;
            first.Result.Lost += (gone, why) => again = Session.OpenAsync(gone.Character, gone.Options);
            Server.Resumes = false;
            Lose();
            Server.TakeSent();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo(
                "reconnecting 1 in 0: ConnectionLostException\nended 1 Fault\nlost 1: ConnectionLostException\nconnected anew"));
            Assert.That(Server.TakeSent().EndsWith("[2,2,\"innkeeper\",{player:\"p-17\",max_tokens:30}]"), Is.True);
            Server.Send("[34,seq,2,\"Marta\",[],[[\"Hello\",\"Hel\"]]]");
            Session.Update();
            Assert.That(again.Result.History[0].Reply, Is.EqualTo("Hel"));
            Assert.That(again.Result.Say("And?").Number, Is.EqualTo(2));
        }

        [Test]
        public void WhatAConversationWasOpenedWithIsACopy()
        {
            Connect();
            var options = new OpenOptions { Player = "p-17" };
            Task<Conversation> opening = Session.OpenAsync("innkeeper", options);
            options.Player = "another";
            Server.Send("[34,seq,1,\"Marta\",[],[]]");
            Session.Update();
            opening.Result.Options.Player = "a third";
            Assert.That(opening.Result.Options.Player, Is.EqualTo("p-17"));
            Assert.That(Open().Options.Player, Is.Null);
        }

        [Test]
        public void WithoutResumeItConnectsAgainAllTheSame()
        {
            Server.Options.Resume = false;
            ConnectAndBegin();
            Lose();
            Assert.That(Log.Take(), Is.EqualTo(
                "text 1 Hel\nreconnecting 1 in 0: ConnectionLostException\nended 1 Fault\nlost 1: ConnectionLostException"));
            var error = (ConnectionLostException)Session.OpenAsync("guard").Exception.InnerException;
            Assert.That(error.Message.Contains("wait for Session.Reconnected"), Is.True, error.Message);
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,null]"));
            Assert.That(Log.Take(), Is.EqualTo("connected anew"));
        }

        [Test]
        public void AServerThatBreaksTheProtocolIsConnectedToAnew()
        {
            ConnectAndBegin();
            Server.Send("[36,99,1,\"out of order\",1]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo(
                "text 1 Hel\nreconnecting 1 in 0: ProtocolException\nended 1 Fault\nlost 1: ProtocolException"),
                "It would send the same again.");
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,null]"));
            Assert.That(Log.Take(), Is.EqualTo("connected anew"));
        }

        [TestCase("[33,1,\"session-1\",7,true,{}]")]
        [TestCase("[33,1,\"session-2\",2,true,{}]")]
        public void AServerThatResumesSomethingElseIsConnectedToAnew(string welcome)
        {
            ConnectAndBegin();
            Lose();
            Log.Take();
            Server.Refusal = welcome;
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo(
                "reconnecting 2 in 0: ProtocolException\nended 1 Fault\nlost 1: ProtocolException"));
            Server.Refusal = null;
            Server.TakeSent();
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,null]"));
        }

        [Test]
        public void AnAttemptThatIsNotAnsweredIsLateByTheSessionsClock()
        {
            ConnectAndBegin();
            Server.Welcomes = false;
            Lose();
            Log.Take();
            Session.Update();
            Server.Now += 9999;
            Session.Update();
            Assert.That(Log.Take(), Is.Empty);
            Server.Now += 1;
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("reconnecting 2 in 0: UnreachableException"));
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1001));
        }

        [Test]
        public void ATransportThatCannotBeMadeIsReportedAndTriedAgain()
        {
            ConnectAndBegin();
            Server.Prepare = transport => throw new FormatException("of the test");
            Lose();
            Log.Take();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("error FormatException\nreconnecting 2 in 0: UnreachableException"));
            Server.Prepare = transport => { };
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed"));
        }

        [Test]
        public void AHandlerOfErrorMayConnectBeforeTheNextAttemptIsPlanned()
        {
            ConnectAndBegin();
            Server.Prepare = transport => throw new FormatException("of the test");
            Lose();
            Log.Take();
            Session.Error += error =>
            {
                Server.Prepare = transport => { };
                Session.ReconnectAsync();
            };
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Assert.That(Log.Take(), Is.EqualTo("error FormatException\nresumed"));
        }

        [Test]
        public void ReconnectAsyncDoesNotWaitForTheNextAttempt()
        {
            Server.Chance = 1;
            ConnectAndBegin();
            BeUnreachable();
            Lose();
            Assert.That(Session.ReconnectAsync().Exception.InnerException, Is.InstanceOf<UnreachableException>());
            Assert.That(Session.State, Is.EqualTo(SessionState.Reconnecting), "It goes on by itself.");
            Server.Prepare = transport => { };
            Assert.That(Session.ReconnectAsync().Result, Is.True);
            Log.Take();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed"));
            Server.Now += 10000;
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(3));
        }

        [Test]
        public void ReconnectAsyncAndAnAttemptOfItsOwnAreNeverUnderWayTogether()
        {
            ConnectAndBegin();
            Server.Welcomes = false;
            Lose();
            Session.Update();
            Assert.That(Session.ReconnectAsync().Exception.InnerException, Is.InstanceOf<InvalidOperationException>());
            Server.Transport.Break();
            Task<bool> byHand = Session.ReconnectAsync();
            Assert.That(byHand.Exception.InnerException, Is.InstanceOf<InvalidOperationException>(), "Until Update has looked at it.");
            Session.Update();
            byHand = Session.ReconnectAsync();
            Assert.That(byHand.IsCompleted, Is.False);
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(3));
            Server.Send("[33,1,\"session-1\",2,true,{}]");
            Assert.That(byHand.Result, Is.True);
        }

        [Test]
        public void HandlersOfReconnectingMayDisposeConnectOrThrow()
        {
            ConnectAndBegin();
            Session.Reconnecting += next => throw new FormatException("of the test");
            Lose();
            Assert.That(Log.Take(), Is.EqualTo("text 1 Hel\nreconnecting 1 in 0: ConnectionLostException\nerror FormatException"));
            Session.Update();
            Session.Reconnecting += next => Session.ReconnectAsync();
            Lose();
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Session.Reconnecting += next => Session.Dispose();
            Lose();
            Assert.That(Turn.End.Error, Is.InstanceOf<SessionClosedException>());
            Session.Update();
        }

        [Test]
        public void PoliciesThatCannotBeAreRefusedBeforeConnecting()
        {
            foreach (Action<ReconnectPolicy> spoil in new Action<ReconnectPolicy>[]
            {
                policy => policy.FirstDelay = TimeSpan.Zero,
                policy => policy.FirstDelay = TimeSpan.FromSeconds(11),
                policy => policy.MaxDelay = TimeSpan.Zero,
                policy => policy.MaxDelay = TimeSpan.FromDays(25),
                policy => policy.MaxAttempts = 0,
                policy => policy.GiveUpAfter = TimeSpan.Zero,
                policy => policy.GiveUpAfter = TimeSpan.MaxValue,
            })
            {
                SessionOptions options = new FakeServer().Options;
                spoil(options.Reconnect);
                Exception error = Session.ConnectAsync(options).Exception.InnerException;
                Assert.That(error, Is.InstanceOf<ArgumentException>());
                Assert.That(error.Message.StartsWith("ReconnectPolicy."), Is.True, error.Message);
            }
        }

        [Test]
        public void TheSessionKeepsItsOwnCopyOfThePolicy()
        {
            ReconnectPolicy policy = Server.Options.Reconnect;
            ConnectAndBegin();
            policy.MaxAttempts = -1;
            Lose();
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
        }
    }
}
