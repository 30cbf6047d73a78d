using System;
using System.Reflection;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Draws what has an OnGUI, and uses it: presses its buttons, types into its fields.</summary>
    public static class Gui
    {
        /// <summary>Draws.</summary>
        /// <param name="onGui">What draws.</param>
        /// <returns>The controls, in their order.</returns>
        public static Control[] Draw(Action onGui) => World.Current.Part<Panel>().Draw(onGui);

        /// <summary>Presses a button, which must be there and enabled.</summary>
        /// <param name="onGui">What draws it.</param>
        /// <param name="label">What stands on it.</param>
        public static void Press(Action onGui, string label) => World.Current.Part<Panel>().Press(onGui, label);

        /// <summary>Puts a value into a field, which must be there and enabled.</summary>
        /// <param name="onGui">What draws it.</param>
        /// <param name="label">What stands before it.</param>
        /// <param name="value">The value, of the field's own type; for a popup the index.</param>
        public static void Type(Action onGui, string label, object value) => World.Current.Part<Panel>().Type(onGui, label, value);

        /// <summary>What a script draws on the screen.</summary>
        /// <param name="script">The script, which has an OnGUI.</param>
        /// <returns>That, to be given to the others here.</returns>
        public static Action Of(MonoBehaviour script)
        {
            MethodInfo method = script.GetType().GetMethod("OnGUI", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
            return (Action)Delegate.CreateDelegate(typeof(Action), script, method);
        }

        /// <summary>All that was drawn, a control a line.</summary>
        /// <param name="onGui">What draws.</param>
        /// <returns>The lines.</returns>
        public static string Text(Action onGui) => string.Join("\n", Array.ConvertAll(Draw(onGui), one => one.ToString()));
    }
}
