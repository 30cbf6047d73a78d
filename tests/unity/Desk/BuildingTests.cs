using System.IO;
using Loquent.Editor;
using NUnit.Framework;
using UnityEditor;
using UnityEditor.Build;
using UnityEditor.UnityLinker;

namespace Loquent.Desk.Tests
{
    /// <summary>A build is told what it must not strip.</summary>
    [TestFixture]
    public sealed class BuildingTests : EditorTest
    {
        [Test]
        public void ABuildGetsTheLinkFileByItsWholePath()
        {
            IUnityLinkerProcessor processor = new LinkerProcessor();
            string path = processor.GenerateAdditionalLinkXmlFile(null, new UnityLinkerBuildPipelineData(BuildTarget.Android, "Temp"));
            Assert.That(Path.IsPathRooted(path), Is.True);
            Assert.That(File.Exists(path), Is.True);
        }
    }
}
