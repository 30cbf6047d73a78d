using System;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>The laws of sequence, acknowledgement and turns, and what breaks them.</summary>
    [TestFixture]
    public sealed class SessionLawTests : SessionTest
    {
        [TestCase(3, TestName = "AGapInTheSequenceDropsTheConnection")]
        [TestCase(1, TestName = "ARepeatInTheSequenceDropsTheConnection")]
        [TestCase(0, TestName = "AFrameOutsideOfTheSequenceDropsTheConnection")]
        public void TheSequenceGrowsByExactlyOne(int seq)
        {
            ConnectOnce();
            Turn turn = Open().Say("Hello");
            Server.Send("[35," + seq + ",1,1]");
            Session.Update();
            Assert.That(turn.HasBegun, Is.False);
            Assert.That(Session.State, Is.EqualTo(SessionState.Disconnected));
            Assert.That(turn.End.Error, Is.InstanceOf<ProtocolException>());
            Assert.That(turn.End.Error.Message.Contains("frame 2 had to come and " + seq + " came"), Is.True, turn.End.Error.Message);
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1002));
            Assert.That(Log.Take(), Is.EqualTo("lost connection: ProtocolException\nended 1 Fault\nlost 1: ProtocolException"));
        }

        [Test]
        public void AcksComeEvery64FramesAndWithinASecondOfAFrame()
        {
            Connect();
            Conversation conversation = Open();
            Begin(conversation);
            Assert.That(Server.Seq, Is.EqualTo(2));
            for (int i = 0; i < 61; i++)
            {
                Server.Send("[36,seq,1,\"x\",1]");
            }

            Session.Update();
            Assert.That(Server.TakeSent(), Is.Empty, "63 frames, and no time has passed.");
            Server.Send("[36,seq,1,\"x\",1]", "[36,seq,1,\"x\",1]");
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[6,64]"));
            Server.Now += 400;
            Session.Update();
            Assert.That(Server.TakeSent(), Is.Empty);
            Server.Now += 400;
            Session.Update();
            Assert.That(Server.TakeSent(), Is.EqualTo("[6,65]"), "A second from the frame's coming, at most.");
            Server.Now += 100000;
            Session.Update();
            Assert.That(Server.TakeSent(), Is.Empty, "All is acknowledged.");
        }

        [Test]
        public void WhatHasNotBeenProcessedIsNotAcknowledged()
        {
            Connect();
            Begin(Open());
            Server.Send("[36,seq,1,\"a\",1]", "[36,seq,1,\"b\",1]");
            Server.Now += 5000;
            Session.Update(1);
            Assert.That(Server.TakeSent(), Is.EqualTo("[6,3]"));
            Session.Update(1);
            Session.Update(1);
            Server.Now += 5000;
            Session.Update(1);
            Assert.That(Server.TakeSent(), Is.EqualTo("[6,4]"));
        }

        [Test]
        public void UpdateKeepsToItsBudgetAndLosesNothing()
        {
            Connect();
            Turn turn = Begin(Open());
            Server.Send("[36,seq,1,\"a\",1]", "[36,seq,1,\"b\",1]", "[36,seq,1,\"c\",1]");
            Server.Send("[39,seq,1,\"stop\",{}]");
            Assert.That(Session.Update(2), Is.EqualTo(2));
            Assert.That(turn.Text.ToString(), Is.EqualTo("ab"));
            Assert.That(Session.Update(2), Is.EqualTo(2));
            Assert.That(turn.IsEnded, Is.True);
            Assert.That(Session.Update(2), Is.EqualTo(0));
            Assert.Throws<ArgumentOutOfRangeException>(() => Session.Update(0));
        }

        [Test]
        public void FramesOutOfATurnsOrderAreReportedAndSkipped()
        {
            Connect();
            Conversation conversation = Open();
            Turn turn = conversation.Say("Hello");
            Server.Send("[36,seq,1,\"early\",1]", "[35,seq,9,1]", "[35,seq,1,1]", "[35,seq,1,1]");
            Server.Send("[36,seq,1,\"good\",1]", "[39,seq,1,\"stop\",{}]", "[39,seq,1,\"stop\",{}]", "[36,seq,1,\"late\",1]", "[37,seq,7,\"x\",null]");
            Session.Update();
            Assert.That(turn.Text.ToString(), Is.EqualTo("good"));
            Assert.That(Log.Take(), Is.EqualTo(
                "error ProtocolException\nerror ProtocolException\nbegan 1\nerror ProtocolException\n"
                + "text 1 good\nended 1 Stop\nerror ProtocolException\nerror ProtocolException\nerror ProtocolException"));
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
        }

        [Test]
        public void AMalformedFrameIsReportedAndTheNextOneCounts()
        {
            Connect();
            Turn turn = Begin(Open());
            var message = new byte[] { 0x94, 0x24, 0x03, 0x01, 0xa1, 0x61 }; // text without tokens
            Server.Transport.Deliver(message);
            Server.Send("[36,seq,1,\"good\",1]");
            Session.Update();
            Assert.That(turn.Text.ToString(), Is.EqualTo("good"));
            Assert.That(Log.Take(), Is.EqualTo("error ProtocolException\ntext 1 good"));
            Assert.That(Session.LastError.Message, Is.EqualTo("text has 4 fields; tokens is missing."));
        }

        [Test]
        public void ATextMessageIsReportedAndSkipped()
        {
            Connect();
            Server.Transport.DeliverText();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("error ProtocolException"));
            Assert.That(Open().IsOpen, Is.True);
        }

        [Test]
        public void WhenFramingIsLostTheFramesBeforeCountAndTheConnectionClosesWith1007()
        {
            Connect();
            Turn turn = Begin(Open());
            byte[] good = Server.Encode("[36,seq,1,\"good\",1]");
            Array.Resize(ref good, good.Length + 1);
            good[good.Length - 1] = 0xc1;
            Server.Transport.Deliver(good);
            Session.Update();
            Assert.That(turn.Text.ToString(), Is.EqualTo("good"));
            Assert.That(turn.End.Error, Is.InstanceOf<ProtocolException>());
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1007));
        }

        [Test]
        public void AMessageLargerThanTheBoundClosesWith1009()
        {
            Server.Options.MaxMessageBytes = 1024;
            ConnectOnce();
            Server.Transport.Deliver(new byte[1025]);
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("lost connection: ProtocolException"));
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1009));
        }

        [Test]
        public void ATurnThatFailsHasItsFaultAndOneEnd()
        {
            Connect();
            Turn turn = Begin(Open());
            Server.Send("[40,seq,[3,1],\"engine_down\",\"The engine died.\",null]");
            Session.Update();
            Assert.That(turn.IsEnded, Is.False, "A turn that began has an end of its own.");
            Server.Send("[39,seq,1,\"fault\",{}]");
            Session.Update();
            Assert.That(((FaultException)turn.End.Error).Code, Is.EqualTo(FaultCode.EngineDown));
            Assert.That(Log.Take(), Is.EqualTo("fault engine_down\nfault of 1 engine_down\nended 1 Fault"));
        }

        [Test]
        public void AnEndWithFaultButWithoutItsFaultIsInternal()
        {
            Connect();
            Turn turn = Begin(Open());
            Server.Send("[39,seq,1,\"fault\",{}]");
            Session.Update();
            Assert.That(((FaultException)turn.End.Error).Code, Is.EqualTo(FaultCode.Internal));
        }

        [Test]
        public void GoawayIsTold()
        {
            Connect();
            Server.Send("[41,30000]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("going away 30000"));
        }

        [Test]
        public void FramesOfUnknownKindsAndTrailingFieldsAreSkippedSilently()
        {
            Connect();
            Turn turn = Begin(Open());
            Server.Transport.Deliver(new byte[] { 0x92, 0x63, 0xa1, 0x78 });
            Server.Transport.Deliver(new byte[] { 0x96, 0x24, 0x03, 0x01, 0xa1, 0x61, 0x01, 0xc0 });
            Session.Update();
            Assert.That(turn.Text.ToString(), Is.EqualTo("a"));
            Assert.That(Log.Take(), Is.EqualTo("text 1 a"));
        }

        [Test]
        public void SilenceOfThreeBeatsIsALostConnection()
        {
            Server.LimitsJson = "{\"beat_ms\":1000}";
            ConnectOnce();
            Turn turn = Begin(Open());
            for (int i = 0; i < 29; i++)
            {
                Server.Now += 100;
                Session.Update();
            }

            Server.Transport.Deliver(new byte[] { 0x91, 0x2a });
            for (int i = 0; i < 29; i++)
            {
                Server.Now += 100;
                Session.Update();
            }

            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Server.Now += 100;
            Session.Update();
            Server.Now += 100;
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Disconnected));
            Assert.That(turn.End.Error, Is.InstanceOf<ConnectionLostException>());
            Assert.That(turn.End.Error.Message.Contains("for 3000 ms"), Is.True, turn.End.Error.Message);
        }

        [Test]
        public void AProgramThatSleptGetsTheTimeToReadWhatCame()
        {
            Server.LimitsJson = "{\"beat_ms\":1000}";
            Connect();
            Session.Update();
            Server.Now += 3600000;
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
            Server.Transport.Deliver(new byte[] { 0x91, 0x2a });
            Server.Now += 900;
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
        }

        [Test]
        public void AServerThatDoesNotBeatMayBeSilent()
        {
            Connect();
            for (int i = 0; i < 100; i++)
            {
                Server.Now += 10000;
                Session.Update();
            }

            Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
        }

        [Test]
        public void ASecondWelcomeIsReportedAndSkipped()
        {
            Connect();
            Server.Send("[33,1,\"other\",1,false,{}]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("error ProtocolException"));
        }

        [Test]
        public void BeatsTakeNoRoomInTheQueue()
        {
            Server.Options.InboxMessages = 1;
            Connect();
            for (int i = 0; i < 50; i++)
            {
                Server.Transport.Deliver(new byte[] { 0x91, 0x2a });
            }

            Assert.That(Server.Transport.WaitingCount, Is.EqualTo(0));
        }

        [Test]
        public void WhenTheQueueIsFullTheReceiverWaitsAndNothingIsDropped()
        {
            Server.Options.InboxMessages = 2;
            Connect();
            Turn turn = Begin(Open());
            for (int i = 0; i < 10; i++)
            {
                Server.Send("[36,seq,1,\"" + i + "\",1]");
            }

            Assert.That(Server.Transport.WaitingCount, Is.GreaterThanOrEqualTo(7));
            Session.Update();
            Assert.That(turn.Text.ToString(), Is.EqualTo("0123456789"));
            Assert.That(Server.Transport.WaitingCount, Is.EqualTo(0));
        }
    }
}
