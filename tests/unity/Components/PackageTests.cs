using System;
using System.Collections.Generic;
using System.Reflection;
using Loquent.Double;
using NUnit.Framework;

namespace Loquent.Components.Tests
{
    /// <summary>Runs the package's own tests of its components, as Unity's Test Runner does in Play mode: each in a new world.</summary>
    [TestFixture]
    public sealed class PackageTests : EngineTest
    {
        /// <summary>All of them.</summary>
        public static IEnumerable<TestCaseData> All()
        {
            return PackageRun.All(typeof(Loquent.Tests.SceneTest).Assembly, typeof(Loquent.Tests.SceneTest).Namespace);
        }

        [Test]
        [TestCaseSource("All")]
        public void Runs(Type fixture, MethodInfo test, object[] arguments)
        {
            PackageRun.Run(fixture, test, arguments);
        }
    }
}
