using System;
using System.Threading;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>The tests themselves, on a thread with a synchronization context that nobody pumps while they block: as Unity's test runner.</summary>
    [TestFixture]
    public sealed class ContextTests : ContextlessTest
    {
        [Test]
        public void RunningEndsWithTheSession()
        {
            Race(test => test.RunningEndsWithTheSessionOrItsConnection());
        }

        [Test]
        public void RunningCompletesOpening()
        {
            Race(test => test.RunningCompletesOpeningAndAcknowledgesWithoutFrames());
        }

        [Test]
        public void AFaultInsteadOfTheWelcome()
        {
            UnderAContext(() =>
            {
                var test = new ConnectingTests();
                test.LeaveContext();
                test.MakeServer();
                test.AFaultInsteadOfTheWelcomeIsThrownAndNothingIsLeft();
                test.GoBackToContext();
            });
        }

        [Test]
        public void ReconnectingGoesOnWithUpdateAlone()
        {
            UnderAContext(() =>
            {
                var test = new ReconnectRaceTests();
                SynchronizationContext unpumped = SynchronizationContext.Current;
                test.LeaveContext();
                test.Connect();
                SynchronizationContext.SetSynchronizationContext(unpumped); // Update is called here, as on Unity's main thread
                test.AReplyOverTwentyConnectionsIsWholeAndEndsOnce();
                test.Dispose();
            });
        }

        private static void Race(Action<RaceTests> run)
        {
            UnderAContext(() =>
            {
                var test = new RaceTests();
                test.LeaveContext();
                test.Connect();
                run(test);
                test.Dispose();
                test.GoBackToContext();
            });
        }

        private static void UnderAContext(Action test)
        {
            var unpumped = new Unpumped();
            SynchronizationContext.SetSynchronizationContext(unpumped);
            test();
            Assert.That(SynchronizationContext.Current, Is.SameAs(unpumped), "It's there again for the next test.");
        }

        private sealed class Unpumped : SynchronizationContext
        {
            public override void Post(SendOrPostCallback callback, object state)
            {
                GC.KeepAlive(callback);
            }
        }
    }
}
