using System;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>Which handlers are called, and which not any more.</summary>
    [TestFixture]
    public sealed class RaisingTests : SessionTest
    {
        [Test]
        public void BehindAHandlerThatDisposesNoOtherIsCalled()
        {
            Connect();
            Conversation conversation = Open();
            int called = 0;
            conversation.Began += turn => Session.Dispose();
            conversation.Began += turn => called++;
            conversation.Say("Hello");
            Server.Send("[35,seq,1,1]");
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Closed));
            Assert.That(called, Is.EqualTo(0));
        }

        [Test]
        public void AHandlerOfErrorThatThrowsIsNotReportedToItself()
        {
            Connect();
            int called = 0;
            Session.Error += error =>
            {
                called++;
                throw new InvalidOperationException("mine");
            };
            Session.Error += error => called++;
            Session.GoingAway += time => throw new FormatException("first");
            Server.Send("[41,1]");
            Session.Update();
            Assert.That(called, Is.EqualTo(2));
            Assert.That(Session.LastError, Is.InstanceOf<FormatException>());
        }

        [Test]
        public void AnEndWithoutABeginEndsTheTurnAndIsReported()
        {
            Connect();
            Conversation conversation = Open();
            Turn turn = conversation.Say("Hello");
            Server.Send("[39,seq,1,\"stop\",{}]");
            Session.Update();
            Assert.That(turn.End.Reason, Is.EqualTo(EndReason.Stop));
            Assert.That(Session.LastError, Is.InstanceOf<ProtocolException>());
            Assert.That(conversation.Running, Is.Null);
        }
    }
}
