using System.IO;
using Loquent.Double;
using Loquent.Editor;
using NUnit.Framework;

namespace Loquent.Desk.Tests
{
    /// <summary>A test in the Editor outside of Play mode: each has a new world, and fails if it leaves something in the log that it didn't expect.</summary>
    public abstract class EditorTest
    {
        [SetUp]
        public void BeginEditor()
        {
            Directory.CreateDirectory(Path.GetDirectoryName(LinkerProcessor.LinkFile)); // the tests run in a folder of their own, which is the project's here
            File.WriteAllText(LinkerProcessor.LinkFile, "<linker />");
            Engine.ResetToEditMode();
            ServerReport.Last = null;
        }

        [TearDown]
        public void EndEditor()
        {
            string unexpected = string.Join("\n", EngineLog.Unexpected());
            Engine.Stop();
            Assert.That(unexpected, Is.Empty, "The log has lines that the test doesn't expect.");
        }
    }
}
