using System;
using System.Collections.Generic;
using System.Reflection;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>How objects come to life and end: who is told what, in Unity's order.</summary>
    internal static class Lifecycle
    {
        /// <summary>Adds a component, with what it requires.</summary>
        /// <returns>The component; null if Unity refuses it, which is logged.</returns>
        internal static Component AddComponent(GameObject owner, Type type)
        {
            Component made = Attach(owner, type);
            if (!ReferenceEquals(made, null) && owner.IsActiveInHierarchy)
            {
                WakeUp(made);
            }

            return made;
        }

        /// <summary>Adds a component without waking it up.</summary>
        internal static Component Attach(GameObject owner, Type type)
        {
            if (type == null || !typeof(Component).IsAssignableFrom(type) || type.IsAbstract)
            {
                Debug.LogError("AddComponent asking for invalid type", owner);
                return null;
            }

            foreach (Component existing in owner.Components)
            {
                if (ExcludesAnother(existing.GetType(), type))
                {
                    Debug.LogError(
                        "Can't add component '" + type.Name + "' to " + owner.name + " because such a component is already added to the game object!", owner);
                    return null;
                }
            }

            if (typeof(Transform).IsAssignableFrom(type))
            {
                return type == owner.transform.GetType() ? owner.transform : owner.ReplaceTransform();
            }

            foreach (RequireComponent needs in type.GetCustomAttributes(typeof(RequireComponent), true))
            {
                Require(owner, needs.Type0);
                Require(owner, needs.Type1);
                Require(owner, needs.Type2);
            }

            var made = (Component)Activator.CreateInstance(type, true);
            made.Owner = owner;
            made.Attach();
            owner.Components.Add(made);
            made.WhenAttached();
            return made;
        }

        /// <summary>Calls Awake and, if it's enabled, OnEnable. Once each.</summary>
        internal static void WakeUp(Component component)
        {
            var behaviour = component as Behaviour;
            if (ReferenceEquals(behaviour, null) || World.Current.HoldsWaking)
            {
                return;
            }

            if (!behaviour.IsAwake)
            {
                behaviour.IsAwake = true;
                if (behaviour is MonoBehaviour script && IsCalled(script))
                {
                    Messages.Call(script, Message.Awake);
                }
            }

            Enable(behaviour);
        }

        /// <summary>Wakes up all objects of a scene that has been loaded.</summary>
        internal static void WakeUp(SceneState scene)
        {
            var objects = new List<GameObject>();
            foreach (GameObject root in scene.Roots)
            {
                Collect(root, objects);
            }

            WakeUp(objects);
        }

        internal static void WakeUp(List<GameObject> objects)
        {
            var components = new List<Component>();
            foreach (GameObject one in objects)
            {
                components.AddRange(one.Components);
            }

            SortByExecutionOrder(components);
            foreach (Component component in components)
            {
                if (component.IsAlive && component.Owner.IsActiveInHierarchy)
                {
                    WakeUp(component);
                }
            }
        }

        internal static void Enable(Behaviour behaviour)
        {
            if (behaviour.IsAlive && behaviour.IsAwake && !behaviour.IsRunning && behaviour.IsEnabled && behaviour.Owner.IsActiveInHierarchy)
            {
                behaviour.IsRunning = true;
                behaviour.WhenEnabled();
            }
        }

        internal static void Disable(Behaviour behaviour)
        {
            if (behaviour.IsRunning)
            {
                behaviour.IsRunning = false;
                behaviour.WhenDisabled();
            }
        }

        /// <summary>Whether the engine calls it: always in Play mode, else only what asks for it.</summary>
        internal static bool IsCalled(MonoBehaviour script)
        {
            return World.Current.IsPlaying || script.GetType().IsDefined(typeof(ExecuteAlways), true)
                || script.GetType().IsDefined(typeof(ExecuteInEditMode), true);
        }

        /// <summary>Tells a GameObject and all below it that they are active now, or no longer.</summary>
        internal static void ActivityChanged(GameObject root)
        {
            var changed = new List<GameObject>();
            Mark(root, !ReferenceEquals(root.ParentObject, null) ? root.ParentObject.IsActiveInHierarchy : !root.IsAsset, changed);
            var components = new List<Component>();
            foreach (GameObject one in changed)
            {
                components.AddRange(one.Components);
            }

            SortByExecutionOrder(components);
            foreach (Component component in components)
            {
                if (!component.IsAlive)
                {
                    continue;
                }

                if (component.Owner.IsActiveInHierarchy)
                {
                    WakeUp(component);
                }
                else if (component is Behaviour behaviour)
                {
                    Disable(behaviour);
                    (behaviour as MonoBehaviour)?.StopAllCoroutines();
                }
            }
        }

        /// <summary>Ends an object at once.</summary>
        internal static void Destroy(UnityEngine.Object target)
        {
            if (ReferenceEquals(target, null) || !target.IsAlive || target.IsEnding)
            {
                return;
            }

            if (target is GameObject whole)
            {
                DestroyWhole(whole);
            }
            else if (target is Component component)
            {
                DestroyPart(component);
            }
            else
            {
                target.IsEnding = true;
                (target as ScriptableObject)?.End();
                target.Detach();
            }
        }

        /// <summary>Refuses what Unity refuses to destroy, and says so.</summary>
        internal static bool MayDestroy(UnityEngine.Object target)
        {
            if (target is Transform transform)
            {
                Debug.LogError(
                    "Can't destroy Transform component of '" + transform.name + "'. If you want to destroy the game object, please call 'Destroy' on the game "
                    + "object instead. Destroying the transform component is not allowed.");
                return false;
            }

            var component = target as Component;
            if (ReferenceEquals(component, null) || !component.IsAlive)
            {
                return true;
            }

            foreach (Component other in component.Owner.Components)
            {
                foreach (RequireComponent needs in other.GetType().GetCustomAttributes(typeof(RequireComponent), true))
                {
                    bool needed = Needs(needs.Type0, component) || Needs(needs.Type1, component) || Needs(needs.Type2, component);
                    if (needed && !ReferenceEquals(other, component) && !other.IsEnding)
                    {
                        Debug.LogError(
                            "Can't remove " + component.GetType().Name + " (Script) because " + other.GetType().Name + " (Script) depends on it", component);
                        return false;
                    }
                }
            }

            return true;
        }

        private static bool Needs(Type type, Component component)
        {
            return type != null && type.IsInstanceOfType(component);
        }

        private static void DestroyWhole(GameObject whole)
        {
            var tree = new List<GameObject>();
            Collect(whole, tree);
            foreach (GameObject one in tree)
            {
                one.IsEnding = true;
            }

            if (whole.IsActiveInHierarchy)
            {
                var gone = new List<GameObject>();
                Mark(whole, false, gone);
                foreach (GameObject one in gone)
                {
                    foreach (Component component in one.Components.ToArray())
                    {
                        if (component is Behaviour behaviour)
                        {
                            Disable(behaviour);
                        }
                    }
                }
            }

            foreach (GameObject one in tree)
            {
                foreach (Component component in one.Components.ToArray())
                {
                    End(component);
                }
            }

            Transform parent = whole.transform.ParentOrNull;
            whole.transform.Leave();
            for (int i = tree.Count - 1; i >= 0; i--)
            {
                foreach (Component component in tree[i].Components)
                {
                    component.Detach();
                }

                tree[i].Detach();
            }

            if (!ReferenceEquals(parent, null) && parent.IsAlive && !parent.Owner.IsEnding)
            {
                Messages.Send(parent.Owner, Message.OnTransformChildrenChanged);
            }
        }

        private static void DestroyPart(Component component)
        {
            component.IsEnding = true;
            if (component is Behaviour behaviour)
            {
                Disable(behaviour);
            }

            End(component);
            component.Owner.Components.Remove(component);
            component.Detach();
        }

        private static void End(Component component)
        {
            component.IsEnding = true;
            if (component is Behaviour behaviour)
            {
                if (behaviour.IsAwake && behaviour is MonoBehaviour script && IsCalled(script))
                {
                    Messages.Call(script, Message.OnDestroy);
                }

                (behaviour as MonoBehaviour)?.End();
            }

            component.WhenDestroyed();
        }

        private static void Collect(GameObject from, List<GameObject> into)
        {
            into.Add(from);
            foreach (Transform child in from.transform.Children)
            {
                Collect(child.Owner, into);
            }
        }

        private static void Mark(GameObject one, bool parentIsActive, List<GameObject> changed)
        {
            bool active = parentIsActive && one.IsActive;
            if (one.IsActiveInHierarchy != active)
            {
                one.IsActiveInHierarchy = active;
                changed.Add(one);
            }

            foreach (Transform child in one.transform.Children)
            {
                Mark(child.Owner, active, changed);
            }
        }

        /// <summary>Sorts so that equals keep their order.</summary>
        private static void SortByExecutionOrder(List<Component> components)
        {
            for (int i = 1; i < components.Count; i++)
            {
                Component moving = components[i];
                int at = i;
                while (at > 0 && OrderOf(components[at - 1]) > OrderOf(moving))
                {
                    components[at] = components[at - 1];
                    at--;
                }

                components[at] = moving;
            }
        }

        private static int OrderOf(Component component)
        {
            // What is the engine's own is awake before any script.
            return component is MonoBehaviour script ? script.ExecutionOrder : int.MinValue;
        }

        private static void Require(GameObject owner, Type type)
        {
            if (type != null && ReferenceEquals(owner.Find(type), null))
            {
                AddComponent(owner, type);
            }
        }

        private static bool ExcludesAnother(Type existing, Type added)
        {
            for (Type type = existing; type != typeof(Component) && type != null; type = type.BaseType)
            {
                if (type.IsDefined(typeof(DisallowMultipleComponent), false) && type.IsAssignableFrom(added))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
