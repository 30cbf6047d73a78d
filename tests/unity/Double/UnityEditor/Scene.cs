using System.Collections.Generic;
using Loquent.Double;
using UnityEngine;

namespace UnityEditor
{
    public sealed class Selection
    {
        public static Object activeObject
        {
            get => World.Current.Part<EditorState>().Selected;
            set => World.Current.Part<EditorState>().Selected = value;
        }

        public static GameObject activeGameObject
        {
            get => activeObject as GameObject;
            set => activeObject = value;
        }
    }

    /// <summary>The view of the scene that is edited.</summary>
    public class SceneView : EditorWindow
    {
        /// <summary>The view that was used last; null if there was none.</summary>
        public static SceneView lastActiveSceneView => World.Current.Part<EditorState>().View;

        /// <summary>What it looks at.</summary>
        public Vector3 pivot { get; set; }
    }

    public sealed class GameObjectUtility
    {
        public static void SetParentAndAlign(GameObject child, GameObject parent)
        {
            if (parent == null)
            {
                return;
            }

            child.transform.SetParent(parent.transform, false);
            child.transform.localPosition = Vector3.zero;
            child.transform.localRotation = Quaternion.identity;
            child.transform.localScale = Vector3.one;
            child.layer = parent.layer;
        }

        /// <summary>Puts a number behind the name, if a sibling has it already.</summary>
        public static void EnsureUniqueNameForSibling(GameObject self)
        {
            var taken = new HashSet<string>();
            IEnumerable<GameObject> siblings = self.transform.parent == null ? (IEnumerable<GameObject>)self.scene.GetRootGameObjects() : Children(self.transform.parent);
            foreach (GameObject one in siblings)
            {
                if (one != self)
                {
                    taken.Add(one.name);
                }
            }

            string wanted = self.name;
            for (int number = 1; taken.Contains(self.name); number++)
            {
                self.name = wanted + " (" + number + ")";
            }
        }

        private static IEnumerable<GameObject> Children(Transform parent)
        {
            foreach (Transform child in parent)
            {
                yield return child.gameObject;
            }
        }
    }
}

namespace UnityEditor.SceneManagement
{
    public static class StageUtility
    {
        /// <summary>Into the prefab that is being edited, if one is (Editing.OpenPrefab).</summary>
        public static void PlaceGameObjectInCurrentStage(GameObject gameObject)
        {
            World.Current.Part<EditorState>().Prefab?.Add(gameObject);
        }
    }

    public sealed class EditorSceneManager : UnityEngine.SceneManagement.SceneManager
    {
        /// <summary>Whether it belongs to a prefab that is being edited.</summary>
        public static bool IsPreviewSceneObject(Object obj)
        {
            HashSet<GameObject> prefab = World.Current.Part<EditorState>().Prefab;
            return prefab != null && obj is GameObject one && prefab.Contains(one.transform.root.gameObject);
        }
    }
}
