using System.IO;
using UnityEditor.Build;
using UnityEditor.Build.Reporting;
using UnityEditor.UnityLinker;

namespace Loquent.Editor
{
    /// <summary>
    /// Hands the package's link.xml to a build. Unity finds such files in a project's Assets by itself, but not in packages.
    /// </summary>
    internal sealed class LinkerProcessor : IUnityLinkerProcessor
    {
        /// <summary>What must not be stripped, from the project's folder.</summary>
        internal const string LinkFile = "Packages/com.loquent.unity/Runtime/link.xml";

        /// <summary>When it's asked, among others: it doesn't matter.</summary>
        public int callbackOrder => 0;

        /// <summary>Says where the file is.</summary>
        /// <param name="report">The build.</param>
        /// <param name="data">What is linked.</param>
        /// <returns>Its whole path: a package may be elsewhere than it looks.</returns>
        public string GenerateAdditionalLinkXmlFile(BuildReport report, UnityLinkerBuildPipelineData data)
        {
            return Path.GetFullPath(LinkFile);
        }
    }
}
