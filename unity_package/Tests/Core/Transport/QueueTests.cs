using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using Loquent.Core.Transport;
using Loquent.Core.Wire;
using NUnit.Framework;

namespace Loquent.Core.Tests.Transport
{
    /// <summary>The bounded queues, each by itself.</summary>
    [TestFixture]
    public sealed class QueueTests : ContextlessTest
    {
        [Test]
        public void TheInboxHasRoomUntilItsCountOrItsBytesAreReached()
        {
            var byCount = new Inbox(2, 1000, 100, true);
            Assert.That(byCount.RoomAsync().IsCompleted, Is.True);
            byCount.Add(Filled(byCount, 1));
            Assert.That(byCount.RoomAsync().IsCompleted, Is.True);
            byCount.Add(Filled(byCount, 1));
            Task room = byCount.RoomAsync();
            Assert.That(room.IsCompleted, Is.False);
            byCount.TryTake(out Message first);
            Waiting.For(() => room);
            byCount.Return(first);
            Assert.That(byCount.Rent(), Is.SameAs(first), "Messages are used again.");

            var byBytes = new Inbox(100, 10, 100, true);
            byBytes.Add(Filled(byBytes, 10));
            Assert.That(byBytes.RoomAsync().IsCompleted, Is.False);
        }

        [Test]
        public void SmallMessagesThatWaitArePutTogetherInOrder()
        {
            var inbox = new Inbox(4096, 1000000, 100000, true);
            var decoder = new FrameDecoder(FrameGrammar.FromServer);
            for (byte i = 0; i < 100; i++)
            {
                Message message = inbox.Rent();
                message.ArrivedAt = 1000 + i;
                message.Buffer.Append(new byte[] { 0x92, 0x29, i }, 0, 3);
                message.Decode(decoder);
                inbox.Add(message);
            }

            for (long i = 0; i < 100; i++)
            {
                Assert.That(inbox.TryNext(out FrameKind kind, out MsgPackReader fields, out long arrivedAt), Is.True);
                Assert.That(kind, Is.EqualTo(FrameKind.Goaway));
                Assert.That(fields.ReadUnsigned(), Is.EqualTo(i));
                Assert.That(arrivedAt, Is.EqualTo(1000), "All of them are one message, as old as its first part.");
            }

            Assert.That(inbox.TryNext(out _, out _, out _), Is.False);
            Assert.That(inbox.RoomAsync().IsCompleted, Is.True);
        }

        [Test]
        public void TheInboxWakesWhoWaitsAndMissesNothing()
        {
            var inbox = new Inbox(4, 1000, 100, true);
            Task arrival = inbox.ArrivalAsync();
            Assert.That(arrival.IsCompleted, Is.False);
            inbox.Add(Filled(inbox, 1));
            Waiting.For(() => arrival);
            Assert.That(inbox.ArrivalAsync().IsCompleted, Is.True, "It's there already.");
        }

        [Test]
        public void AnInboxThatIsOverWakesEverybodyAndTakesNothingMore()
        {
            var inbox = new Inbox(1, 1000, 100, true);
            inbox.Add(Filled(inbox, 1));
            Task room = inbox.RoomAsync();
            inbox.Complete();
            Waiting.For(() => room);
            inbox.Add(Filled(inbox, 1));
            Assert.That(inbox.TryTake(out _), Is.True, "What came before counts.");
            Assert.That(inbox.TryTake(out _), Is.False);
            Assert.That(inbox.ArrivalAsync().IsCompleted, Is.True);
        }

        [Test]
        public void TheOutboxGivesWholeFramesAsFarAsTheServerTakesThem()
        {
            var outbox = new Outbox(1000) { MaxMessageBytes = 25 };
            foreach (int size in new[] { 10, 10, 10, 40, 5 })
            {
                Assert.That(outbox.TryAdd(new byte[size], size, true), Is.True);
            }

            var into = new byte[1];
            Assert.That(outbox.Take(ref into), Is.EqualTo(20));
            Assert.That(outbox.Take(ref into), Is.EqualTo(10));
            Assert.That(outbox.Take(ref into), Is.EqualTo(40), "One frame goes in any case.");
            Assert.That(outbox.Take(ref into), Is.EqualTo(5));
            Assert.That(outbox.Take(ref into), Is.EqualTo(0));
        }

        [Test]
        public void TheOutboxKeepsEveryByteInOrderThroughGrowthAndReuse()
        {
            var outbox = new Outbox(int.MaxValue);
            var random = new Random(11);
            var into = new byte[1];
            byte next = 0;
            byte expected = 0;
            for (int round = 0; round < 2000; round++)
            {
                var frame = new byte[random.Next(1, round % 100 == 0 ? 300000 : 200)];
                for (int i = 0; i < frame.Length; i++)
                {
                    frame[i] = next++;
                }

                outbox.TryAdd(frame, frame.Length, false);
                if (random.Next(3) == 0)
                {
                    int count = outbox.Take(ref into);
                    for (int i = 0; i < count; i++)
                    {
                        if (into[i] != expected++)
                        {
                            Assert.Fail("Round " + round + ", byte " + i);
                        }
                    }
                }
            }
        }

        [Test]
        public void AFullOutboxRefusesWhatMayBeRefusedAndNothingElse()
        {
            var outbox = new Outbox(10);
            Assert.That(outbox.TryAdd(new byte[30], 30, true), Is.True, "A single frame may be larger.");
            Assert.That(outbox.TryAdd(new byte[1], 1, true), Is.False);
            Assert.That(outbox.TryAdd(new byte[3], 3, false), Is.True);
            Assert.That(outbox.WaitingBytes, Is.EqualTo(33));
        }

        [Test]
        public void TheCloseComesOnceAndBehindAllFrames()
        {
            var outbox = new Outbox(100);
            outbox.TryAdd(new byte[3], 3, true);
            outbox.Close(1000, "first");
            outbox.Close(1002, "second");
            Assert.That(outbox.TryTakeClose(), Is.False);
            outbox.TryAdd(new byte[5], 5, true);
            var into = new byte[1];
            Assert.That(outbox.Take(ref into), Is.EqualTo(3), "What comes behind the close goes nowhere.");
            Assert.That(outbox.TryTakeClose(), Is.True);
            Assert.That(outbox.CloseCode + outbox.CloseReason, Is.EqualTo("1000first"));
            Assert.That(outbox.TryTakeClose(), Is.False);
            Assert.That(outbox.HasWork, Is.False);
        }

        [Test]
        public void TheSenderWakesForAFrameForTheCloseAndForTheEnd()
        {
            var outbox = new Outbox(100);
            Func<Task<bool>> wait = () => Task.Run(() => outbox.WaitForWork());
            Task<bool> work = wait();
            Thread.Sleep(10);
            Assert.That(work.IsCompleted, Is.False);
            outbox.TryAdd(new byte[1], 1, true);
            Assert.That(Waiting.For(() => work), Is.True);
            var into = new byte[1];
            outbox.Take(ref into);
            work = wait();
            outbox.Close(1000, string.Empty);
            Assert.That(Waiting.For(() => work), Is.True);
            outbox.TryTakeClose();
            work = wait();
            outbox.Complete();
            Assert.That(Waiting.For(() => work), Is.False);
        }

        [Test]
        public void AReceiveBufferGrowsUpToItsLimitAndLetsALargeArrayGo()
        {
            var buffer = new ReceiveBuffer(200000);
            buffer.Append(new byte[200000], 0, 200000);
            Assert.That(buffer.Count, Is.EqualTo(200000));
            Assert.Throws<ProtocolException>(() => buffer.Reserve());
            Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(1));
            buffer.Reset();
            Assert.That(buffer.Bytes.Length, Is.LessThanOrEqualTo(ReceiveBuffer.KeptBytes));
            Assert.Throws<ArgumentOutOfRangeException>(() => new ReceiveBuffer(0));
        }

        private static Message Filled(Inbox inbox, int bytes)
        {
            Message message = inbox.Rent();
            message.Buffer.Append(new byte[bytes], 0, bytes);
            message.Decode(new FrameDecoder(FrameGrammar.FromServer));
            return message;
        }
    }
}
