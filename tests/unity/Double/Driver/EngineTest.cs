using NUnit.Framework;

namespace Loquent.Double
{
    /// <summary>A test in the engine: each has a new world, and fails if it leaves a warning, an error or an exception in the log that it didn't expect.</summary>
    public abstract class EngineTest
    {
        /// <summary>Begins Play mode.</summary>
        [SetUp]
        public void BeginEngine()
        {
            Engine.Reset();
        }

        /// <summary>Ends Play mode, and looks into the log.</summary>
        [TearDown]
        public void EndEngine()
        {
            Engine.Stop();
            string unexpected = string.Join("\n", EngineLog.Unexpected());
            World.End();
            Assert.That(unexpected, Is.Empty, "The log has lines that the test doesn't expect.");
        }
    }
}
