using UnityEngine;

namespace Loquent
{
    /// <summary>Makes objects at the root of a component's scene, whichever scene is the active one.</summary>
    internal static class SceneRoot
    {
        internal static GameObject Make(string name, Component component)
        {
            var made = new GameObject(name) { layer = component.gameObject.layer };
            Place(made.transform, component);
            return made;
        }

        /// <summary>Moves an object to the root of a component's scene, also of the one that survives scene loads.</summary>
        internal static void Place(Transform transform, Component component)
        {
            transform.SetParent(component.transform, false); // takes it into that scene
            transform.SetParent(null, false);
        }
    }
}
