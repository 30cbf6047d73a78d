using System;
using System.IO;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using NUnit.Framework;

namespace Loquent.Core.Tests.Transport
{
    /// <summary>What is made of what .NET's WebSocket client, on one platform or the other, says when it can't connect.</summary>
    [TestFixture]
    public sealed class HandshakeFailureTests
    {
        private const string Net = "The server returned status code '{0}' when status code '101' was expected.";

        [TestCase("401", "loquent token NAME", false)]
        [TestCase("403", "doesn't let this program in", false)]
        [TestCase("503", "Try again in a moment", true)]
        [TestCase("404", "check that address and path", true)]
        public void TheStatusSaysWhatToDo(string status, string words, bool isTransient)
        {
            UnreachableException error = Explain(new WebSocketException(string.Format(Net, status)));
            Assert.That(error.StatusCode, Is.EqualTo(int.Parse(status)));
            Assert.That(error.Message.Contains(words), Is.True, error.Message);
            Assert.That(error.IsTransient, Is.EqualTo(isTransient));
        }

        [TestCase("Unable to connect to the remote server")]
        [TestCase("status code '")]
        [TestCase("status code 'abc' isn't one")]
        public void WhereTheStatusIsNotToldItMayPass(string words)
        {
            UnreachableException error = Explain(new WebSocketException(words));
            Assert.That(error.StatusCode, Is.Null);
            Assert.That(error.Message.Contains("didn't open a WebSocket: check that address and path"), Is.True, error.Message);
            Assert.That(error.IsTransient, Is.True);
        }

        [Test]
        public void ABadCertificateDoesNotPass()
        {
            var cause = new InvalidOperationException("CERTIFICATE_VERIFY_FAILED");
            UnreachableException error = Explain(new WebSocketException("x", new AuthenticationException("see inner exception", cause)));
            Assert.That(error.Message.Contains("check its certificate"), Is.True, error.Message);
            Assert.That(error.Message.EndsWith("(CERTIFICATE_VERIFY_FAILED)"), Is.True, error.Message);
            Assert.That(error.IsTransient, Is.False);
        }

        [Test]
        public void ANetworkThatBreaksPassesAlsoInTheMiddleOfTls()
        {
            foreach (Exception cause in new Exception[]
            {
                new SocketException(10061), new IOException("Remote prematurely closed connection."),
                new AuthenticationException("x", new IOException("Connection reset by peer.")),
            })
            {
                Assert.That(Explain(new WebSocketException("x", cause)).IsTransient, Is.True);
            }
        }

        [TestCase("wss://game.example", "or wants ws:// instead of wss://")]
        [TestCase("ws://game.example", "speaks WebSocket there")]
        public void AnAddressWithTheWrongSchemeIsNamed(string address, string words)
        {
            UnreachableException error = HandshakeFailure.Explain(new WebSocketException("x", new IOException("The end.\n  at ssl.c:17")), address);
            Assert.That(error.Message.Contains(words), Is.True, error.Message);
            Assert.That(error.Message.EndsWith("(The end.)"), Is.True, error.Message);
        }

        private static UnreachableException Explain(Exception error)
        {
            return HandshakeFailure.Explain(error, "wss://game.example");
        }
    }
}
