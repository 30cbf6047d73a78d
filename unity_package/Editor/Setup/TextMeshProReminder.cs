using UnityEditor;
using UnityEngine;

namespace Loquent.Editor.Setup
{
    /// <summary>
    /// Says why the components aren't there, in a project without TextMeshPro. This assembly is compiled only there. The package doesn't name TextMeshPro as a dependency,
    /// because in Unity 6 it's a part of uGUI, and naming the old package breaks some of its versions.
    /// </summary>
    internal static class TextMeshProReminder
    {
        [InitializeOnLoadMethod]
        private static void Remind()
        {
            Debug.LogWarning(
                "Loquent: its components need TextMeshPro, which this project doesn't have. Add it in Window > Package Manager, under Unity Registry: TextMeshPro (com.unity.textmeshpro), 3.0 or newer.");
        }
    }
}
