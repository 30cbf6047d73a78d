using System;
using Loquent.Double;

namespace UnityEngine
{
    public class GUI
    {
        public static void DrawTexture(Rect position, Texture image, ScaleMode scaleMode) => World.Current.Part<Panel>().Add("Picture", string.Empty, image.width + " x " + image.height);

        public abstract class Scope : IDisposable
        {
            public void Dispose() => CloseScope();

            protected abstract void CloseScope();
        }
    }

    public class GUILayout
    {
        public static bool Button(string text, params GUILayoutOption[] options) => World.Current.Part<Panel>().Button(text);

        public static bool Button(GUIContent content, params GUILayoutOption[] options) => World.Current.Part<Panel>().Button(content.text);

        public static void Label(string text, params GUILayoutOption[] options) => World.Current.Part<Panel>().Add("Label", text, string.Empty);

        public static void Label(string text, GUIStyle style, params GUILayoutOption[] options) => Label(text, options);

        public static void BeginHorizontal(params GUILayoutOption[] options)
        {
        }

        public static void EndHorizontal()
        {
        }

        public static GUILayoutOption Width(float width) => new GUILayoutOption();
    }

    public class GUILayoutUtility
    {
        public static Rect GetRect(float width, float height) => new Rect(0, 0, width, height);
    }
}
