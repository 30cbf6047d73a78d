using System.Collections.Generic;
using UnityEditor;
using UnityEngine;
using UnityEngine.EventSystems;

namespace Loquent.Editor
{
    /// <summary>What commonly goes wrong in a scene.</summary>
    internal static class SceneChecks
    {
        /// <summary>Looks for the player's eyes: canvases face them, and snapshots look through them.</summary>
        internal static IEnumerable<Finding> Eyes()
        {
            if (Camera.main != null)
            {
                yield break;
            }

            Camera[] cameras = Object.FindObjectsByType<Camera>(FindObjectsInactive.Exclude, FindObjectsSortMode.None);
            if (cameras.Length == 1)
            {
                Camera only = cameras[0];
                yield return Finding.Warning(
                    "No camera is tagged MainCamera, so it isn't known where the player's eyes are.",
                    "Tag '" + only.name + "'",
                    () =>
                    {
                        Undo.RecordObject(only.gameObject, "Tag main camera");
                        only.tag = "MainCamera";
                    });
            }
            else
            {
                yield return Finding.Warning(
                    cameras.Length == 0
                        ? "There's no camera in the scene, so it isn't known where the player's eyes are. Add the player's rig, with its camera tagged MainCamera."
                        : "No camera is tagged MainCamera, so it isn't known where the player's eyes are. Tag the player's.");
            }
        }

        /// <summary>Looks for other clients in a client's scene.</summary>
        internal static IEnumerable<Finding> OneClient(LoquentClient client)
        {
            foreach (LoquentClient other in Object.FindObjectsByType<LoquentClient>(FindObjectsInactive.Exclude, FindObjectsSortMode.None))
            {
                if (other != client && other.gameObject.scene == client.gameObject.scene)
                {
                    LoquentClient found = other;
                    yield return Finding.Warning(
                        "There's another client in the scene, '" + found.name + "'. One is enough for all NPCs; with two, give each NPC its own in its field Client.",
                        "Select it",
                        () => Selection.activeObject = found);
                    yield break;
                }
            }
        }

        /// <summary>Looks for the client that an NPC will use.</summary>
        internal static IEnumerable<Finding> HasClient(Npc npc)
        {
            if (npc.Client == null && Object.FindAnyObjectByType<LoquentClient>(FindObjectsInactive.Include) == null)
            {
                yield return Finding.Info(
                    "There's no client in the scene. One will be made when it plays, for " + LoquentSettings.DefaultAddress + ".",
                    "Add a client",
                    () => SceneObjects.CreateClient(null));
            }
        }

        /// <summary>Looks for what hands presses on to buttons.</summary>
        internal static IEnumerable<Finding> Presses()
        {
            if (Object.FindAnyObjectByType<EventSystem>(FindObjectsInactive.Include) == null)
            {
                yield return Finding.Warning("There's no EventSystem in the scene, so nothing can be pressed.", "Add one", SceneObjects.CreateEventSystem);
            }
        }

        /// <summary>Looks for the NPC that a component belongs to.</summary>
        /// <param name="component">The component.</param>
        /// <param name="named">The NPC it was given; may be null.</param>
        /// <param name="without">What doesn't happen without one.</param>
        internal static IEnumerable<Finding> HasNpc(Component component, Npc named, string without)
        {
            if (named == null && component.GetComponentInParent<Npc>(true) == null)
            {
                yield return Finding.Warning("It has no Npc, and there's none on this object or above it, so " + without + ".");
            }
        }
    }
}
