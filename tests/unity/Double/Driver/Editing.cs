using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using UnityEditor;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Drives the Editor from a test: its menus, inspectors and windows, the project's settings.</summary>
    public static class Editing
    {
        /// <summary>What the game is built for. Linux unless told.</summary>
        public static BuildTarget Target
        {
            get => State.Target;
            set => State.Target = value;
        }

        /// <summary>What is selected.</summary>
        public static UnityEngine.Object Selected => State.Selected;

        /// <summary>The menu entries of the Editor's own that were called.</summary>
        public static IReadOnlyList<string> ExecutedMenus => State.ExecutedMenus;

        /// <summary>The pages of the project's settings that were opened.</summary>
        public static IReadOnlyList<string> OpenedSettings => State.OpenedSettings;

        private static EditorState State => World.Current.Part<EditorState>();

        /// <summary>Opens a view of the scene.</summary>
        /// <param name="pivot">What it looks at.</param>
        public static void LookAt(Vector3 pivot)
        {
            State.View = ScriptableObject.CreateInstance<SceneView>();
            State.View.pivot = pivot;
        }

        /// <summary>Begins to edit a prefab: what is made without a parent stands in it from now on.</summary>
        /// <param name="root">Its root.</param>
        public static void OpenPrefab(GameObject root) => State.Prefab = new HashSet<GameObject> { root };

        /// <summary>Lets time go by.</summary>
        /// <param name="seconds">How much.</param>
        public static void Wait(double seconds) => State.Seconds += seconds;

        /// <summary>Calls an entry of a menu.</summary>
        /// <param name="path">The entry, such as GameObject/Loquent/NPC.</param>
        /// <param name="context">What was clicked on; null for nothing.</param>
        public static void Menu(string path, GameObject context = null)
        {
            foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies().Where(one => !one.IsDynamic))
            {
                foreach (MethodInfo method in assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)))
                {
                    if (method.GetCustomAttributes(typeof(MenuItem), false).Cast<MenuItem>().Any(one => one.menuItem == path && !one.validate))
                    {
                        method.Invoke(null, method.GetParameters().Length == 0 ? new object[0] : new object[] { new MenuCommand(context) });
                        return;
                    }
                }
            }

            throw new InvalidOperationException("There's no menu entry " + path + ".");
        }

        /// <summary>What an inspector draws, with the time gone by that it takes to look again.</summary>
        /// <param name="inspector">The inspector.</param>
        /// <returns>That, for Gui.</returns>
        public static Action Of(UnityEditor.Editor inspector) => () =>
        {
            inspector.OnInspectorGUI();
        };

        /// <summary>What a window draws.</summary>
        /// <param name="window">The window.</param>
        /// <returns>That, for Gui.</returns>
        public static Action Of(EditorWindow window) => () => window.Call("OnGUI");

        /// <summary>Calls the window's Update, as the Editor does many times a second.</summary>
        /// <param name="window">The window.</param>
        public static void Update(EditorWindow window) => window.Call("Update");
    }
}
