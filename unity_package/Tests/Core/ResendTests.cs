using System.Collections.Generic;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>What is sent again when a session is resumed: in which order, until when, and how much of it there may be.</summary>
    [TestFixture]
    public sealed class ResendTests : SessionTest
    {
        [SetUp]
        public void BeConnected()
        {
            Server.Options.OutboxBytes = 10000;
            ConnectToResume();
        }

        [Test]
        public void ABargeInWithoutAConnectionGoesOutInItsOrder()
        {
            Conversation conversation = Open();
            Turn first = Begin(conversation);
            Break();
            first.Cancel(0);
            Turn second = conversation.Say("Wait!");
            Assert.That(Resume(), Is.EqualTo("[5,1,0]\n[3,1,2,\"Wait!\",[]]"), "The other way round the server answers turn_running.");
            Server.Send("[39,seq,1,\"cancelled\",{}]", "[35,seq,1,2]", "[39,seq,2,\"stop\",{}]");
            Session.Update();
            Assert.That(second.End.Reason, Is.EqualTo(EndReason.Stop));
            Break();
            Assert.That(Resume(), Is.Empty);
        }

        [Test]
        public void ARepeatedCancelKeepsItsPlace()
        {
            Conversation conversation = Open();
            Turn first = Begin(conversation);
            Break();
            first.Cancel(7);
            conversation.Say("Wait!");
            first.Cancel(3);
            Assert.That(Resume(), Is.EqualTo("[5,1,3]\n[3,1,2,\"Wait!\",[]]"));
        }

        [Test]
        public void EveryCloseGoesOutHoweverManyThereAre()
        {
            var conversations = new List<Conversation>();
            for (int i = 0; i < 200; i++)
            {
                conversations.Add(Open());
            }

            Break();
            conversations.ForEach(conversation => conversation.Close());
            Assert.That(Resume().Split('\n').Length, Is.EqualTo(200));
        }

        [Test]
        public void ACloseIsSentAgainUntilSomethingBehindItIsAnswered()
        {
            Open().Close();
            Assert.That(Server.TakeSent(), Is.EqualTo("[7,1]"));
            Break();
            Assert.That(Resume(), Is.EqualTo("[7,1]"));
            Open("guard");
            Break();
            Assert.That(Resume(), Is.Empty, "The open behind it was answered, so the close had arrived.");
        }

        [Test]
        public void ACancelIsSentAgainUntilItsTurnEndsAsCancelled()
        {
            Turn turn = Begin(Open());
            turn.Cancel(0);
            Break();
            Assert.That(Resume(), Is.EqualTo("[5,1,0]"));
            Server.Send("[39,seq,1,\"cancelled\",{}]");
            Session.Update();
            Break();
            Assert.That(Resume(), Is.Empty);
        }

        [Test]
        public void ACancelThatCrossedTheEndIsSentAgainForTheMemory()
        {
            Conversation conversation = Open();
            Turn turn = Begin(conversation);
            turn.Cancel(0);
            Server.Send("[39,seq,1,\"stop\",{}]");
            Session.Update();
            Break();
            Assert.That(Resume(), Is.EqualTo("[5,1,0]"), "The end doesn't say that the cancel had arrived.");
            Begin(conversation);
            Break();
            Assert.That(Resume(), Is.Empty);
        }

        [Test]
        public void WhatIsSaidWithoutAConnectionIsBounded()
        {
            Conversation conversation = Open();
            Server.TakeSent();
            Break();
            int said = 0;
            Assert.Throws<CongestedException>(() =>
            {
                for (; said < 100; said++)
                {
                    conversation.Say(new string('x', 1000));
                }
            });
            Assert.That(said, Is.InRange(1, 9), "OutboxBytes is 10,000.");
            Assert.That(Session.OpenAsync(new string('x', 1000)).Exception.InnerException, Is.InstanceOf<CongestedException>());
            conversation.Close();
            Assert.That(Resume().Split('\n').Length, Is.EqualTo(said + 1));
            Server.Send("[40,seq,[3," + said + "],\"busy\",\"Later.\",null]");
            Session.Update();
            Open("guard");
        }

        [Test]
        public void ARefusedRepetitionIsNoFaultAlsoBehindItsAnswer()
        {
            Conversation conversation = Open();
            Task<Conversation> opening = Session.OpenAsync("guard");
            Turn turn = conversation.Say("Hello");
            Break();
            Assert.That(Resume(), Is.EqualTo("[2,2,\"guard\",{}]\n[3,1,1,\"Hello\",[]]"));
            Server.Send("[34,seq,2,\"Guard\",[],[]]", "[35,seq,1,1]", "[39,seq,1,\"stop\",{}]");
            Server.Send("[40,seq,[2,2],\"conversation_open\",\"Open already.\",null]", "[40,seq,[3,1],\"turn_order\",\"Too low.\",null]");
            Session.Update();
            Assert.That(opening.Result.Name, Is.EqualTo("Guard"));
            Assert.That(turn.End.Reason, Is.EqualTo(EndReason.Stop));
            Assert.That(Log.Take(), Is.EqualTo("resumed\nbegan 1\nended 1 Stop"));
            Server.Send("[40,seq,[3,1],\"turn_order\",\"Too low.\",null]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("fault turn_order"), "Each repetition is refused once.");
        }

        [Test]
        public void ARefusedRepetitionIsNoFaultOverALaterConnectionEither()
        {
            Conversation conversation = Open();
            Task<Conversation> opening = Session.OpenAsync("guard");
            Turn turn = conversation.Say("Hello");
            for (int i = 0; i < 2; i++)
            {
                Break();
                Assert.That(Resume(), Is.EqualTo("[2,2,\"guard\",{}]\n[3,1,1,\"Hello\",[]]"));
            }

            Server.Send("[34,seq,2,\"Guard\",[],[]]", "[35,seq,1,1]");
            Session.Update();
            Break();
            Assert.That(Resume(), Is.Empty);
            for (int i = 0; i < 2; i++)
            {
                Server.Send("[40,seq,[2,2],\"conversation_open\",\"Open already.\",null]", "[40,seq,[3,1],\"turn_order\",\"Too low.\",null]");
            }

            Server.Send("[39,seq,1,\"stop\",{}]");
            Session.Update();
            Assert.That(opening.Result.Name, Is.EqualTo("Guard"));
            Assert.That(turn.End.Reason, Is.EqualTo(EndReason.Stop));
            Assert.That(Log.Take(), Is.EqualTo("resumed\nended 1 Stop"), "Both repetitions were refused, and both refusals were kept for us.");
        }

        [Test]
        public void CancellingAgainAndAgainSendsNoMoreThanNeeded()
        {
            Turn turn = Begin(Open());
            for (int i = 0; i < 1000; i++)
            {
                turn.Cancel(2);
            }

            turn.Cancel(1);
            Assert.That(Server.TakeSent(), Is.EqualTo("[5,1,2]\n[5,1,1]"));
            var stuck = new TaskCompletionSource<bool>();
            Server.Transport.Sending = () => stuck.Task;
            Assert.Throws<CongestedException>(() =>
            {
                for (int i = 0; i < 100000; i++)
                {
                    turn.Cancel(i);
                }
            });
        }

        [Test]
        public void ACancelledOpeningIsOpenedAndClosed()
        {
            Break();
            using (var cancellation = new System.Threading.CancellationTokenSource())
            {
                Task<Conversation> opening = Session.OpenAsync("innkeeper", null, cancellation.Token);
                cancellation.Cancel();
                Assert.That(opening.IsCanceled, Is.True);
            }

            Assert.That(Resume(), Is.EqualTo("[2,1,\"innkeeper\",{}]\n[7,1]"));
            Server.Send("[34,seq,1,\"Marta\",[],[]]");
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("resumed"));
            Break();
            Assert.That(Resume(), Is.EqualTo("[7,1]"));
        }
    }
}
