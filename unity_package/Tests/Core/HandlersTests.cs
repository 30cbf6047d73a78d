using System;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>Adding and removing handlers, as C#'s own events do.</summary>
    [TestFixture]
    public sealed class HandlersTests
    {
        [Test]
        public void HandlersAreCalledInOrderAndTheLastEqualOneIsRemoved()
        {
            var handlers = new Handlers<Action>();
            string called = string.Empty;
            Action a = () => called += "a";
            Action b = () => called += "b";
            handlers.Add(a);
            handlers.Add(b);
            handlers.Add(a);
            handlers.Add(null);
            handlers.Remove(a);
            handlers.Remove(() => { });
            handlers.Remove(null);
            Array.ForEach(handlers.All, handler => handler());
            Assert.That(called, Is.EqualTo("ab"));
        }

        [Test]
        public void ARoundThatIsUnderWayIsNotChanged()
        {
            var handlers = new Handlers<Action>();
            int called = 0;
            Action second = () => called++;
            handlers.Add(() => handlers.Remove(second));
            handlers.Add(second);
            Array.ForEach(handlers.All, handler => handler());
            Assert.That(called, Is.EqualTo(1));
            Assert.That(handlers.All.Length, Is.EqualTo(1));
        }
    }
}
