using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using Loquent.Core.Transport;
using NUnit.Framework;

namespace Loquent.Core.Tests.Transport
{
    /// <summary>The transport over real sockets on the loopback.</summary>
    [TestFixture]
    public sealed class ClientWebSocketTransportTests : ContextlessTest
    {
        private LoopbackServer server;
        private ClientWebSocketTransport transport;

        [SetUp]
        public void Listen()
        {
            server = new LoopbackServer();
            transport = new ClientWebSocketTransport(
                server.Address, new Dictionary<string, string> { { "Authorization", "Bearer s3cret" } }, TimeSpan.Zero);
        }

        [TearDown]
        public void LetGo()
        {
            transport.Dispose();
            server.Dispose();
        }

        [Test]
        public void TheHandshakeAsksForTheSubprotocolWithTheHeadersAndWithoutExtensions()
        {
            Connect();
            Assert.That(server.Request.Contains("Sec-WebSocket-Protocol: loquent.v1"), Is.True, server.Request);
            Assert.That(server.Request.Contains("Authorization: Bearer s3cret"), Is.True, server.Request);
            Assert.That(server.Request.Contains("Extensions"), Is.False, server.Request);
        }

        [Test]
        public void MessagesComeWholeHoweverTheyAreCut()
        {
            Connect();
            var large = new byte[50000];
            new Random(5).NextBytes(large);
            Waiting.For(() => server.WriteAsync(2, new byte[] { 1, 2 }, false));
            Waiting.For(() => server.WriteAsync(0, new byte[] { 3 }, false));
            Waiting.For(() => server.WriteAsync(0, new byte[0]));
            Waiting.For(() => server.WriteAsync(2, large));
            Waiting.For(() => server.WriteAsync(1, new byte[] { 104, 105 }));
            var buffer = new ReceiveBuffer(100000);
            Assert.That(Waiting.For(() => transport.ReceiveAsync(buffer)), Is.EqualTo(Received.Binary));
            Assert.That(Content(buffer), Is.EqualTo(new byte[] { 1, 2, 3 }));
            buffer.Reset();
            Assert.That(Waiting.For(() => transport.ReceiveAsync(buffer)), Is.EqualTo(Received.Binary));
            Assert.That(Content(buffer), Is.EqualTo(large));
            buffer.Reset();
            Assert.That(Waiting.For(() => transport.ReceiveAsync(buffer)), Is.EqualTo(Received.Text));
        }

        [Test]
        public void WhatIsSentArrivesAsOneBinaryMessage()
        {
            Connect();
            Waiting.For(() => transport.SendAsync(new byte[] { 9, 1, 2, 3, 9 }, 1, 3));
            KeyValuePair<int, byte[]> frame = Waiting.For(() => server.ReadAsync());
            Assert.That(frame.Key, Is.EqualTo(2));
            Assert.That(frame.Value, Is.EqualTo(new byte[] { 1, 2, 3 }));
        }

        [Test]
        public void ThePeersCloseComesWithItsCode()
        {
            Connect();
            Waiting.For(() => server.WriteAsync(8, new byte[] { 0x03, 0xf0, 98, 121, 101 }));
            Assert.That(Waiting.For(() => transport.ReceiveAsync(new ReceiveBuffer(10))), Is.EqualTo(Received.Close));
            Assert.That(transport.CloseCode, Is.EqualTo(1008));
            Assert.That(transport.CloseReason, Is.EqualTo("bye"));
            Waiting.For(() => transport.CloseAsync(1000, string.Empty));
            Assert.That(Waiting.For(() => server.ReadAsync()).Key, Is.EqualTo(8));
        }

        [Test]
        public void AMessageLargerThanTheBufferMayGetIsRefused()
        {
            Connect();
            Waiting.For(() => server.WriteAsync(2, new byte[101]));
            Assert.That(Waiting.Failure(() => transport.ReceiveAsync(new ReceiveBuffer(100))), Is.InstanceOf<ProtocolException>());
        }

        [Test]
        public void ABrokenConnectionIsToldAndNotSwallowed()
        {
            Connect();
            Task<Received> receiving = Task.Run(() => transport.ReceiveAsync(new ReceiveBuffer(10)));
            server.Reset();
            var error = (ConnectionLostException)Waiting.Failure(() => receiving);
            Assert.That(error.Message.StartsWith("The connection to " + server.Address.OriginalString + " broke: "), Is.True, error.Message);
        }

        [Test]
        public void DisposeDuringReceiveEndsItAndLetsGoOfTheSocket()
        {
            Connect();
            Task<Received> receiving = Task.Run(() => transport.ReceiveAsync(new ReceiveBuffer(10)));
            Thread.Sleep(20);
            transport.Dispose();
            Assert.That(Waiting.Failure(() => receiving), Is.InstanceOf<ConnectionLostException>());
            Assert.That(Waiting.For(() => server.IsLetGoAsync()), Is.True);
        }

        [Test]
        public void AServerOfAnotherSubprotocolIsRefused()
        {
            Task connecting = Task.Run(() => transport.ConnectAsync(CancellationToken.None));
            Waiting.For(() => server.AcceptAsync());
            Waiting.For(() => server.OpenAsync(null));
            Exception error = Waiting.Failure(() => connecting);
            Assert.That(error, Is.InstanceOf<SubprotocolException>());
            Assert.That(error.Message.Contains("doesn't speak loquent.v1"), Is.True, error.Message);
        }

        [TestCase("401 Unauthorized")]
        [TestCase("404 Not Found")]
        [TestCase("200 OK")]
        public void AnAnswerThatOpensNoWebSocketIsToldApartFromNoAnswer(string status)
        {
            Task connecting = Task.Run(() => transport.ConnectAsync(CancellationToken.None));
            Waiting.For(() => server.AcceptAsync());
            Waiting.For(() => server.AnswerAsync("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"));
            var error = (UnreachableException)Waiting.Failure(() => connecting);
            Assert.That(error.Message.Contains("didn't open a WebSocket"), Is.True, error.Message);
            Assert.That(error.IsTransient, Is.EqualTo(error.StatusCode != 401), "Where the platform doesn't tell the status, it may pass.");
        }

        [Test]
        public void AConnectionThatBreaksInTheHandshakeMayPass()
        {
            Task connecting = Task.Run(() => transport.ConnectAsync(CancellationToken.None));
            Waiting.For(() => server.AcceptAsync());
            server.Reset();
            var error = (UnreachableException)Waiting.Failure(() => connecting);
            Assert.That(error.IsTransient, Is.True);
        }

        [TestCase(1001)]
        [TestCase(1002)]
        [TestCase(1007)]
        [TestCase(1009)]
        [TestCase(1011)]
        [TestCase(1013)]
        [TestCase(4000)]
        public void EveryCodeThatThisSideMayCloseWithArrives(int code)
        {
            Connect();
            Waiting.For(() => transport.CloseAsync(CloseCode.AnswerTo(code), string.Empty));
            byte[] payload = Waiting.For(() => server.ReadAsync()).Value;
            Assert.That((payload[0] << 8) | payload[1], Is.EqualTo(code));
        }

        [Test]
        public void NoServerIsToldWithWhatToDo()
        {
            server.Dispose();
            var error = (UnreachableException)Waiting.Failure(() => transport.ConnectAsync(CancellationToken.None));
            string start = "Can't reach " + server.Address.OriginalString + ": is the server running? Start it with `make serve`.";
            Assert.That(error.Message.StartsWith(start), Is.True, error.Message);
        }

        [Test]
        public void CancelDuringAHandshakeThatIsNeverAnsweredEndsTheAttemptAtOnce()
        {
            var cancellation = new CancellationTokenSource();
            Task connecting = Task.Run(() => transport.ConnectAsync(cancellation.Token));
            Waiting.For(() => server.AcceptAsync());
            cancellation.Cancel();
            Assert.That(Waiting.Failure(() => connecting), Is.InstanceOf<OperationCanceledException>());
        }

        [TestCase("http://127.0.0.1:8765")]
        [TestCase("127.0.0.1")]
        public void AnAddressMustBeAWebSockets(string address)
        {
            Assert.Throws<ArgumentException>(
                () => new ClientWebSocketTransport(new Uri(address, UriKind.RelativeOrAbsolute), null, TimeSpan.Zero));
            Assert.Throws<ArgumentNullException>(() => new ClientWebSocketTransport(null, null, TimeSpan.Zero));
        }

        private static byte[] Content(ReceiveBuffer buffer)
        {
            var content = new byte[buffer.Count];
            Buffer.BlockCopy(buffer.Bytes, 0, content, 0, content.Length);
            return content;
        }

        private void Connect()
        {
            Task connecting = Task.Run(() => transport.ConnectAsync(CancellationToken.None));
            Waiting.For(() => server.AcceptAsync());
            Waiting.For(() => server.OpenAsync());
            Waiting.For(() => connecting);
        }
    }
}
