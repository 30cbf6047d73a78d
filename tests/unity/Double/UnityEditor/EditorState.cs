using System.Collections.Generic;
using UnityEditor;

namespace Loquent.Double
{
    /// <summary>What the Editor keeps: the project's settings, windows, what was done.</summary>
    internal sealed class EditorState
    {
        internal BuildTarget Target { get; set; } = BuildTarget.StandaloneLinux64;

        internal bool RunsInBackground { get; set; } = true;

        internal bool RequiresInternet { get; set; }

        internal double Seconds { get; set; }

        internal UnityEngine.Object Selected { get; set; }

        internal SceneView View { get; set; }

        internal List<EditorWindow> Windows { get; } = new List<EditorWindow>();

        internal List<string> ExecutedMenus { get; } = new List<string>();

        internal List<string> OpenedSettings { get; } = new List<string>();

        /// <summary>What stands in the prefab that is being edited; null while a scene is.</summary>
        internal HashSet<UnityEngine.GameObject> Prefab { get; set; }

        internal int Repaints { get; set; }
    }
}
