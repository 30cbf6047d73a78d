using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>Races, each by its name, over a transport with real threads behind it.</summary>
    [TestFixture]
    public sealed class RaceTests : ContextlessTest
    {
        private FakeServer server;
        private Session session;

        [SetUp]
        public void Connect()
        {
            server = new FakeServer(true);
            session = Waiting.For(() => Session.ConnectAsync(server.Options));
        }

        [TearDown]
        public void Dispose()
        {
            session.Dispose();
        }

        [Test]
        public void CancelAgainstEnd()
        {
            Conversation conversation = Open();
            for (uint i = 1; i <= 200; i++)
            {
                Turn turn = conversation.Say("Hello");
                int ends = 0;
                Action<Turn> count = ended => ends++;
                conversation.Ended += count;
                server.Send("[35,seq,1," + i + "]", "[36,seq," + i + ",\"x\",1]");
                Task cancelling = Task.Run(() => turn.Cancel(0));
                server.Send("[36,seq," + i + ",\"y\",1]", "[39,seq," + i + ",\"stop\",{}]");
                UpdateUntil(() => turn.IsEnded);
                Waiting.For(() => cancelling);
                session.Update();
                conversation.Ended -= count;
                Assert.That(ends, Is.EqualTo(1));
                Assert.That("xy".StartsWith(turn.Text.ToString()), Is.True);
            }
        }

        [Test]
        public void DisposeDuringReceive()
        {
            for (int i = 0; i < 30; i++)
            {
                var other = new FakeServer(true);
                Session soon = Waiting.For(() => Session.ConnectAsync(other.Options));
                Task delivering = Task.Run(() =>
                {
                    for (int message = 0; message < 50; message++)
                    {
                        other.Send("[40,seq,null,\"busy\",\"Nearly full.\",null]");
                    }
                });
                Task updating = Task.Run(() =>
                {
                    while (soon.State == SessionState.Connected)
                    {
                        soon.Update(1);
                    }
                });
                soon.Dispose();
                Waiting.For(() => Task.WhenAll(delivering, updating));
                Assert.That(other.Transport.IsDisposed, Is.True);
                Assert.That(soon.LastError, Is.Null);
            }
        }

        [Test]
        public void DisposeDuringSend()
        {
            Conversation conversation = Open();
            var sending = new TaskCompletionSource<bool>();
            int begun = 0;
            server.Transport.Sending = () =>
            {
                Interlocked.Increment(ref begun);
                return sending.Task;
            };
            Turn turn = conversation.Say("stuck");
            Waiting.Until(() => begun == 1, "the send is under way");
            session.Dispose();
            Assert.That(turn.End.Error, Is.InstanceOf<SessionClosedException>());
            sending.SetResult(true);
            Assert.That(server.SentCount, Is.EqualTo(0));
        }

        [Test]
        public void CloseDuringConnect()
        {
            var connecting = new TaskCompletionSource<bool>();
            var other = new FakeServer(true) { Prepare = transport => transport.Connecting = connecting.Task };
            var cancellation = new CancellationTokenSource();
            Task<Session> attempt = Task.Run(() => Session.ConnectAsync(other.Options, cancellation.Token));
            Waiting.Until(() => other.Transport != null, "the attempt has begun");
            cancellation.Cancel();
            Assert.That(Waiting.Failure(() => attempt), Is.InstanceOf<OperationCanceledException>());
            connecting.SetResult(true);
            Assert.That(other.Transport.IsDisposed, Is.True);
        }

        [Test]
        public void EndingAnAttemptRunsNothingOfItOnTheThreadThatEndsIt()
        {
            int here = Thread.CurrentThread.ManagedThreadId;
            int there = here;
            var other = new FakeServer(true) { Welcomes = false };
            var cancellation = new CancellationTokenSource();
            Task<Session> attempt = Task.Run(() => Session.ConnectAsync(other.Options, cancellation.Token));
            Task noting = attempt.ContinueWith(
                done => there = Thread.CurrentThread.ManagedThreadId, TaskContinuationOptions.ExecuteSynchronously);
            Waiting.Until(() => other.SentCount == 1, "hello has been sent");
            Thread.Sleep(50);
            cancellation.Cancel();
            Waiting.For(() => noting);
            Assert.That(attempt.IsCanceled, Is.True);
            Assert.That(there, Is.Not.EqualTo(here));
        }

        [Test]
        public void AnOpeningThatIsAnsweredBeforeItsTokenIsWatchedLeavesNothingThere()
        {
            using (var cancellation = new CancellationTokenSource())
            {
                int called = 0;
                var opening = new Opening(1, "innkeeper", null);
                opening.Succeed(null);
                opening.WatchFor(cancellation.Token, cancelled => called++);
                cancellation.Cancel();
                Assert.That(called, Is.EqualTo(0));
            }
        }

        [Test]
        public void CloseAgainstAServerThatNeverAnswersIt()
        {
            server.Transport.AnswersClose = false;
            Waiting.For(() => session.CloseAsync());
            Assert.That(server.Transport.IsDisposed, Is.True);
        }

        [Test]
        public void CloseAgainstASendThatNeverEnds()
        {
            server.Transport.Sending = () => new TaskCompletionSource<bool>().Task;
            Waiting.For(() => session.CloseAsync());
            Assert.That(server.Transport.IsDisposed, Is.True);
        }

        [Test]
        public void SendsFromManyThreadsAreOneAfterTheOtherAndComplete()
        {
            Conversation conversation = Open();
            server.Transport.Sending = () => Task.Delay(1);
            var threads = new List<Task>();
            for (int i = 0; i < 8; i++)
            {
                threads.Add(Task.Run(() =>
                {
                    for (int say = 0; say < 50; say++)
                    {
                        conversation.Say("x");
                    }
                }));
            }

            Waiting.For(() => Task.WhenAll(threads));
            Waiting.Until(() => server.SentCount == 400, "all has been sent");
            Assert.That(server.Transport.MostSendsAtOnce, Is.EqualTo(1));
            string[] sent = server.TakeSent().Split('\n');
            for (int i = 0; i < sent.Length; i++)
            {
                Assert.That(sent[i], Is.EqualTo("[3,1," + (i + 1) + ",\"x\",[]]"), "Turn numbers grow on the wire.");
            }
        }

        [Test]
        public void UpdateFromTwoThreadsRaisesEachEventOnceAndInOrder()
        {
            Conversation conversation = Open();
            Turn turn = conversation.Say("Hello");
            var heard = new List<string>();
            conversation.TextReceived += (speaking, start, count) => heard.Add(speaking.Text.ToString(start, count));
            Func<Task> update = () => Task.Run(() =>
            {
                while (!turn.IsEnded)
                {
                    session.Update(1);
                }
            });
            Task both = Task.WhenAll(update(), update());
            server.Send("[35,seq,1,1]");
            for (int i = 0; i < 500; i++)
            {
                server.Send("[36,seq,1,\"" + i + " \",1]");
            }

            server.Send("[39,seq,1,\"stop\",{}]");
            Waiting.For(() => both);
            for (int i = 0; i < 500; i++)
            {
                Assert.That(heard[i], Is.EqualTo(i + " "));
            }
        }

        [Test]
        public void TwoTurnsWaitedForAtOncePumpTogether()
        {
            Conversation one = Open();
            Conversation two = Open(2);
            Task<TurnEnd[]> both = Task.Run(() => Task.WhenAll(one.Say("a").WaitAsync(), two.Say("b").WaitAsync()));
            Waiting.Until(() => server.SentCount >= 2, "both have been said");
            server.Send("[35,seq,1,1]", "[35,seq,2,2]", "[36,seq,2,\"x\",1]", "[36,seq,1,\"y\",1]");
            server.Send("[39,seq,2,\"stop\",{}]");
            server.Send("[39,seq,1,\"length\",{}]");
            TurnEnd[] ends = Waiting.For(() => both);
            Assert.That(ends[0].Reason, Is.EqualTo(EndReason.Length));
            Assert.That(ends[1].Reason, Is.EqualTo(EndReason.Stop));
        }

        [Test]
        public void EndingTheWaitForATurnLeavesTheTurnRunning()
        {
            Turn turn = Open().Say("Hello");
            var cancellation = new CancellationTokenSource(30);
            Assert.That(Waiting.Failure(() => turn.WaitAsync(cancellation.Token)), Is.InstanceOf<OperationCanceledException>());
            Assert.That(turn.IsEnded, Is.False);
        }

        [Test]
        public void RunningEndsWithTheSessionOrItsConnection()
        {
            Task running = session.RunAsync();
            Thread.Sleep(20);
            session.Dispose();
            Waiting.For(() => running);

            server.Options.Reconnect = null;
            server.Options.Resume = false;
            session = Waiting.For(() => Session.ConnectAsync(server.Options));
            running = session.RunAsync();
            server.Transport.Break();
            Assert.That(Waiting.Failure(() => running), Is.InstanceOf<ConnectionLostException>());
        }

        [Test]
        public void RunningCompletesOpeningAndAcknowledgesWithoutFrames()
        {
            server.Options.Clock = MonotonicClock.Now;
            session.Dispose();
            session = Waiting.For(() => Session.ConnectAsync(server.Options));
            server.TakeSent();
            var cancellation = new CancellationTokenSource();
            Task running = session.RunAsync(cancellation.Token);
            Task<Conversation> opening = session.OpenAsync("innkeeper");
            Waiting.Until(() => server.SentCount == 1, "open has been sent");
            server.Send("[34,seq,1,\"Marta\",[],[]]");
            Assert.That(Waiting.For(() => opening).Name, Is.EqualTo("Marta"));
            Waiting.Until(() => server.SentCount == 2, "an ack has been sent");
            Assert.That(server.TakeSent().EndsWith("[6,1]"), Is.True);
            cancellation.Cancel();
            Assert.That(Waiting.Failure(() => running), Is.InstanceOf<OperationCanceledException>());
        }

        private Conversation Open(uint number = 1)
        {
            Task<Conversation> opening = session.OpenAsync("innkeeper");
            server.Send("[34,seq," + number + ",\"Marta\",[],[]]");
            UpdateUntil(() => opening.IsCompleted);
            Waiting.Until(() => server.SentCount > 0, "the open has been sent");
            server.TakeSent();
            return opening.Result;
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
