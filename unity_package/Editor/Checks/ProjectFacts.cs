using System;
using System.IO;
using TMPro;
using UnityEditor;
using UnityEngine;

namespace Loquent.Editor
{
    /// <summary>What the checks want to know of the project.</summary>
    internal sealed class ProjectFacts
    {
        private const string XrSettings = "Assets/XR";
        private const string Removal = "forceRemoveInternetPermission: 1";

        /// <summary>What the game is built for.</summary>
        internal BuildTarget Target { get; set; }

        /// <summary>Whether TextMeshPro's fonts and shaders have been imported.</summary>
        internal bool HasTextMeshProEssentials { get; set; }

        /// <summary>Whether an Android build asks for the network in any case; otherwise Unity decides by what it finds in the code.</summary>
        internal bool RequiresInternet { get; set; }

        /// <summary>Whether OpenXR takes the permission for the network out of an Android build.</summary>
        internal bool RemovesInternet { get; set; }

        /// <summary>Whether the game goes on while another window has the focus.</summary>
        internal bool RunsInBackground { get; set; }

        /// <summary>Whether the file is there that keeps stripping away from the package.</summary>
        internal bool HasLinkFile { get; set; }

        /// <summary>Looks at the project. Reads files: not for every frame.</summary>
        internal static ProjectFacts Read()
        {
            return new ProjectFacts
            {
                Target = EditorUserBuildSettings.activeBuildTarget,
                HasTextMeshProEssentials = Resources.Load<TMP_Settings>("TMP Settings") != null, // TMP_Settings.instance would open a window
                RequiresInternet = PlayerSettings.Android.forceInternetPermission,
                RemovesInternet = LooksRemoved(XrSettings),
                RunsInBackground = PlayerSettings.runInBackground,
                HasLinkFile = File.Exists(Path.GetFullPath(LinkerProcessor.LinkFile)),
            };
        }

        /// <summary>Reads it in the settings' file, as the package with their types may not be there.</summary>
        /// <param name="folder">Where XR plug-ins keep their settings.</param>
        internal static bool LooksRemoved(string folder)
        {
            try
            {
                if (!Directory.Exists(folder))
                {
                    return false;
                }

                foreach (string file in Directory.GetFiles(folder, "*.asset", SearchOption.AllDirectories))
                {
                    if (File.ReadAllText(file).Contains(Removal))
                    {
                        return true;
                    }
                }
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                // What can't be read isn't found.
            }

            return false;
        }
    }
}
