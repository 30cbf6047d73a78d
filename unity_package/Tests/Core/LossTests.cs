using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>
    /// What the player does while the connection is lost, and how connections end: whatever it is, the session goes on whole or not at all.
    /// </summary>
    [TestFixture]
    public sealed class LossTests : ReconnectTest
    {
        private static readonly byte[] Beat = { 0x91, 0x2a };

        [SetUp]
        public void BeInMidWord()
        {
            Server.LimitsJson = "{\"beat_ms\":1000}";
            Server.Options.OutboxBytes = 10000;
            ConnectAndBegin();
            Session.Update();
            Log.Take();
        }

        [Test]
        public void LostWhileCancelling()
        {
            Turn.Cancel(2);
            Lose();
            Assert.That(Reconnect(), Is.EqualTo("[5,1,2]"), "It may not have arrived.");
            Server.Send("[36,seq,1,\"lo\",1]", "[39,seq,1,\"cancelled\",{}]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed\nended 1 Cancelled"));
            Assert.That(Turn.Text.ToString(), Is.EqualTo("Hel"));
        }

        [Test]
        public void CancelWhileReconnecting()
        {
            Lose();
            Turn.Cancel(2);
            Assert.That(Turn.IsEnded, Is.False);
            Assert.That(Reconnect(), Is.EqualTo("[5,1,2]"));
            Server.Send("[39,seq,1,\"cancelled\",{}]");
            Session.Update();
            Assert.That(Turn.End.Reason, Is.EqualTo(EndReason.Cancelled));
        }

        [Test]
        public void CancelWhileReconnectingToAServerThatHasForgotten()
        {
            Lose();
            Turn.Cancel(2);
            Server.Resumes = false;
            Assert.That(Reconnect(), Is.Empty);
            Assert.That(Log.Take(), Is.EqualTo("ended 1 Fault\nlost 1: ConnectionLostException\nconnected anew"));
        }

        [Test]
        public void SayWhileReconnecting()
        {
            Conversation other = OpenAnother();
            Lose();
            Turn said = other.Say("Are you there?");
            Task<Conversation> opening = Session.OpenAsync("third");
            Assert.That(Reconnect(), Is.EqualTo("[3,2,2,\"Are you there?\",[]]\n[2,3,\"third\",{}]"));
            Server.Send("[35,seq,2,2]", "[34,seq,3,\"Third\",[],[]]", "[39,seq,2,\"stop\",{}]");
            Session.Update();
            Assert.That(said.End.Reason, Is.EqualTo(EndReason.Stop));
            Assert.That(opening.Result.Name, Is.EqualTo("Third"));
        }

        [Test]
        public void SayWhileReconnectingIsBounded()
        {
            Conversation other = OpenAnother();
            Lose();
            int said = 0;
            Assert.Throws<CongestedException>(() =>
            {
                for (; said < 100; said++)
                {
                    other.Say(new string('x', 1000));
                }
            });
            Assert.That(said, Is.InRange(8, 9), "OutboxBytes is 10,000.");
            Assert.That(Reconnect().Split('\n').Length, Is.EqualTo(said));
        }

        [Test]
        public void SayWhileReconnectingToAServerThatHasForgotten()
        {
            Conversation other = OpenAnother();
            Lose();
            Turn said = other.Say("Are you there?");
            Task<Conversation> opening = Session.OpenAsync("third");
            Server.Resumes = false;
            Assert.That(Reconnect(), Is.Empty, "Nothing that belonged to the old session reaches the new one.");
            Assert.That(said.End.Error, Is.InstanceOf<ConnectionLostException>());
            Assert.That(opening.Exception.InnerException, Is.InstanceOf<ConnectionLostException>());
        }

        [Test]
        public void ConversationCloseWhileReconnecting()
        {
            Lose();
            Conversation.Close();
            Assert.That(Reconnect(), Is.EqualTo("[7,1]"));
            Server.Send("[36,seq,1,\"lo\",1]", "[39,seq,1,\"cancelled\",{}]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed\nended 1 Cancelled"));
        }

        [Test]
        public void CloseWhileWaitingToReconnect()
        {
            Server.Chance = 1;
            Lose();
            Waiting.For(() => Session.CloseAsync());
            Assert.That(Turn.End.Error, Is.InstanceOf<SessionClosedException>());
            Server.Now += 100000;
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(1));
            Assert.That(Log.Take(), Is.EqualTo("reconnecting 1 in 250: ConnectionLostException"));
        }

        [Test]
        public void CloseWhileReconnecting()
        {
            Server.Prepare = transport => transport.Connecting = new TaskCompletionSource<bool>().Task;
            Lose();
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(2));
            Waiting.For(() => Session.CloseAsync());
            Assert.That(Server.Transport.IsDisposed, Is.True);
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(2));
        }

        [Test]
        public void CloseWhileWaitingForTheWelcomeTellsTheServerThatTheSessionIsOver()
        {
            Server.Welcomes = false;
            Lose();
            Session.Update();
            Waiting.For(() => Session.CloseAsync());
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1000));
            Assert.That(Server.Transport.IsDisposed, Is.True);
        }

        [Test]
        public void CloseBetweenTheWelcomeAndTheUpdateThatWouldTakeIt()
        {
            Server.Welcomes = false;
            Lose();
            Session.Update();
            Server.Send("[33,1,\"session-1\",2,true,{}]");
            Waiting.For(() => Session.CloseAsync());
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1000));
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Closed));
            Assert.That(Log.Take(), Is.EqualTo("reconnecting 1 in 0: ConnectionLostException"));
        }

        [TestCase(false, TestName = "DisposeWhileReconnecting")]
        [TestCase(true, TestName = "DisposeBetweenTheWelcomeAndTheUpdateThatWouldTakeIt")]
        public void DisposeWhileReconnecting(bool welcomed)
        {
            Server.Welcomes = welcomed;
            Server.Prepare = transport => transport.Connecting = Task.CompletedTask;
            Lose();
            Session.Update();
            Session.Dispose();
            Session.Dispose();
            Assert.That(Server.Transport.IsDisposed, Is.True);
            Assert.That(Turn.End.Error, Is.InstanceOf<SessionClosedException>());
            Assert.That(Turn.Completion.IsCompleted, Is.True);
            Session.Update();
            Waiting.For(() => Session.CloseAsync());
            Assert.That(Server.ConnectionCount, Is.EqualTo(2));
        }

        [Test]
        public void AWelcomeThatIsLostIsAskedForAgainWithTheSameEpoch()
        {
            Server.LosesWelcomes = true;
            for (int i = 0; i < 3; i++)
            {
                Lose();
                Session.Update();
                Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",1,3]]"));
                Assert.That(Server.Epoch, Is.EqualTo(2));
            }

            Server.LosesWelcomes = false;
            Lose();
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",1,3]]"));
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Server.Send("[36,seq,1,\"lo\",1]");
            Session.Update();
            Assert.That(Turn.Text.ToString(), Is.EqualTo("Hello"));
            Lose();
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",2,4]]"));
        }

        [Test]
        public void AHalfOpenConnectionIsGivenUpForSilenceAndResumed()
        {
            FakeTransport dead = Server.Transport;
            dead.AnswersClose = false;
            for (int i = 0; i < 3; i++)
            {
                Server.Now += 1000;
                Session.Update();
            }

            Assert.That(Log.Take(), Is.EqualTo("reconnecting 1 in 0: ConnectionLostException"));
            Assert.That(dead.ClosedWith, Is.EqualTo(1001), "1000 would end the session.");
            Server.TakeSent();
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",1,3]]"));
            dead.Deliver(Server.Encode("[36,4,1,\"lo\",1]"));
            Server.Seq = 3;
            Server.Send("[36,seq,1,\"lo\",1]");
            Session.Update();
            Assert.That(Turn.Text.ToString(), Is.EqualTo("Hello"), "What still came over the old connection is not a repeat.");
            Assert.That(Log.Take(), Is.EqualTo("resumed\ntext 1 lo"));
        }

        [Test]
        public void WhatHadArrivedButWasNotProcessedIsAskedForAgain()
        {
            Server.Send("[36,seq,1,\"a\",1]", "[36,seq,1,\"b\",1]", "[36,seq,1,\"c\",1]", "[36,seq,1,\"d\",1]", "[36,seq,1,\"e\",1]");
            for (int i = 0; i < 3; i++)
            {
                Server.Now += 1000;
                Session.Update(1);
            }

            Assert.That(Turn.Text.ToString(), Is.EqualTo("Helabc"));
            Assert.That(Session.State, Is.EqualTo(SessionState.Reconnecting));
            Assert.That(Server.TakeSent(), Is.EqualTo("[6,4]\n[6,5]\n[6,6]"));
            Session.Update(1);
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",1,6]]"));
            Server.Seq = 6;
            Server.Send("[36,seq,1,\"d\",1]", "[36,seq,1,\"e\",1]");
            Session.Update();
            Assert.That(Turn.Text.ToString(), Is.EqualTo("Helabcde"));
        }

        [Test]
        public void WhatHadArrivedWhenTheConnectionBrokeIsProcessedFirst()
        {
            Server.Send("[36,seq,1,\"a\",1]", "[36,seq,1,\"b\",1]", "[36,seq,1,\"c\",1]");
            Server.Transport.Break();
            Session.Update(1);
            Session.Update(1);
            Session.Update(1);
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Session.Update(1);
            Session.Update(1);
            Assert.That(Server.TakeSent().EndsWith("[\"session-1\",1,6]]"), Is.True);
            Assert.That(Turn.Text.ToString(), Is.EqualTo("Helabc"));
        }

        [Test]
        public void AnAckThatWasLostIsMadeGoodByHello()
        {
            Server.Transport.Sending = () => throw new InvalidOperationException("the network is gone");
            Server.Now += 600;
            Session.Update();
            Lose();
            Server.TakeSent();
            Session.Update();
            Assert.That(Server.TakeSent().EndsWith("[\"session-1\",1,3]]"), Is.True);
            Server.Now += 600;
            Session.Update();
            Assert.That(Server.TakeSent(), Is.Empty);
        }

        [Test]
        public void AHeadsetThatSleptWhileItsSocketDied()
        {
            Exception reason = null;
            Session.Reconnecting += next => reason = next.Reason;
            Server.Transport.Break();
            Server.Now += 3600000;
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Reconnecting), "It has only just begun to try.");
            Assert.That(reason.Message.Contains("hadn't been called for 3600 s"), Is.True, reason.Message);
            Server.Resumes = false;
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo(
                "reconnecting 1 in 0: ConnectionLostException\nended 1 Fault\nlost 1: ConnectionLostException\nconnected anew"));
        }

        [Test]
        public void AHeadsetThatSleptWhileItReconnected()
        {
            Server.Welcomes = false;
            Lose();
            Session.Update();
            Server.Now += 3600000;
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("reconnecting 1 in 0: ConnectionLostException\nreconnecting 2 in 0: UnreachableException"));
            Assert.That(Turn.IsEnded, Is.False, "An hour asleep isn't an hour of trying.");
            Server.Welcomes = true;
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed"));
        }

        [Test]
        public void AHeadsetThatSleptWhileTheNetworkWentAway()
        {
            Server.Now += 3600000;
            for (int i = 0; i < 3; i++)
            {
                Session.Update();
                Server.Now += 1000;
            }

            Assert.That(Log.Take(), Is.EqualTo("reconnecting 1 in 0: ConnectionLostException"), "Two beats of silence after it woke up.");
        }

        [Test]
        public void UpdateCalledRarely()
        {
            for (int minute = 0; minute < 60; minute++)
            {
                Server.Now += 60000;
                Server.Transport.Deliver(Beat);
                if (minute % 10 == 0)
                {
                    Server.Transport.Break();
                }

                Session.Update();
            }

            Assert.That(Server.ConnectionCount, Is.EqualTo(7));
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Server.Send("[36,seq,1,\"lo\",1]");
            Session.Update();
            Assert.That(Turn.Text.ToString(), Is.EqualTo("Hello"));
        }

        [Test]
        public void AConnectionThatIsResumedAndLostBetweenTwoUpdates()
        {
            Server.Welcomes = false;
            Lose();
            Session.Update();
            Server.Send("[33,1,\"session-1\",2,true,{}]", "[36,seq,1,\"lo\",1]");
            Server.Epoch = 2;
            Server.Transport.Break();
            Server.TakeSent();
            Server.Welcomes = true;
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo(
                "reconnecting 1 in 0: ConnectionLostException\nresumed\ntext 1 lo\nreconnecting 2 in 0: ConnectionLostException"));
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"loquent-unity/0.1.0\",null,[\"session-1\",2,4]]"));
        }

        [Test]
        public void OnlyADeliberateCloseSays1000()
        {
            var closes = new Dictionary<string, int?>();
            Action<string, Action<FakeServer, Session>> end = (name, how) =>
            {
                var server = new FakeServer { LimitsJson = "{\"beat_ms\":1000}" };
                Session session = Session.ConnectAsync(server.Options).Result;
                FakeTransport transport = server.Transport;
                how(server, session);
                session.Update();
                closes.Add(name, transport.ClosedWith);
                session.Dispose();
            };
            end("close", (server, session) => Waiting.For(() => session.CloseAsync()));
            end("broken", (server, session) => server.Transport.Break());
            end("framing", (server, session) => server.Transport.Deliver(new byte[] { 0xc1 }));
            end("order", (server, session) => server.Send("[35,7,1,1]"));
            end("large", (server, session) => server.Transport.Deliver(new byte[server.Options.MaxMessageBytes + 1]));
            end("restart", (server, session) => server.Transport.CloseByPeer(1001, string.Empty));
            end("mistake", (server, session) => server.Transport.CloseByPeer(1011, string.Empty));
            end("no code", (server, session) => server.Transport.CloseByPeer(1005, string.Empty));
            end("silence", (server, session) =>
            {
                for (int i = 0; i < 3; i++)
                {
                    server.Now += 1000;
                    session.Update();
                }
            });
            Assert.That(closes, Is.EqualTo(new Dictionary<string, int?>
            {
                { "close", 1000 }, { "broken", 1001 }, { "framing", 1007 }, { "order", 1002 }, { "large", 1009 }, { "restart", 1001 },
                { "mistake", 1011 }, { "no code", 1001 }, { "silence", 1001 },
            }));
        }

        [Test]
        public void AnAttemptThatIsEndedByItsCallerKeepsTheSession()
        {
            Server.Chance = 1;
            Lose();
            Server.Welcomes = false;
            using (var cancellation = new CancellationTokenSource())
            {
                Task<bool> attempt = Session.ReconnectAsync(cancellation.Token);
                cancellation.Cancel();
                Assert.That(Waiting.Failure(() => attempt), Is.InstanceOf<OperationCanceledException>());
            }

            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1001));
            Assert.That(Turn.IsEnded, Is.False);
        }

        private Conversation OpenAnother()
        {
            Conversation other = Open("guard");
            Log.Take();
            return other;
        }

        /// <summary>Lets the session connect again.</summary>
        /// <returns>What was sent over the connection behind hello.</returns>
        private string Reconnect()
        {
            Server.TakeSent();
            Log.Take();
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            string sent = Server.TakeSent();
            int hello = sent.IndexOf('\n');
            return hello < 0 ? string.Empty : sent.Substring(hello + 1);
        }
    }
}
