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
    /// <summary>A connection's two halves, and that nothing of them is left, whatever ends it.</summary>
    [TestFixture]
    public sealed class ConnectionTests : ContextlessTest
    {
        private FakeServer server;
        private FakeTransport transport;
        private Connection connection;

        [SetUp]
        public void Connect()
        {
            transport = new FakeTransport(true);
            server = new FakeServer();
            server.Options.InboxMessages = 64;
            connection = new Connection(transport, server.Options);
            Waiting.For(() => connection.ConnectAsync(CancellationToken.None));
        }

        [TearDown]
        public void Dispose()
        {
            connection.Dispose();
        }

        [Test]
        public void DisposeLeavesNoLoopAndNoThread()
        {
            connection.Dispose();
            Waiting.For(() => connection.Gone);
            Assert.That(connection.IsOver, Is.True);
            Assert.That(connection.Failure, Is.InstanceOf<SessionClosedException>());
        }

        [Test]
        public void ThePeersCloseIsAnsweredAndLeavesNothing()
        {
            transport.AnswersClose = false;
            transport.CloseByPeer(1001, "restart");
            Waiting.For(() => connection.Gone);
            Waiting.Until(() => transport.IsDisposed, "the transport is disposed");
            Assert.That(transport.ClosedWith, Is.EqualTo(1001), "By the peer's own code: 1000 would say that the program is done.");
            Assert.That(((ConnectionLostException)connection.Failure).CloseCode, Is.EqualTo(1001));
        }

        [Test]
        public void AFailedReceiveEndsTheSenderToo()
        {
            transport.Break();
            Waiting.For(() => connection.Gone);
            Assert.That(connection.Failure.Message, Is.EqualTo("The test broke the connection."));
        }

        [Test]
        public void AFailedSendLeavesTheReceiverTheTimeToHearWhy()
        {
            transport.Sending = () => throw new InvalidOperationException("the pipe is broken");
            Send();
            Thread.Sleep(50);
            transport.Sending = () => Task.CompletedTask;
            Assert.That(connection.IsOver, Is.False);
            transport.CloseByPeer(1008, "slow_reader");
            Waiting.For(() => connection.Gone);
            Assert.That(connection.Failure.Message.Contains("1008: slow_reader"), Is.True, connection.Failure.Message);
        }

        [Test]
        public void AFailedSendThatNothingExplainsIsTheFailureItself()
        {
            transport.Sending = () => throw new InvalidOperationException("the pipe is broken");
            Send();
            Waiting.For(() => connection.Gone);
            Assert.That(connection.Failure, Is.InstanceOf<ConnectionLostException>());
            Assert.That(connection.Failure.Message.Contains("the pipe is broken"), Is.True, connection.Failure.Message);
        }

        [Test]
        public void ATransportThatThrowsWhatItMayNotIsALostConnection()
        {
            transport.Break(new FormatException("of the test"));
            Waiting.For(() => connection.Gone);
            Assert.That(connection.Failure, Is.InstanceOf<ConnectionLostException>());
            Assert.That(connection.Failure.InnerException, Is.InstanceOf<FormatException>());
        }

        [Test]
        public void APartOfAMessageIsHeardToo()
        {
            Waiting.Until(() => connection.IsListening, "it listens");
            server.Now = 5000;
            Assert.That(connection.LastHeard, Is.EqualTo(1000));
            transport.DeliverPart(new byte[] { 0x92 });
            Assert.That(connection.LastHeard, Is.EqualTo(5000), "A large message over a slow link isn't silence.");
        }

        [Test]
        public void AFullInboxIsNoSilence()
        {
            Assert.That(connection.IsListening, Is.True);
            byte[] goaway = { 0x92, 0x29, 0x01 };
            for (int i = 0; i < 100; i++)
            {
                transport.Deliver(goaway);
            }

            Waiting.Until(() => !connection.IsListening, "the inbox is full");
            int frames = 0;
            Waiting.Until(
                () =>
                {
                    while (connection.Inbox.TryNext(out _, out _, out _))
                    {
                        frames++;
                    }

                    return frames == 100;
                },
                "every frame is there");
            Waiting.Until(() => connection.IsListening, "it listens again");
        }

        [Test]
        public void ConnectingThatFailsLeavesNothing()
        {
            var failing = new FakeTransport(true) { Connecting = Task.FromException(new UnreachableException("nobody")) };
            var never = new Connection(failing, new FakeServer().Options);
            Assert.That(Waiting.Failure(() => never.ConnectAsync(CancellationToken.None)), Is.InstanceOf<UnreachableException>());
            Waiting.For(() => never.Gone);
            Assert.That(failing.IsDisposed, Is.True);
        }

        private void Send()
        {
            var writer = new MsgPackWriter();
            ClientFrames.Ack(writer, 1);
            connection.Outbox.TryAdd(writer, true);
        }
    }
}
