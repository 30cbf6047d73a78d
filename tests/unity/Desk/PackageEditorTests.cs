using System;
using System.Collections.Generic;
using System.Reflection;
using Loquent.Components.Tests;
using Loquent.Editor.Tests;
using NUnit.Framework;

namespace Loquent.Desk.Tests
{
    /// <summary>Runs the package's own tests of its Editor's side, as Unity's Test Runner does in Edit mode: each in a new world.</summary>
    [TestFixture]
    public sealed class PackageEditorTests : EditorTest
    {
        /// <summary>All of them.</summary>
        public static IEnumerable<TestCaseData> All()
        {
            return PackageRun.All(typeof(SceneObjectsTests).Assembly, typeof(SceneObjectsTests).Namespace);
        }

        [Test]
        [TestCaseSource("All")]
        public void Runs(Type fixture, MethodInfo test, object[] arguments)
        {
            PackageRun.Run(fixture, test, arguments);
        }
    }
}
