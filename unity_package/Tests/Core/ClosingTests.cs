using System;
using System.Diagnostics;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>Closing and disposing in every order, with a peer that doesn't help.</summary>
    [TestFixture]
    public sealed class ClosingTests : SessionTest
    {
        private Stopwatch passed;

        [SetUp]
        public void BeSlow()
        {
            Server.Options.CloseTimeout = TimeSpan.FromSeconds(15);
            Server.Prepare = transport => transport.AnswersClose = false;
            passed = Stopwatch.StartNew();
        }

        [TearDown]
        public void HaveBeenQuick()
        {
            Assert.That(passed.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        }

        [Test]
        public void DisposingWhileItClosesLetsGoAtOnce()
        {
            Connect();
            Task closing = Session.CloseAsync();
            Assert.That(Server.Transport.IsDisposed, Is.False);
            Assert.That(closing.IsCompleted, Is.False);
            Session.Dispose();
            Assert.That(Server.Transport.IsDisposed, Is.True);
            Waiting.For(() => closing);
        }

        [Test]
        public void ClosingTwiceIsClosingOnce()
        {
            Connect();
            Task closing = Session.CloseAsync();
            Assert.That(Session.CloseAsync(), Is.SameAs(closing));
            Assert.That(closing.IsCompleted, Is.False);
            Server.Transport.CloseByPeer(1000, string.Empty);
            Waiting.For(() => closing);
            Assert.That(Server.Transport.IsDisposed, Is.True);
        }

        [Test]
        public void ClosingWhatIsDisposedIsDoneSoon()
        {
            Connect();
            Session.Dispose();
            Waiting.For(() => Session.CloseAsync());
            Assert.That(Server.Transport.IsDisposed, Is.True);
        }

        [Test]
        public void ClosingWhileReconnectingEndsTheAttempt()
        {
            Connect();
            Break();
            Server.Prepare = transport => transport.Connecting = new TaskCompletionSource<bool>().Task;
            Task<bool> attempt = Session.ReconnectAsync();
            Waiting.For(() => Session.CloseAsync());
            Assert.That(attempt.IsFaulted, Is.True, "Closing waits for the attempt.");
            Assert.That(attempt.Exception.InnerException, Is.InstanceOf<SessionClosedException>());
            Assert.That(Server.Transport.IsDisposed, Is.True);
        }

        [Test]
        public void ClosingWhileWaitingForTheWelcomeClosesThatConnection()
        {
            Connect();
            Break();
            Server.Prepare = transport => { };
            Server.Welcomes = false;
            Task<bool> attempt = Session.ReconnectAsync();
            Waiting.For(() => Session.CloseAsync());
            Assert.That(Server.Transport.IsDisposed, Is.True);
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1000));
            Assert.That(Waiting.Failure(() => attempt), Is.InstanceOf<SessionClosedException>());
        }

        [Test]
        public void ClosingWithAFullInboxFindsThePeersClose()
        {
            Server.Prepare = transport => { };
            Server.Options.InboxMessages = 1;
            Connect();
            for (int i = 0; i < 5; i++)
            {
                Server.Send("[41,1]");
            }

            Waiting.For(() => Session.CloseAsync());
            Assert.That(Server.Transport.WaitingCount, Is.EqualTo(0));
        }

        [Test]
        public void DisposingWhileReconnectingLetsGoAtOnce()
        {
            Connect();
            Break();
            Server.Welcomes = false;
            Task<bool> attempt = Session.ReconnectAsync();
            Task closing = Session.CloseAsync();
            Session.Dispose();
            Assert.That(Server.Transport.IsDisposed, Is.True);
            Waiting.For(() => closing);
            Assert.That(Waiting.Failure(() => attempt), Is.InstanceOf<SessionClosedException>());
        }
    }
}
