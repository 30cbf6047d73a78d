using System;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Talking;
using NUnit.Framework;

namespace Loquent.Core.Tests.Talking
{
    /// <summary>What becomes of a talker when the connection is lost, the server forgets, or the character can't be had.</summary>
    [TestFixture]
    public sealed class TalkerLossTests : TalkerTest
    {
        [Test]
        public void AReplyGoesOnInMidWordOverTheNextConnection()
        {
            Server.Resumes = true;
            Begin();
            Server.Transport.Break();
            Frame();
            Assert.That(Keeper.State, Is.EqualTo(KeeperState.Reconnecting));
            Assert.That(Told(), Is.Empty);
            Frame();
            Frame();
            Assert.That(Keeper.State, Is.EqualTo(KeeperState.Connected));
            Server.Send("[36,seq,1,\"lo\",1]");
            Frame();
            Assert.That(Told(), Is.EqualTo("text Hello"));
        }

        [Test]
        public void ASessionThatIsForgottenEndsTheReplyAndIsOpenedAgain()
        {
            Begin();
            Server.Transport.Break();
            Frame();
            Frame();
            Frame();
            Assert.That(Told(), Is.EqualTo("received 1\nended One: Fault ConnectionLostException"));
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Opening));
            AnswerOpen();
            Assert.That(Told(), Is.EqualTo("opened Marta"));
            Assert.That(Talker.Say("Two"), Is.True);
        }

        [Test]
        public void WhatIsSaidWhileTheConnectionIsMadeAgainGoesWithTheNext()
        {
            Server.Resumes = true;
            Open();
            Server.Transport.Break();
            Server.Prepare = transport => transport.Connecting = Task.FromException(new UnreachableException("Nobody is there."));
            Server.Chance = 1;
            Frame();
            Assert.That(Talker.Say("One"), Is.True);
            Server.Prepare = transport => { };
            Server.Now += 20000;
            Frame();
            Frame();
            StringAssert.Contains("\n[3,1,1,\"One\",[]]", Server.TakeSent());
        }

        [Test]
        public void GivingUpFailsWhatWaits()
        {
            Server.Prepare = transport => transport.Connecting = Task.FromException(new UnreachableException("It never will.", null, 401, false));
            Talker.Say("One");
            Connect();
            Frame();
            Assert.That(Keeper.State, Is.EqualTo(KeeperState.Failed));
            Assert.That(Told(), Is.EqualTo("ended One: Fault UnreachableException"));
            Talker.Say("Two");
            Frame();
            Assert.That(Told(), Is.EqualTo("ended Two: Fault UnreachableException"));
        }

        [Test]
        public void AnUnknownCharacterFailsForGoodAndAllThatIsSaidWithIt()
        {
            Talker.Say("One");
            Connect();
            Server.Send("[40,seq,[2,1],\"character_unknown\",\"There is no innkeeper; there are: guard.\",null]");
            Frame();
            Assert.That(Told(), Is.EqualTo("opening failed FaultException\nended One: Fault FaultException"));
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Failed));
            Server.TakeSent();
            Server.Now += 100000;
            Frame();
            Assert.That(Talker.Say("Two"), Is.False);
            Assert.That(Told(), Is.EqualTo("ended Two: Fault FaultException"));
            Assert.That(Server.TakeSent(), Is.EqualTo("[6,1]"), "It isn't asked for again.");
        }

        [Test]
        public void ABusyServerIsAskedAgainWhenItSaidSoAndNoMoreOftenThanTheLimit()
        {
            Connect();
            Server.TakeSent();
            int asked = 1;
            for (int frame = 0; frame < 10000 && Talker.State != TalkerState.Failed; frame++)
            {
                if (Talker.State == TalkerState.Opening)
                {
                    Server.Send("[40,seq,[2," + asked + "],\"busy\",\"It's full.\",3000]");
                }

                Server.Now += 100;
                Frame();
                if (Server.TakeSent().Contains("[2,"))
                {
                    asked++;
                }
            }

            Assert.That(Talker.State, Is.EqualTo(TalkerState.Failed));
            Assert.That(asked, Is.EqualTo(21), "20 attempts behind the first.");
            Assert.That(Told().Split('\n').Length, Is.EqualTo(21));
            Assert.That(Talker.Failure, Is.InstanceOf<FaultException>());
        }

        [Test]
        public void AFailureThatMayPassIsTriedAgainWhenSomethingIsSaid()
        {
            ABusyServerIsAskedAgainWhenItSaidSoAndNoMoreOftenThanTheLimit();
            Assert.That(Talker.Say("One"), Is.True);
            Frame();
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Opening));
            AnswerOpen();
            Assert.That(Told(), Is.EqualTo("opened Marta\nasked 1"));
        }

        [Test]
        public void AKeeperThatIsGoneTakesConversationAndReplyWithIt()
        {
            Begin();
            Keeper.CloseAsync();
            Talker.Update(Keeper);
            Assert.That(Told(), Is.EqualTo("ended One: Fault SessionClosedException"));
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Waiting));
            Talker.Update(null);
            Assert.That(Talker.Say("Two"), Is.True);
            Assert.That(Talker.WaitingCount, Is.EqualTo(1));
        }

        /// <summary>Opens, and lets a reply begin.</summary>
        private void Begin()
        {
            Open();
            Talker.Say("One");
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Hel\",1]");
            Frame();
            Told();
        }
    }
}
