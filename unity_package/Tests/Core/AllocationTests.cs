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
            MethodInfo counter = typeof(GC).GetMethod("GetAllocatedBytesForCurrentThread", Type.EmptyTypes);
            if (counter == null)
            {
                Assert.Ignore("This runtime doesn't count a thread's allocations; Unity's profiler does.");
            }

            var allocated = (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), counter);
            long nothing = allocated();
            GC.KeepAlive(new byte[100000]);
            Assert.That(allocated() - nothing, Is.GreaterThan(0), "The counter counts.");
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

            return turns;
        }
    }
}
