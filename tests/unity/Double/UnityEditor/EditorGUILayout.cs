using System;
using Loquent.Double;
using UnityEngine;

namespace UnityEditor
{
    public enum MessageType
    {
        None = 0,
        Info = 1,
        Warning = 2,
        Error = 3,
    }

    public sealed class EditorGUI
    {
        public struct DisabledScope : IDisposable
        {
            public DisabledScope(bool disabled) => World.Current.Part<Panel>().BeginDisabled(disabled);

            public void Dispose() => World.Current.Part<Panel>().EndDisabled();
        }
    }

    public sealed class EditorStyles
    {
        public static GUIStyle boldLabel => new GUIStyle();

        public static GUIStyle wordWrappedLabel => new GUIStyle { wordWrap = true };
    }

    public sealed class EditorGUILayout
    {
        private static Panel Panel => World.Current.Part<Panel>();

        public static void LabelField(string label, params GUILayoutOption[] options) => Panel.Add("Label", label, string.Empty);

        public static void LabelField(string label, GUIStyle style, params GUILayoutOption[] options) => LabelField(label, options);

        public static void LabelField(string label, string label2, params GUILayoutOption[] options) => Panel.Add("Label", label, label2);

        public static void LabelField(string label, string label2, GUIStyle style, params GUILayoutOption[] options) => LabelField(label, label2, options);

        public static void HelpBox(string message, MessageType type) => Panel.Add("Box", type.ToString(), message);

        public static void Space()
        {
        }

        public static string TextField(string label, string text, params GUILayoutOption[] options) => Panel.Field("Text", label, text, text);

        public static string TextField(GUIContent label, string text, params GUILayoutOption[] options) => TextField(label.text, text, options);

        public static string PasswordField(GUIContent label, string password, params GUILayoutOption[] options) =>
            Panel.Field("Text", label.text, password, new string('*', password.Length));

        public static int Popup(string label, int selectedIndex, string[] displayedOptions, params GUILayoutOption[] options) =>
            Panel.Field("Popup", label, selectedIndex, selectedIndex < 0 ? string.Empty : displayedOptions[selectedIndex]);

        public static UnityEngine.Object ObjectField(
            GUIContent label, UnityEngine.Object obj, Type objType, bool allowSceneObjects, params GUILayoutOption[] options) =>
            Panel.Field("Object", label.text, obj, obj == null ? "None" : obj.name);

        public static Vector2 BeginScrollView(Vector2 scrollPosition, params GUILayoutOption[] options) => scrollPosition;

        public static void EndScrollView()
        {
        }

        public class HorizontalScope : GUI.Scope
        {
            public HorizontalScope(params GUILayoutOption[] options)
            {
            }

            protected override void CloseScope()
            {
            }
        }
    }
}
