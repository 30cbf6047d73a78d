using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Talking;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests.Talking
{
    /// <summary>The first connection is tried again with the limits of a lost one; the end is an end.</summary>
    [TestFixture]
    public sealed class SessionKeeperTests : ContextlessTest
    {
        private readonly List<string> told = new List<string>();
        private FakeServer server;
        private SessionKeeper keeper;

        [SetUp]
        public void MakeKeeper()
        {
            server = new FakeServer { Chance = 1 };
            Keep();
        }

        [TearDown]
        public void DisposeKeeper()
        {
            keeper.Dispose();
        }

        [Test]
        public void ConnectsAndTells()
        {
            Assert.That(keeper.State, Is.EqualTo(KeeperState.Idle));
            keeper.Connect();
            keeper.Connect();
            keeper.Update();
            Assert.That(Told(), Is.EqualTo("Connecting\nmade\nConnected"));
            Assert.That(server.ConnectionCount, Is.EqualTo(1));
            Assert.That(keeper.Session.State, Is.EqualTo(SessionState.Connected));
        }

        [Test]
        public void AServerThatIsNotThereYetIsTriedAgainInGrowingIntervalsUntilItIs()
        {
            BeUnreachable();
            keeper.Connect();
            keeper.Update();
            Assert.That(Told(), Is.EqualTo("Connecting\nretry 1 in 250"));
            Assert.That(keeper.Failure, Is.InstanceOf<UnreachableException>());
            Pass(249);
            Assert.That(server.ConnectionCount, Is.EqualTo(1));
            Pass(1);
            Pass(0);
            Assert.That(Told(), Is.EqualTo("retry 2 in 500"));
            server.Prepare = transport => { };
            Pass(500);
            Pass(0);
            Assert.That(Told(), Is.EqualTo("made\nConnected"));
            Assert.That(keeper.Failure, Is.Null);
        }

        [Test]
        public void GivesUpAtTheLimitAndBeginsAnewWhenAsked()
        {
            server.Options.Reconnect.GiveUpAfter = TimeSpan.FromSeconds(30);
            Keep();
            BeUnreachable();
            keeper.Connect();
            for (int i = 0; i < 60; i++)
            {
                Pass(1000);
            }

            Assert.That(keeper.State, Is.EqualTo(KeeperState.Failed));
            int attempts = server.ConnectionCount;
            Assert.That(attempts, Is.InRange(5, 10));
            Pass(100000);
            Assert.That(server.ConnectionCount, Is.EqualTo(attempts), "Nothing is tried for ever.");
            server.Prepare = transport => { };
            keeper.Connect();
            keeper.Update();
            Assert.That(keeper.State, Is.EqualTo(KeeperState.Connected));
        }

        [TestCase("unauthorized")]
        [TestCase("version")]
        public void WhatWillNotPassIsNotTriedAgain(string code)
        {
            server.Refusal = "[40,0,null,\"" + code + "\",\"No.\",null]";
            keeper.Connect();
            keeper.Update();
            Assert.That(keeper.State, Is.EqualTo(KeeperState.Failed));
            Assert.That(((FaultException)keeper.Failure).Code, Is.EqualTo(code));
            Pass(1000000);
            Assert.That(server.ConnectionCount, Is.EqualTo(1));
        }

        [Test]
        public void AFullServerIsAskedWhenItSaid()
        {
            server.Refusal = "[40,0,null,\"busy\",\"It's full.\",5000]";
            keeper.Connect();
            keeper.Update();
            Assert.That(Told(), Is.EqualTo("Connecting\nretry 1 in 5250"));
        }

        [Test]
        public void WithoutAPolicyItFailsAtOnce()
        {
            server.Options.Reconnect = null;
            Keep();
            BeUnreachable();
            keeper.Connect();
            keeper.Update();
            Assert.That(Told(), Is.EqualTo("Connecting\nFailed"));
        }

        [Test]
        public void ALostConnectionIsFollowed()
        {
            server.Resumes = true;
            server.Chance = 0;
            keeper.Connect();
            keeper.Update();
            Told();
            server.Transport.Break();
            keeper.Update();
            keeper.Update();
            keeper.Update();
            Assert.That(Told(), Is.EqualTo("retry 1 in 0\nReconnecting\nConnected"));
        }

        [Test]
        public void ClosingEndsAnAttemptAndWhatItMakesYet()
        {
            var late = new TaskCompletionSource<bool>();
            server.Prepare = transport => transport.Connecting = late.Task;
            keeper.Connect();
            keeper.Update();
            keeper.CloseAsync();
            late.SetResult(true);
            keeper.Update();
            Assert.That(Told(), Is.EqualTo("Connecting\nClosed"));
            Assert.That(server.Transport.IsDisposed, Is.True);
            Assert.Throws<SessionClosedException>(() => keeper.Connect());
        }

        [Test]
        public void ClosingTellsTheServer()
        {
            keeper.Connect();
            keeper.Update();
            FakeTransport transport = server.Transport;
            Task closing = keeper.CloseAsync();
            Assert.That(closing.IsCompleted, Is.True);
            Assert.That(transport.ClosedWith, Is.EqualTo(1000));
            Assert.That(keeper.Session, Is.Null);
        }

        [Test]
        public void ASessionThatSomebodyElseClosesClosesTheKeeper()
        {
            keeper.Connect();
            keeper.Update();
            keeper.Session.Dispose();
            keeper.Update();
            Assert.That(keeper.State, Is.EqualTo(KeeperState.Closed));
        }

        private void Keep()
        {
            keeper?.Dispose();
            keeper = new SessionKeeper(server.Options);
            keeper.StateChanged += which => told.Add(which.State.ToString());
            keeper.Retrying += next => told.Add("retry " + next.Number + " in " + next.Delay.TotalMilliseconds);
            keeper.SessionMade += made => told.Add("made");
            told.Clear();
        }

        private void BeUnreachable()
        {
            server.Prepare = transport => transport.Connecting = Task.FromException(new UnreachableException("Nobody is there."));
        }

        private void Pass(long ms)
        {
            server.Now += ms;
            keeper.Update();
        }

        private string Told()
        {
            string all = string.Join("\n", told.ToArray());
            told.Clear();
            return all;
        }
    }
}
