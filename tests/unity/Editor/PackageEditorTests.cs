using System;
using System.Collections.Generic;
using Loquent.Components.Tests;
using Loquent.Editor.Tests;
using NUnit.Framework;

namespace Loquent.Desk.Tests
{
    /// <summary>Runs the package's own tests of its Editor's side, as Unity's Test Runner does in Edit mode: each in a new world.</summary>
    [TestFixture]
    public sealed class PackageEditorTests : EditorTest
    {
        /// <summary>All of them that need a world; NUnit finds the others by itself.</summary>
        public static IEnumerable<TestCaseData> All()
        {
            return PackageRun.All(typeof(SceneObjectsTests).Assembly, typeof(SceneObjectsTests).Namespace, onlyFrames: true);
        }

        [Test]
        [TestCaseSource("All")]
        public void Runs(Type fixture, string test)
        {
            PackageRun.Run(fixture, test);
        }
    }
}
