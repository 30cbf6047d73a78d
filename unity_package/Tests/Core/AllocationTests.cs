using System;
using System.Reflection;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>What a frame costs the thread that calls Update: no garbage.</summary>
    [TestFixture]
    public sealed class AllocationTests : ContextlessTest
    {
        private const int Conversations = 16;
        private const int Rounds = 200;

        [Test]
        public void UpdateWithTextFramesAllocatesNothing()
        {
            Func<long> allocated = Counter();
            var server = new FakeServer(true);
            server.Options.TextCapacity = 64 * 1024;
            Session session = Waiting.For(() => Session.ConnectAsync(server.Options));
            Turn[] turns = Begin(session, server);
            long chars = 0;
            long processed = 0;
            turns[0].Conversation.TextReceived += (turn, start, count) => chars += count;

            long spent = -1;
            for (int round = -20; round < Rounds; round++)
            {
                var frames = new string[Conversations];
                for (int i = 0; i < Conversations; i++)
                {
                    frames[i] = "[36,seq," + turns[i].Number + ",\"Grüß Gott 👍\",3]";
                }

                server.Send(frames);
                server.Now += 16;
                long goal = processed + Conversations;
                while (processed < goal)
                {
                    long before = allocated();
                    processed += session.Update();
                    long after = allocated();
                    spent = round < 0 ? 0 : spent + after - before;
                }
            }

            session.Dispose();
            Assert.That(chars, Is.EqualTo((Rounds + 20) * 12));
            Assert.That(server.TakeSent().Contains("[6,"), Is.True, "Acknowledgements are part of it.");
            Assert.That(spent, Is.EqualTo(0));
        }

        [TestCase(false, TestName = "UpdateBetweenAttemptsToReconnectAllocatesNothing")]
        [TestCase(true, TestName = "UpdateDuringAnAttemptToReconnectAllocatesNothing")]
        public void UpdateWithoutAConnectionAllocatesNothing(bool tries)
        {
            Func<long> allocated = Counter();
            var server = new FakeServer(true) { Resumes = true, Welcomes = true, Chance = 1 };
            Session session = Waiting.For(() => Session.ConnectAsync(server.Options));
            Begin(session, server);
            server.Transport.Break();
            server.Welcomes = false;
            Waiting.Until(() => session.Update() >= 0 && session.State == SessionState.Reconnecting, "the session has noticed");
            if (tries)
            {
                server.Now += 250;
                Waiting.Until(() => session.Update() >= 0 && server.SentCount > 0, "hello has been sent");
            }

            long spent = -1;
            for (int round = -20; round < Rounds; round++)
            {
                server.Now += 1;
                long before = allocated();
                session.Update();
                long after = allocated();
                spent = round < 0 ? 0 : spent + after - before;
            }

            Assert.That(server.ConnectionCount, Is.EqualTo(tries ? 2 : 1));
            Assert.That(session.State, Is.EqualTo(SessionState.Reconnecting));
            session.Dispose();
            Assert.That(spent, Is.EqualTo(0));
        }

        private static Func<long> Counter()
        {
            MethodInfo counter = typeof(GC).GetMethod("GetAllocatedBytesForCurrentThread", Type.EmptyTypes);
            if (counter == null)
            {
                Assert.Ignore("This runtime doesn't count a thread's allocations; Unity's profiler does.");
            }

            var allocated = (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), counter);
            long nothing = allocated();
            GC.KeepAlive(new byte[100000]);
            Assert.That(allocated() - nothing, Is.GreaterThan(0), "The counter counts.");
            return allocated;
        }

        private static Turn[] Begin(Session session, FakeServer server)
        {
            var turns = new Turn[Conversations];
            for (int i = 0; i < Conversations; i++)
            {
                System.Threading.Tasks.Task<Conversation> opening = session.OpenAsync("innkeeper");
                server.Send("[34,seq," + (i + 1) + ",\"Marta\",[],[]]");
                Waiting.Until(() => session.Update() >= 0 && opening.IsCompleted, "the conversation is open");
                turns[i] = opening.Result.Say("Hello");
                server.Send("[35,seq," + (i + 1) + "," + (i + 1) + "]");
                Turn turn = turns[i];
                Waiting.Until(() => session.Update() >= 0 && turn.HasBegun, "the turn has begun");
            }

            Waiting.Until(() => server.SentCount >= 2 * Conversations + 1, "all has been sent");
            server.TakeSent();

            return turns;
        }
    }
}
