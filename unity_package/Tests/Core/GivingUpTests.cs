using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>When a session stops to connect again, and what ends with that.</summary>
    [TestFixture]
    public sealed class GivingUpTests : ReconnectTest
    {
        [Test]
        public void GivingUpAfterTheLimitOfAttemptsEndsEverythingOnce()
        {
            Server.Options.Reconnect.MaxAttempts = 3;
            ConnectAndBegin();
            Task<Conversation> opening = Session.OpenAsync("guard");
            BeUnreachable();
            Lose();
            Log.Take();
            Exception why = null;
            Session.ConnectionLost += error => why = error;
            for (int i = 0; i < 10; i++)
            {
                Session.Update();
            }

            Assert.That(Server.ConnectionCount, Is.EqualTo(4));
            Assert.That(Session.State, Is.EqualTo(SessionState.Disconnected));
            Assert.That(Log.Take(), Is.EqualTo(
                "reconnecting 2 in 0: UnreachableException\nreconnecting 3 in 0: UnreachableException\n"
                + "lost connection: ConnectionLostException\nended 1 Fault\nlost 1: ConnectionLostException"));
            Assert.That(why.Message.Contains("given up after 3 attempts"), Is.True, why.Message);
            Assert.That(why.InnerException, Is.InstanceOf<UnreachableException>());
            Assert.That(Turn.End.Error, Is.SameAs(why));
            Assert.That(opening.Exception.InnerException, Is.SameAs(why));
            Assert.That(Turn.Completion.Result.Reason, Is.EqualTo(EndReason.Fault));
            Assert.That(Waiting.Failure(() => Session.RunAsync()), Is.SameAs(why));
            Assert.Throws<ConnectionLostException>(() => Conversation.Say("Hello?"));
        }

        [Test]
        public void GivingUpAfterTheLimitOfTime()
        {
            Server.Chance = 1;
            ConnectAndBegin();
            BeUnreachable();
            Lose();
            int seconds = 0;
            for (; Session.State == SessionState.Reconnecting; seconds++)
            {
                Server.Now += 1000;
                Session.Update();
            }

            Assert.That(seconds, Is.EqualTo(300), "Five minutes, unless told.");
            Assert.That(Turn.End.Error.Message.Contains("in 300 s"), Is.True, Turn.End.Error.Message);
            Assert.That(Server.ConnectionCount, Is.InRange(30, 40));
        }

        [Test]
        public void AfterGivingUpTheSameSessionConnectsAnewAndTriesAsOftenAgain()
        {
            Server.Options.Reconnect.MaxAttempts = 2;
            ConnectAndBegin();
            BeUnreachable();
            Lose();
            Session.Update();
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Disconnected));
            Server.Prepare = transport => { };
            Server.TakeSent();
            Log.Take();
            Assert.That(Session.ReconnectAsync().Result, Is.False);
            Assert.That(Server.TakeSent().EndsWith("null,null]"), Is.True, "What was given up isn't asked for.");
            Server.Transport.Break();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("connected anew\nreconnecting 1 in 0: ConnectionLostException"));
        }

        [TestCase("[40,0,null,\"unauthorized\",\"The token isn't known.\",null]", TestName = "UnauthorizedEndsTheAttemptsAtOnce")]
        [TestCase("[40,0,null,\"version\",\"This server speaks version 2.\",null]", TestName = "AnotherVersionEndsTheAttemptsAtOnce")]
        public void ARefusalThatWillNotPassEndsTheAttemptsAtOnce(string refusal)
        {
            ConnectAndBegin();
            Server.Refusal = refusal;
            Lose();
            Log.Take();
            Session.Update();
            Assert.That(Log.Take(), Is.EqualTo("lost connection: FaultException\nended 1 Fault\nlost 1: FaultException"));
            Assert.That(Session.State, Is.EqualTo(SessionState.Disconnected));
            Assert.That(Server.Transport.ClosedWith, Is.EqualTo(1001));
            Session.Update();
            Assert.That(Server.ConnectionCount, Is.EqualTo(2));
        }

        [Test]
        public void AnotherKindOfServerOrABadCertificateEndsTheAttemptsAtOnce()
        {
            foreach (LoquentException failure in new LoquentException[]
            {
                new SubprotocolException("Not here."),
                new UnreachableException("Its certificate isn't good.", null, null, false),
                new UnreachableException("Who are you?", null, 401, false),
            })
            {
                MakeServer();
                LetTheServerResume();
                ConnectAndBegin();
                Server.Prepare = transport => transport.Connecting = Task.FromException(failure);
                Lose();
                Session.Update();
                Assert.That(Session.State, Is.EqualTo(SessionState.Disconnected));
                Assert.That(Turn.End.Error, Is.SameAs(failure));
            }
        }

        [Test]
        public void AServerThatAsksForMoreTimeThanThereIsIsGivenUp()
        {
            ConnectAndBegin();
            Server.Refusal = "[40,0,null,\"draining\",\"Come back tomorrow.\",86400000]";
            Lose();
            Session.Update();
            Assert.That(Session.State, Is.EqualTo(SessionState.Disconnected));
            Assert.That(Turn.End.Error.Message.Contains("Come back tomorrow."), Is.True, Turn.End.Error.Message);
        }

        [Test]
        public void AConnectionThatBreaksAtOnceAgainAndAgainIsGivenUpToo()
        {
            Server.Options.Reconnect.MaxAttempts = 5;
            ConnectAndBegin();
            for (int i = 0; i < 20 && Session.State != SessionState.Disconnected; i++)
            {
                Server.Transport.Break();
                Session.Update();
                Session.Update();
            }

            Assert.That(Server.ConnectionCount, Is.EqualTo(6));
            Assert.That(Turn.IsEnded, Is.True);
        }

        [Test]
        public void AConnectionThatLastedIsTriedForAsOftenAsTheFirst()
        {
            Server.Options.Reconnect.MaxAttempts = 2;
            ConnectAndBegin();
            for (int i = 0; i < 20; i++)
            {
                Lose();
                Session.Update();
                Assert.That(Session.State, Is.EqualTo(SessionState.Connected));
                Server.Now += 10000;
            }
        }

        [Test]
        public void WhatMayPassIsToldApartFromWhatWillNot()
        {
            var told = new List<bool>();
            foreach (LoquentException error in new LoquentException[]
            {
                new ConnectionLostException("x"), new CongestedException("x"), new UnreachableException("x"), Refused(FaultCode.Busy),
                Refused(FaultCode.Draining), Refused("of_the_future"), new ProtocolException("x"), new SubprotocolException("x"),
                new SessionClosedException("x"), new UnreachableException("x", null, 403, false), Refused(FaultCode.Unauthorized),
                Refused(FaultCode.Version), Refused(FaultCode.CharacterUnknown),
            })
            {
                told.Add(error.IsTransient);
            }

            Assert.That(told, Is.EqualTo(new[] { true, true, true, true, true, true, false, false, false, false, false, false, false }));
            Assert.That(Refused(FaultCode.Busy).RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(2)));
            Assert.That(new ConnectionLostException("x").RetryAfter, Is.Null);
        }

        private static FaultException Refused(string code)
        {
            return new FaultException(new Fault(code, "x", null, 0, 2000));
        }
    }
}
