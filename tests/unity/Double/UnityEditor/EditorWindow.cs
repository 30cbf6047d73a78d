using System;
using System.Collections.Generic;
using System.Reflection;
using Loquent.Double;
using UnityEngine;

namespace UnityEditor
{
    /// <summary>A window of the Editor's. One of each type.</summary>
    public class EditorWindow : ScriptableObject
    {
        public GUIContent titleContent { get; set; } = new GUIContent();

        public Vector2 minSize { get; set; }

        /// <summary>The open window of the type; a new one, if there's none.</summary>
        public static T GetWindow<T>(string title)
            where T : EditorWindow
        {
            List<EditorWindow> all = World.Current.Part<EditorState>().Windows;
            var open = (T)all.Find(one => one is T);
            if (open == null)
            {
                open = CreateInstance<T>();
                all.Add(open);
            }

            open.titleContent = new GUIContent(title);
            return open;
        }

        public void Show()
        {
        }

        public void Repaint() => World.Current.Part<EditorState>().Repaints++;

        public void Close()
        {
            World.Current.Part<EditorState>().Windows.Remove(this);
            DestroyImmediate(this);
        }

        /// <summary>Calls a method that the Editor calls by its name.</summary>
        internal void Call(string message)
        {
            for (Type type = GetType(); type != null; type = type.BaseType)
            {
                MethodInfo method = type.GetMethod(
                    message, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly, null, Type.EmptyTypes, null);
                if (method != null)
                {
                    ((Action)Delegate.CreateDelegate(typeof(Action), this, method))();
                    return;
                }
            }
        }
    }
}
