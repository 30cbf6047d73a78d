using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>Races around a lost connection, each by its name, over a transport with real threads behind it.</summary>
    [TestFixture]
    public sealed class ReconnectRaceTests : ContextlessTest
    {
        private FakeServer server;
        private Session session;
        private Conversation conversation;

        [SetUp]
        public void Connect()
        {
            server = new FakeServer(true) { Resumes = true };
            session = Waiting.For(() => Session.ConnectAsync(server.Options));
            Task<Conversation> opening = session.OpenAsync("innkeeper");
            server.Send("[34,seq,1,\"Marta\",[],[]]");
            UpdateUntil(() => opening.IsCompleted);
            conversation = opening.Result;
        }

        [TearDown]
        public void Dispose()
        {
            session.Dispose();
        }

        [Test]
        public void AReplyOverTwentyConnectionsIsWholeAndEndsOnce()
        {
            Turn turn = conversation.Say("Count!");
            int ends = 0;
            conversation.Ended += ended => ends++;
            server.Send("[35,seq,1,1]");
            string whole = string.Empty;
            for (int i = 0; i < 20; i++)
            {
                server.Send("[36,seq,1,\"" + i + " \",1]");
                whole += i + " ";
                UpdateUntil(() => turn.Text.ToString() == whole);
                server.Transport.Break();
                int before = server.ConnectionCount;
                UpdateUntil(() => server.ConnectionCount > before && session.State == SessionState.Connected);
            }

            server.Send("[39,seq,1,\"stop\",{}]");
            UpdateUntil(() => turn.IsEnded);
            Assert.That(turn.Text.ToString(), Is.EqualTo(whole));
            Assert.That(ends, Is.EqualTo(1));
            Assert.That(session.LastError, Is.Null);
        }

        [Test]
        public void RunAsyncConnectsAgainByItself()
        {
            server.Options.Clock = MonotonicClock.Now;
            session.Dispose();
            session = Waiting.For(() => Session.ConnectAsync(server.Options));
            int resumed = 0;
            session.Reconnected += goesOn => resumed += goesOn ? 1 : 0;
            Task running = session.RunAsync();
            for (int i = 1; i <= 3; i++)
            {
                server.Transport.Break();
                Waiting.Until(() => Volatile.Read(ref resumed) == i, "it's connected again");
            }

            Waiting.For(() => session.CloseAsync());
            Waiting.For(() => running);
        }

        [Test]
        public void RunAsyncEndsWithWhyTheSessionGaveUp()
        {
            server.Refusal = "[40,0,null,\"unauthorized\",\"The token isn't known.\",null]";
            Task running = session.RunAsync();
            server.Transport.Break();
            var error = (FaultException)Waiting.Failure(() => running);
            Assert.That(error.Code, Is.EqualTo(FaultCode.Unauthorized));
        }

        [Test]
        public void WaitingForATurnConnectsAgainByItself()
        {
            Turn turn = conversation.Say("Hello");
            server.Send("[35,seq,1,1]");
            Task<TurnEnd> waiting = turn.WaitAsync();
            server.Transport.Break();
            Waiting.Until(() => server.ConnectionCount == 2 && session.State == SessionState.Connected, "it's connected again");
            server.Send("[39,seq,1,\"stop\",{}]");
            Assert.That(Waiting.For(() => waiting).Reason, Is.EqualTo(EndReason.Stop));
        }

        [Test]
        public void DisposeAgainstAnAttempt()
        {
            EndAgainstAnAttempt(ending => ending.Dispose(), transport => transport.IsDisposed);
        }

        [Test]
        public void CloseAgainstAnAttempt()
        {
            EndAgainstAnAttempt(ending => Waiting.For(() => ending.CloseAsync()), transport => transport.IsDisposed);
        }

        [Test]
        public void UpdateFromTwoThreadsMakesOneConnectionAtATime()
        {
            Func<Task> update = () => Task.Run(() =>
            {
                while (session.State != SessionState.Closed)
                {
                    session.Update();
                }
            });
            Task both = Task.WhenAll(update(), update());
            for (int i = 2; i <= 20; i++)
            {
                server.Transport.Break();
                Waiting.Until(() => server.ConnectionCount == i && session.State == SessionState.Connected, "it's connected again");
            }

            session.Dispose();
            Waiting.For(() => both);
            Assert.That(server.ConnectionCount, Is.EqualTo(20));
            Assert.That(session.LastError, Is.Null);
        }

        [Test]
        public void SayAgainstTheLoss()
        {
            Task saying = Task.Run(() =>
            {
                for (int i = 0; i < 200; i++)
                {
                    conversation.Say("word");
                }
            });
            for (int i = 0; i < 10; i++)
            {
                server.Transport.Break();
                int before = server.ConnectionCount;
                UpdateUntil(() => server.ConnectionCount > before && session.State == SessionState.Connected);
            }

            Waiting.For(() => saying);
            string sentYet = string.Empty;
            UpdateUntil(() => (sentYet += server.TakeSent()).EndsWith("[3,1,200,\"word\",[]]", StringComparison.Ordinal));
            server.Transport.Break();
            UpdateUntil(() => server.SentCount == 201);
            string[] sent = server.TakeSent().Split('\n');
            for (int i = 1; i <= 200; i++)
            {
                Assert.That(sent[i], Is.EqualTo("[3,1," + i + ",\"word\",[]]"), "All of it, in order, behind hello.");
            }
        }

        [Test]
        public void AnAttemptRunsNothingOnTheThreadOfUpdateButItsBeginning()
        {
            int updates = Thread.CurrentThread.ManagedThreadId;
            int creates = 0;
            server.Prepare = transport => creates = Thread.CurrentThread.ManagedThreadId;
            server.Transport.Break();
            UpdateUntil(() => server.ConnectionCount == 2 && session.State == SessionState.Connected);
            Assert.That(creates, Is.EqualTo(updates), "As the documentation has it: SessionOptions.CreateTransport.");
            Assert.That(server.Transport.ConnectingThread, Is.Not.EqualTo(updates), "Resolving a name may take seconds.");
        }

        private void EndAgainstAnAttempt(Action<Session> end, Func<FakeTransport, bool> isGone)
        {
            for (int i = 0; i < 40; i++)
            {
                var other = new FakeServer(true) { Resumes = true };
                Session soon = Waiting.For(() => Session.ConnectAsync(other.Options));
                other.Transport.AnswersClose = false;
                Task updating = Task.Run(() =>
                {
                    while (soon.State != SessionState.Closed)
                    {
                        soon.Update();
                    }
                });
                other.Transport.Break();
                if (i % 4 != 0)
                {
                    Waiting.Until(() => other.ConnectionCount > 1, "an attempt has begun");
                }

                if (i % 4 == 2)
                {
                    Thread.Sleep(1);
                }

                end(soon);
                Waiting.For(() => updating);
                Assert.That(soon.State, Is.EqualTo(SessionState.Closed));
                Waiting.Until(() => isGone(other.Transport), "nothing is left");
            }
        }

        private void UpdateUntil(Func<bool> holds)
        {
            Waiting.Until(
                () =>
                {
                    session.Update();
                    return holds();
                },
                "what Update brings");
        }
    }
}
