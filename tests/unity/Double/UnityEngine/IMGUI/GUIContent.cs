namespace UnityEngine
{
    /// <summary>What a control shows, and what it says when the mouse rests on it.</summary>
    public class GUIContent
    {
        public GUIContent()
            : this(string.Empty)
        {
        }

        public GUIContent(string text)
            : this(text, string.Empty)
        {
        }

        public GUIContent(string text, string tooltip)
        {
            this.text = text;
            this.tooltip = tooltip;
        }

        public string text { get; set; }

        public string tooltip { get; set; }
    }

    /// <summary>How a control looks. The double draws none.</summary>
    public sealed class GUIStyle
    {
        public GUIStyle()
        {
        }

        public GUIStyle(GUIStyle other)
        {
            wordWrap = other.wordWrap;
        }

        public bool wordWrap { get; set; }
    }

    /// <summary>A wish of a control's for its size. The double grants none.</summary>
    public sealed class GUILayoutOption
    {
        internal GUILayoutOption()
        {
        }
    }

    public enum ScaleMode
    {
        StretchToFill = 0,
        ScaleAndCrop = 1,
        ScaleToFit = 2,
    }
}
