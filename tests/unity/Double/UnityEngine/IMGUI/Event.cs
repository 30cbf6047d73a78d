using Loquent.Double;

namespace UnityEngine
{
    public enum EventType
    {
        MouseDown = 0,
        MouseUp = 1,
        KeyDown = 4,
        Repaint = 7,
        Layout = 8,
        Used = 12,
    }

    /// <summary>Why OnGUI is called.</summary>
    public sealed class Event
    {
        /// <summary>Null outside of OnGUI.</summary>
        public static Event current => World.Current.Part<Panel>().Event;

        public EventType type { get; set; }
    }

    public sealed class ExitGUIException : System.Exception
    {
    }

    public class GUIUtility
    {
        /// <summary>Ends this call of OnGUI: for when what is drawn has changed under way.</summary>
        public static void ExitGUI() => throw new ExitGUIException();
    }
}
