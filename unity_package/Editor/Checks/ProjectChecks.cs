using System.Collections.Generic;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>What commonly goes wrong with a project's settings.</summary>
    internal static class ProjectChecks
    {
        private const string EssentialsMenu = "Window/TextMeshPro/Import TMP Essential Resources";

        /// <summary>Looks for what keeps text from being seen.</summary>
        internal static IEnumerable<Finding> Text(ProjectFacts facts)
        {
            if (!facts.HasTextMeshProEssentials)
            {
                yield return Finding.Error(
                    "TextMeshPro's essential resources haven't been imported, so no text can be drawn.",
                    "Import them",
                    () => EditorApplication.ExecuteMenuItem(EssentialsMenu));
            }
        }

        /// <summary>Looks for what keeps a build from reaching the server.</summary>
        internal static IEnumerable<Finding> Network(ProjectFacts facts)
        {
            if (!facts.HasLinkFile)
            {
                yield return Finding.Error(
                    "The package's file " + LinkerProcessor.LinkFile + " is missing, so an IL2CPP build may strip what the package needs. Install the package again.");
            }

            if (facts.Target != BuildTarget.Android)
            {
                if (!facts.RunsInBackground)
                {
                    yield return Finding.Info(
                        "The game stands still while another window has the focus, and hears nothing of the server then. It goes on afterwards; after more than a minute the server may have forgotten it.",
                        "Let it run in the background",
                        () => PlayerSettings.runInBackground = true);
                }

                yield break;
            }

            if (facts.RemovesInternet)
            {
                yield return Finding.Error(
                    "OpenXR takes the permission for the network out of the build, so a headset can't reach the server. Turn off Force Remove Internet Permission: Project Settings > "
                    + "XR Plug-in Management > OpenXR > Android > the gear beside Meta Quest Support.",
                    "Open the settings",
                    () => SettingsService.OpenProjectSettings("Project/XR Plug-in Management/OpenXR"));
            }

            if (!facts.RequiresInternet)
            {
                yield return Finding.Warning(
                    "Whether the build may use the network is left to what Unity finds in the code. Set Internet Access to Require, and it's certain.",
                    "Require it",
                    () => PlayerSettings.Android.forceInternetPermission = true);
            }
        }
    }
}
