using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Loquent.Double;

namespace UnityEditor
{
    public class Undo
    {
        public static void RegisterCreatedObjectUndo(UnityEngine.Object objectToUndo, string name) =>
            Undoing.Step(name, () =>
            {
                if (objectToUndo != null)
                {
                    UnityEngine.Object.DestroyImmediate(objectToUndo);
                }
            });

        /// <summary>Keeps the object's fields as they are now; for a game object its name, tag and activity.</summary>
        public static void RecordObject(UnityEngine.Object objectToUndo, string name)
        {
            if (objectToUndo is UnityEngine.GameObject holder)
            {
                string tag = holder.tag;
                string called = holder.name;
                Undoing.Step(name, () =>
                {
                    holder.tag = tag;
                    holder.name = called;
                });
                return;
            }

            FieldInfo[] fields = Serialization.FieldsOf(objectToUndo.GetType());
            object[] values = Array.ConvertAll(fields, field => field.GetValue(objectToUndo));
            Undoing.Step(name, () =>
            {
                for (int i = 0; i < fields.Length; i++)
                {
                    fields[i].SetValue(objectToUndo, values[i]);
                }
            });
        }

        public static void IncrementCurrentGroup() => World.Current.Part<Undoing>().Group++;

        public static int GetCurrentGroup() => World.Current.Part<Undoing>().Group;

        public static void SetCurrentGroupName(string name) => World.Current.Part<Undoing>().Names[GetCurrentGroup()] = name;

        public static void CollapseUndoOperations(int groupIndex) => World.Current.Part<Undoing>().Collapse(groupIndex);

        public static void PerformUndo() => World.Current.Part<Undoing>().Perform();
    }
}

namespace Loquent.Double
{
    /// <summary>What can be undone, step by step, in groups.</summary>
    internal sealed class Undoing
    {
        private readonly List<KeyValuePair<int, Action>> steps = new List<KeyValuePair<int, Action>>();

        internal int Group { get; set; }

        internal Dictionary<int, string> Names { get; } = new Dictionary<int, string>();

        internal static void Step(string name, Action undo)
        {
            var all = World.Current.Part<Undoing>();
            if (!all.Names.ContainsKey(all.Group))
            {
                all.Names[all.Group] = name;
            }

            all.steps.Add(new KeyValuePair<int, Action>(all.Group, undo));
        }

        internal void Collapse(int into)
        {
            for (int i = 0; i < steps.Count; i++)
            {
                if (steps[i].Key > into)
                {
                    steps[i] = new KeyValuePair<int, Action>(into, steps[i].Value);
                }
            }
        }

        internal void Perform()
        {
            if (steps.Count == 0)
            {
                return;
            }

            int last = steps.Max(one => one.Key);
            foreach (KeyValuePair<int, Action> step in steps.Where(one => one.Key == last).Reverse().ToArray())
            {
                step.Value();
            }

            steps.RemoveAll(one => one.Key == last);
        }
    }
}
