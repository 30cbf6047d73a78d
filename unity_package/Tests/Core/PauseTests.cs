using System;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>A program that doesn't call Update for a while.</summary>
    [TestFixture]
    public sealed class PauseTests : SessionTest
    {
        private Exception told;

        [Test]
        public void ALossBehindALongPauseTellsOfIt()
        {
            ConnectOnce();
            Session.ConnectionLost += why => told = why;
            Session.Update();
            Server.Now += 47000;
            Server.Transport.CloseByPeer(1011, "ping timeout");
            Session.Update();
            Assert.That(told.Message.Contains("hadn't been called for 47 s"), Is.True, told.Message);
            Assert.That(((ConnectionLostException)told).CloseCode, Is.EqualTo(1011));
        }

        [Test]
        public void AnotherLossDoesNot()
        {
            ConnectOnce();
            Session.ConnectionLost += why => told = why;
            Server.Now += 47000;
            for (int frame = 0; frame < 10; frame++)
            {
                Server.Now += 1000;
                Session.Update();
            }

            Server.Transport.CloseByPeer(1011, "restart");
            Session.Update();
            Assert.That(told.Message.Contains("called"), Is.False, told.Message);
        }

        [Test]
        public void AThousandSmallMessagesAreReceivedDuringAPause()
        {
            Connect();
            Turn turn = Begin(Open());
            for (int i = 0; i < 1000; i++)
            {
                Server.Send("[36,seq,1,\"word \",1]");
            }

            Assert.That(Server.Transport.WaitingCount, Is.EqualTo(0), "While messages aren't received, pings aren't answered either.");
            Session.Update(2000);
            Assert.That(turn.Text.Length, Is.EqualTo(5000));
        }
    }
}
