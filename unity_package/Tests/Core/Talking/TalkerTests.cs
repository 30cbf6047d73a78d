using Loquent.Core.Failures;
using Loquent.Core.Talking;
using NUnit.Framework;

namespace Loquent.Core.Tests.Talking
{
    /// <summary>Opening, saying, interrupting and closing: each thing said ends exactly once.</summary>
    [TestFixture]
    public sealed class TalkerTests : TalkerTest
    {
        [Test]
        public void OpensOnceThereIsAConnectionAndSaysWhatWaited()
        {
            Talker.Say("Hello");
            Frame();
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Waiting));
            Assert.That(Talker.WaitingCount, Is.EqualTo(1));
            Connect();
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Opening));
            AnswerOpen();
            Assert.That(Told(), Is.EqualTo("opened Marta\nasked 1"));
            Assert.That(Server.TakeSent(), Is.EqualTo("[3,1,1,\"Hello\",[]]"));
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Thinking));
        }

        [Test]
        public void AReplyIsTakenOnComesIsReceivedAndEndsWhenItIsShown()
        {
            Open();
            View.IsShown = false;
            Talker.Say("Hello");
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Good \",1]", "[37,seq,1,\"wave\",null]", "[36,seq,1,\"day\",1]", "[39,seq,1,\"stop\",{}]");
            Frame();
            Assert.That(Told(), Is.EqualTo("asked 1\nbegan 1\ntext Good \ncue wave\ntext Good day\nreceived 1"));
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Replying));
            View.IsShown = true;
            Frame();
            Assert.That(Told(), Is.EqualTo("ended Hello: Stop"));
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Ready));
            Assert.That(Talker.Turn, Is.Null);
        }

        [Test]
        public void SomethingNewInterruptsWithWhatWasSeen()
        {
            Open();
            Talker.Say("One");
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Good day, traveller\",4]");
            Frame();
            Told();
            Server.TakeSent();
            View.Shown = 8;
            Talker.Say("Two");
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,8]\n[3,1,2,\"Two\",[]]"));
            Assert.That(Told(), Is.EqualTo("ended One: Cancelled\nasked 2"));
            Server.Send("[36,seq,1,\" late\",1]", "[39,seq,1,\"cancelled\",{}]", "[35,seq,1,2]", "[36,seq,2,\"Well\",1]");
            Frame();
            Assert.That(Told(), Is.EqualTo("began 2\ntext Well"), "Nothing more of the first reply.");
        }

        [Test]
        public void AReplyThatHasComeButIsNotShownIsCutToo()
        {
            Open();
            View.IsShown = false;
            Talker.Say("One");
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Good day\",2]", "[39,seq,1,\"stop\",{}]");
            Frame();
            Server.TakeSent();
            View.Shown = 4;
            Talker.Cancel();
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,4]"), "The server cuts its memory, though the turn has ended.");
            View.IsShown = true;
            Frame();
            StringAssert.EndsWith("ended One: Cancelled", Told(), "Once.");
        }

        [Test]
        public void WhatTheViewSaysBeyondTheTextIsNotBelieved()
        {
            Open();
            Talker.Say("One");
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Good\",1]");
            Frame();
            Server.TakeSent();
            View.Shown = 5000; // of another text
            Talker.Cancel();
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,4]"));
        }

        [Test]
        public void WhatWaitsIsSaidInOrderEachWhenTheOneBeforeHasBeenRead()
        {
            Talker.Say("One");
            Talker.Say("Two");
            Connect();
            AnswerOpen();
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Yes\",1]", "[39,seq,1,\"stop\",{}]");
            View.IsRead = false;
            Frame();
            Frame();
            StringAssert.EndsWith("ended One: Stop", Told());
            View.IsRead = true;
            Frame();
            Assert.That(Told(), Is.EqualTo("asked 2"));
            StringAssert.EndsWith("[3,1,2,\"Two\",[]]", Server.TakeSent());
        }

        [Test]
        public void SomethingNewDropsWhatWaits()
        {
            Talker.Say("One");
            Talker.Say("Two");
            Connect();
            AnswerOpen();
            Told();
            Talker.Say("Three");
            Assert.That(Told(), Is.EqualTo("ended Two: Cancelled\nended One: Cancelled\nasked 2"));
        }

        [Test]
        public void NoMoreWaitsThanTheBound()
        {
            for (int i = 0; i < Talker.MostWaiting; i++)
            {
                Assert.That(Talker.Say("It " + i), Is.True);
            }

            Assert.That(Talker.Say("One more"), Is.False);
            Assert.That(Told(), Is.EqualTo("ended One more: Fault CongestedException"));
            Assert.That(Talker.WaitingCount, Is.EqualTo(Talker.MostWaiting));
        }

        [Test]
        public void CancelDropsWhatWaits()
        {
            Talker.Say("One");
            Talker.Cancel();
            Assert.That(Told(), Is.EqualTo("ended One: Cancelled"));
            Assert.That(Talker.WaitingCount, Is.EqualTo(0));
        }

        [Test]
        public void WhatTheServerRefusesEndsWithItsFault()
        {
            Open();
            Talker.Say(" ");
            Server.Send("[40,seq,[3,1],\"text_empty\",\"Say something.\",null]");
            Frame();
            Assert.That(Told(), Is.EqualTo("asked 1\nreceived 1\nended  : Fault FaultException"));
            Assert.That(Talker.State, Is.EqualTo(TalkerState.Ready));
        }

        [Test]
        public void WhatIsTooLargeEndsAtOnce()
        {
            Server.LimitsJson = "{\"message_bytes\":40}";
            Open();
            Assert.That(Talker.Say(new string('a', 100)), Is.False);
            StringAssert.EndsWith("Fault ArgumentException", Told());
        }

        [Test]
        public void ClosingTellsTheServerAndEndsWhatIsUnderWay()
        {
            Open();
            Talker.Say("One");
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Good\",1]");
            Frame();
            Told();
            Server.TakeSent();
            Talker.Close();
            Talker.Close();
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,0]\n[7,1]"));
            Assert.That(Told(), Is.EqualTo("ended One: Cancelled"));
            Server.Send("[36,seq,1,\" day\",1]", "[39,seq,1,\"cancelled\",{}]");
            Frame();
            Assert.That(Told(), Is.Empty);
            Assert.That(Talker.Say("Two"), Is.False);
            Assert.That(Told(), Is.EqualTo("ended Two: Fault SessionClosedException"));
        }

        [Test]
        public void ClosingWhileItOpensClosesWhatOpensYet()
        {
            Connect();
            Talker.Close();
            Server.Send("[34,seq,1,\"Marta\",[],[]]");
            Frame();
            StringAssert.EndsWith("[7,1]", Server.TakeSent());
            Assert.That(Told(), Is.Empty);
        }

        [Test]
        public void WithoutAViewAllThatHasComeCountsAsSeen()
        {
            var talker = new Talker("guard");
            Keeper.Connect();
            Keeper.Update();
            talker.Update(Keeper);
            Server.Send("[34,seq,1,\"Guard\",[],[]]");
            Keeper.Update();
            talker.Update(Keeper);
            talker.Say("Hello");
            Server.Send("[35,seq,1,1]", "[36,seq,1,\"Halt!\",1]");
            Keeper.Update();
            Server.TakeSent();
            talker.Cancel();
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,5]"));
        }
    }
}
