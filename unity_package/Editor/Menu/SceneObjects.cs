using System;
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.EventSystems;
using Object = UnityEngine.Object;

namespace Loquent.Editor
{
    /// <summary>Makes the objects of the menu GameObject &gt; Loquent, each as one step to undo.</summary>
    internal static class SceneObjects
    {
        private const string NewInputModule = "UnityEngine.InputSystem.UI.InputSystemUIInputModule, Unity.InputSystem";
        private const float BodyHeight = 1.8f;

        /// <summary>Whether the project has its input from the Input System: that it's installed says nothing, and its module hears nothing while the old one is active.</summary>
        private static readonly bool UsesInputSystem =
#if ENABLE_INPUT_SYSTEM
            true;
#else
            false;
#endif

        /// <summary>
        /// Makes an NPC. Below another object it's a child that lets that one talk; otherwise it gets a body of its own, a capsule to be replaced by a figure. A client is made
        /// as well, if there's none; but not into a prefab, since a scene needs one and not each NPC.
        /// </summary>
        /// <param name="parent">The object that is to talk; null for none.</param>
        internal static Npc CreateNpc(GameObject parent)
        {
            int group = Begin("Create NPC");
            GameObject made = Make(parent == null ? "NPC" : "NPC of " + parent.name, parent, typeof(SpeechCanvas), typeof(CanvasAnchor), typeof(Npc));
            var npc = made.GetComponent<Npc>();
            if (parent == null)
            {
                AddBody(made);
            }
            else
            {
                made.GetComponent<CanvasAnchor>().Target = parent.transform;
            }

            if (!IsInPrefab(made) && Object.FindAnyObjectByType<LoquentClient>(FindObjectsInactive.Include) == null)
            {
                Make("Loquent client", null, typeof(LoquentClient)).transform.position = Vector3.zero;
            }

            End(group, made);
            return npc;
        }

        /// <summary>Makes a client.</summary>
        internal static LoquentClient CreateClient(GameObject parent)
        {
            int group = Begin("Create Loquent client");
            GameObject made = Make("Loquent client", parent, typeof(LoquentClient));
            made.transform.localPosition = Vector3.zero;
            End(group, made);
            return made.GetComponent<LoquentClient>();
        }

        /// <summary>Makes a canvas that shows a text where it stands, without an NPC.</summary>
        internal static SpeechCanvas CreateSpeechCanvas(GameObject parent)
        {
            int group = Begin("Create speech canvas");
            GameObject made = Make("Speech canvas", parent, typeof(SpeechCanvas));
            End(group, made);
            return made.GetComponent<SpeechCanvas>();
        }

        /// <summary>Makes a prompt, and an EventSystem if there's none. Below an NPC it belongs to that.</summary>
        internal static PlayerPrompt CreatePlayerPrompt(GameObject parent)
        {
            int group = Begin("Create player prompt");
            GameObject made = Make("Player prompt", parent, typeof(PlayerPrompt));
            var prompt = made.GetComponent<PlayerPrompt>();
            prompt.SetReplies("Good evening!", "Who are you?");
            if (!IsInPrefab(made) && made.GetComponentInParent<Npc>(true) == null)
            {
                prompt.Npc = Object.FindAnyObjectByType<Npc>();
            }

            if (!IsInPrefab(made) && Object.FindAnyObjectByType<EventSystem>(FindObjectsInactive.Include) == null)
            {
                MakeEventSystem();
            }

            End(group, made);
            return prompt;
        }

        /// <summary>Makes an EventSystem with the module of the input that the project uses.</summary>
        internal static void CreateEventSystem()
        {
            int group = Begin("Create EventSystem");
            End(group, MakeEventSystem());
        }

        private static GameObject MakeEventSystem()
        {
            GameObject made = Make("EventSystem", null, typeof(EventSystem));
            made.transform.position = Vector3.zero;
            Type module = UsesInputSystem ? Type.GetType(NewInputModule) : null;
            if (module != null)
            {
                made.AddComponent(module);
            }
            else
            {
                made.AddComponent<StandaloneInputModule>();
            }

            return made;
        }

        /// <summary>Tells whether something stands in a prefab that is being edited, and not in a scene.</summary>
        private static bool IsInPrefab(GameObject made)
        {
            return EditorSceneManager.IsPreviewSceneObject(made);
        }

        private static int Begin(string what)
        {
            Undo.IncrementCurrentGroup();
            Undo.SetCurrentGroupName(what);
            return Undo.GetCurrentGroup();
        }

        private static void End(int group, GameObject made)
        {
            Undo.CollapseUndoOperations(group);
            Selection.activeGameObject = made;
        }

        /// <summary>Makes an object: below its parent, or where the scene view looks.</summary>
        private static GameObject Make(string name, GameObject parent, params Type[] components)
        {
            var made = new GameObject(name);
            if (parent != null)
            {
                GameObjectUtility.SetParentAndAlign(made, parent);
            }
            else
            {
                StageUtility.PlaceGameObjectInCurrentStage(made);
                SceneView view = SceneView.lastActiveSceneView;
                made.transform.position = view == null ? Vector3.zero : view.pivot;
            }

            GameObjectUtility.EnsureUniqueNameForSibling(made);
            foreach (Type component in components)
            {
                made.AddComponent(component);
            }

            Undo.RegisterCreatedObjectUndo(made, "Create " + name);
            return made;
        }

        /// <summary>Gives it a capsule that stands on the object's place.</summary>
        private static void AddBody(GameObject owner)
        {
            GameObject body = GameObject.CreatePrimitive(PrimitiveType.Capsule);
            body.name = "Body";
            GameObjectUtility.SetParentAndAlign(body, owner);
            body.transform.localPosition = new Vector3(0, BodyHeight / 2, 0);
            body.transform.localScale = new Vector3(0.5f, BodyHeight / 2, 0.5f);
            Undo.RegisterCreatedObjectUndo(body, "Create body");
        }
    }
}
