using UnityEngine;

namespace Loquent
{
    /// <summary>Puts objects at the root of a component's scene, whichever scene is the active one, and gives them their size in the world.</summary>
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

        /// <summary>Scales something evenly in the world, whatever it's below.</summary>
        internal static void Scale(Transform transform, float scale)
        {
            var wanted = new Vector3(scale, scale, scale);
            Transform parent = transform.parent;
            if (parent != null)
            {
                Vector3 above = parent.lossyScale;
                wanted = new Vector3(Divide(scale, above.x), Divide(scale, above.y), Divide(scale, above.z));
            }

            if (transform.localScale != wanted)
            {
                transform.localScale = wanted;
            }
        }

        private static float Divide(float scale, float by)
        {
            return Mathf.Abs(by) > 1e-6f ? scale / by : scale;
        }
    }
}
