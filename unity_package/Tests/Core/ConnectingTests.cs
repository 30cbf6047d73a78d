using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>From connecting to the welcome, and all that can go wrong on the way.</summary>
    [TestFixture]
    public sealed class ConnectingTests : SessionTest
    {
        [Test]
        public void HelloSaysWhoAndTheWelcomeGivesTheLimits()
        {
            Server.LimitsJson = "{\"message_bytes\":5000,\"beat_ms\":0,\"grace_ms\":60000}";
            Server.Options.Token = "s3cret";
            Server.Options.Client = "example/1";
            Session session = Session.ConnectAsync(Server.Options).Result;
            Assert.That(Server.TakeSent(), Is.EqualTo("[1,[1],\"example/1\",\"s3cret\",null]"));
            Assert.That(session.State, Is.EqualTo(SessionState.Connected));
            Assert.That(session.Limits.MessageBytes, Is.EqualTo(5000));
            Assert.That(session.Limits.BeatMs, Is.EqualTo(0));
            Assert.That(session.Limits.GraceMs, Is.EqualTo(60000));
            Assert.That(session.Limits.Turns, Is.Null);
            session.Dispose();
        }

        [Test]
        public void ATokenForTheHeaderIsNotInHello()
        {
            Server.Options.Token = "s3cret";
            Server.Options.SendTokenAsHeader = true;
            Session.ConnectAsync(Server.Options).Result.Dispose();
            Assert.That(Server.TakeSent().Contains("s3cret"), Is.False);
        }

        [Test]
        public void FramesBehindTheWelcomeAreLeftForUpdate()
        {
            Server.Welcomes = false;
            Task<Session> connecting = Session.ConnectAsync(Server.Options);
            Server.Send("[33,1,\"s\",1,false,{}]", "[40,seq,null,\"busy\",\"Nearly full.\",null]");
            Session session = connecting.Result;
            Log.Listen(session);
            Assert.That(session.Update(), Is.EqualTo(1));
            Assert.That(Log.Take(), Is.EqualTo("fault busy"));
            session.Dispose();
        }

        [Test]
        public void AFaultInsteadOfTheWelcomeIsThrownAndNothingIsLeft()
        {
            Server.Welcomes = false;
            Task<Session> connecting = Session.ConnectAsync(Server.Options);
            Server.Send("[40,0,null,\"version\",\"This server speaks version 2; update the client.\",null]");
            var error = (FaultException)connecting.Exception.InnerException;
            Assert.That(error.Code, Is.EqualTo(FaultCode.Version));
            Waiting.Until(() => Server.Transport.IsDisposed, "the transport is disposed");
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1001), "1000 would end a session that is to be resumed.");
        }

        [Test]
        public void AServerThatClosesBeforeTheWelcomeIsALostConnectionWithItsCode()
        {
            Server.Welcomes = false;
            Task<Session> connecting = Session.ConnectAsync(Server.Options);
            Server.Transport.CloseByPeer(1008, "go away");
            var error = (ConnectionLostException)connecting.Exception.InnerException;
            Assert.That(error.CloseCode, Is.EqualTo(1008));
            Assert.That(error.Message.Contains("1008: go away"), Is.True, error.Message);
        }

        [TestCase("[33,2,\"s\",1,false,{}]", TestName = "AVersionThatWasNotOfferedIsAProtocolError")]
        [TestCase("[33,1,\"s\",2,true,{}]", TestName = "AResumeThatWasNotOfferedIsAProtocolError")]
        [TestCase("[35,1,1,1]", TestName = "AnotherFrameBeforeTheWelcomeIsAProtocolError")]
        public void AWrongAnswerIsAProtocolError(string frame)
        {
            Server.Welcomes = false;
            Task<Session> connecting = Session.ConnectAsync(Server.Options);
            Server.Send(frame);
            Assert.That(connecting.Exception.InnerException, Is.InstanceOf<ProtocolException>());
            Waiting.Until(() => Server.Transport.IsDisposed, "the transport is disposed");
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1002));
        }

        [Test]
        public void AServerThatDoesNotAnswerIsUnreachableAfterTheTimeout()
        {
            Server.Welcomes = false;
            Server.Options.ConnectTimeout = TimeSpan.FromMilliseconds(50);
            Exception error = Waiting.Failure(() => Session.ConnectAsync(Server.Options));
            Assert.That(error, Is.InstanceOf<UnreachableException>());
            Assert.That(error.Message.Contains("didn't answer within 0.05 s"), Is.True, error.Message);
        }

        [Test]
        public void EndingTheAttemptWhileConnectingThrowsAndDisposes()
        {
            var cancellation = new CancellationTokenSource();
            Server.Prepare = transport => transport.Connecting = new TaskCompletionSource<bool>().Task;
            Task<Session> connecting = Session.ConnectAsync(Server.Options, cancellation.Token);
            cancellation.Cancel();
            Assert.That(Waiting.Failure(() => connecting), Is.InstanceOf<OperationCanceledException>());
            Assert.That(Server.Transport.IsDisposed, Is.True);
        }

        [Test]
        public void EndingTheAttemptWhileWaitingForTheWelcomeThrowsAndDisposes()
        {
            var cancellation = new CancellationTokenSource();
            Server.Welcomes = false;
            Task<Session> connecting = Session.ConnectAsync(Server.Options, cancellation.Token);
            cancellation.Cancel();
            Assert.That(Waiting.Failure(() => connecting), Is.InstanceOf<OperationCanceledException>());
            Waiting.Until(() => Server.Transport.IsDisposed, "the transport is disposed");
        }

        [Test]
        public void OptionsThatCannotBeAreRefusedBeforeConnecting()
        {
            foreach (Action<SessionOptions> spoil in new Action<SessionOptions>[]
            {
                options => options.ConnectTimeout = TimeSpan.Zero,
                options => options.CloseTimeout = TimeSpan.Zero,
                options => options.KeepAlive = TimeSpan.FromSeconds(-1),
                options => options.MaxMessageBytes = 1,
                options => options.InboxMessages = 0,
                options => options.InboxBytes = 0,
                options => options.OutboxBytes = 0,
                options => options.TextCapacity = 0,
                options => options.ConnectTimeout = TimeSpan.MaxValue,
                options => options.ConnectTimeout = TimeSpan.FromTicks(1),
                options => options.CloseTimeout = TimeSpan.FromDays(25),
                options => options.KeepAlive = TimeSpan.MaxValue,
                options => options.InboxMessages = int.MaxValue,
                options => options.TextCapacity = int.MaxValue,
                options => options.Client = null,
            })
            {
                SessionOptions options = new FakeServer().Options;
                spoil(options);
                Assert.That(Session.ConnectAsync(options).Exception.InnerException, Is.InstanceOf<ArgumentException>());
            }

            Assert.Throws<ArgumentNullException>(() => new SessionOptions(null));
            Assert.Throws<ArgumentOutOfRangeException>(() => new OpenOptions().MaxTokens = 0);
            Assert.That(
                Session.ConnectAsync(new Uri("http://127.0.0.1")).Exception.InnerException.Message.Contains("ws://"), Is.True);
        }
    }
}
