using System.Collections.Generic;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>The inspector of a <see cref="LoquentSettings"/> asset.</summary>
    [CustomEditor(typeof(LoquentSettings))]
    [CanEditMultipleObjects]
    internal sealed class SettingsEditor : ComponentEditor
    {
        private LoquentSettings Settings => (LoquentSettings)target;

        /// <inheritdoc/>
        protected override void Look(ProjectFacts project, List<Finding> found)
        {
            found.AddRange(AddressChecks.Look(Settings.Address, project.Target, right => Write("address", right)));
            if (Settings.TokenSource == TokenSource.Asset && !string.IsNullOrEmpty(Settings.Token))
            {
                found.Add(Finding.Info(
                    "The token stands in the asset: in your version control, and in every build, where anybody can read it. Give it limits on the server, or choose another source."));
            }
            else if (Settings.TokenSource != TokenSource.None && Settings.TokenSource != TokenSource.Script && string.IsNullOrEmpty(Settings.Token))
            {
                found.Add(Finding.Warning(
                    Settings.TokenSource == TokenSource.Asset
                        ? "There's no token. Write it into the field, or choose the source None."
                        : "The name of the environment variable is missing. Write it into the field Token."));
            }

            if (Settings.TokenSource == TokenSource.Environment && project.Target == BuildTarget.Android)
            {
                found.Add(Finding.Warning("An environment variable is there in the Editor, but not on a headset. For the device, choose the source Script or Asset."));
            }
        }

        /// <inheritdoc/>
        protected override void DrawNow()
        {
            EditorGUILayout.LabelField("A change counts when a client connects again.");
        }
    }
}
