using System;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>A control that OnGUI has drawn.</summary>
    public sealed class Control
    {
        internal Control(string kind, string label, string value, bool isEnabled)
        {
            Kind = kind;
            Label = label;
            Value = value;
            IsEnabled = isEnabled;
        }

        /// <summary>What it is: Label, Button, Text, Box, Popup, Object, Property, Picture.</summary>
        public string Kind { get; }

        /// <summary>What stands on it or before it.</summary>
        public string Label { get; }

        /// <summary>What it holds; empty for none.</summary>
        public string Value { get; }

        /// <summary>Whether it can be used.</summary>
        public bool IsEnabled { get; }

        /// <summary>All of it.</summary>
        /// <returns>The control in one line.</returns>
        public override string ToString()
        {
            return Kind + ": " + Label + (Value.Length > 0 ? " = " + Value : string.Empty) + (IsEnabled ? string.Empty : " (disabled)");
        }
    }

    /// <summary>
    /// Where OnGUI draws. As in Unity, it's called for a layout first, which counts the controls, and then for what happens; more controls than were counted are a
    /// mistake.
    /// </summary>
    internal sealed class Panel
    {
        private readonly List<Control> controls = new List<Control>();
        private readonly Stack<bool> enabled = new Stack<bool>();
        private string pressed;
        private string typedInto;
        private object typed;
        private int counted;

        internal Event Event { get; private set; }

        private bool IsEnabled => enabled.Count == 0 || enabled.Peek();

        /// <summary>Calls OnGUI for a layout, and for painting.</summary>
        internal Control[] Draw(Action onGui)
        {
            Call(onGui, EventType.Layout);
            counted = controls.Count;
            Call(onGui, EventType.Repaint);
            return controls.ToArray();
        }

        /// <summary>Calls OnGUI for a layout, and for the mouse being let go over a button.</summary>
        internal void Press(Action onGui, string label)
        {
            Call(onGui, EventType.Layout);
            counted = controls.Count;
            if (!controls.Exists(one => one.Kind == "Button" && one.Label == label && one.IsEnabled))
            {
                throw new InvalidOperationException("There's no button '" + label + "' that can be pressed. There is:\n" + string.Join("\n", controls));
            }

            pressed = label;
            Call(onGui, EventType.MouseUp);
            pressed = null;
        }

        /// <summary>Calls OnGUI for a layout, and for a key in a field.</summary>
        internal void Type(Action onGui, string label, object value)
        {
            Call(onGui, EventType.Layout);
            counted = controls.Count;
            if (!controls.Exists(one => one.Label == label && one.IsEnabled && one.Kind != "Button"))
            {
                throw new InvalidOperationException("There's no field '" + label + "' that can be used. There is:\n" + string.Join("\n", controls));
            }

            typedInto = label;
            typed = value;
            Call(onGui, EventType.KeyDown);
            typedInto = null;
        }

        internal bool Button(string label)
        {
            Add("Button", label, string.Empty);
            if (Event.type != EventType.MouseUp || pressed != label || !IsEnabled)
            {
                return false;
            }

            pressed = null; // one press presses one button
            Event.type = EventType.Used;
            return true;
        }

        internal T Field<T>(string kind, string label, T value, string shown)
        {
            Add(kind, label, shown ?? string.Empty);
            if (Event.type != EventType.KeyDown || typedInto != label || !IsEnabled)
            {
                return value;
            }

            typedInto = null;
            Event.type = EventType.Used;
            return (T)typed;
        }

        internal void Add(string kind, string label, string value)
        {
            if (Event == null)
            {
                throw new ArgumentException("You can only call GUI functions from inside OnGUI.");
            }

            controls.Add(new Control(kind, label ?? string.Empty, value ?? string.Empty, IsEnabled));
            if (Event.type != EventType.Layout && Event.type != EventType.Used && controls.Count > counted)
            {
                throw new ArgumentException(
                    "Getting control " + (controls.Count - 1) + "'s position in a group with only " + counted + " controls when doing " + Event.type + "\nAborting");
            }
        }

        internal void BeginDisabled(bool isDisabled) => enabled.Push(IsEnabled && !isDisabled);

        internal void EndDisabled() => enabled.Pop();

        private void Call(Action onGui, EventType type)
        {
            controls.Clear();
            enabled.Clear();
            Event = new Event { type = type };
            try
            {
                onGui();
            }
            catch (ExitGUIException)
            {
                // It ends the call, as it should.
            }
            finally
            {
                Event = null;
            }
        }
    }
}
