using System.Threading;
using NUnit.Framework;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>
    /// A test that blocks while it waits, and so must not leave anything to its thread's synchronization context: Unity's test runner has one,
    /// and nobody pumps it meanwhile.
    /// </summary>
    public abstract class ContextlessTest
    {
        private SynchronizationContext found;

        [SetUp]
        public void LeaveContext()
        {
            found = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
        }

        [TearDown]
        public void GoBackToContext()
        {
            SynchronizationContext.SetSynchronizationContext(found);
        }
    }
}
