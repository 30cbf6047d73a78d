using System;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Copies objects as Instantiate does: what Unity serializes, with references inside of the copied tree led to the copies.</summary>
    internal sealed class Cloner
    {
        private readonly Dictionary<UnityEngine.Object, UnityEngine.Object> copies = new Dictionary<UnityEngine.Object, UnityEngine.Object>();
        private readonly List<GameObject> made = new List<GameObject>();

        internal static UnityEngine.Object Clone(UnityEngine.Object original, Transform parent, bool worldPositionStays)
        {
            return new Cloner().Begin(
                original,
                clone =>
                {
                    if (parent != null)
                    {
                        clone.SetParent(parent, worldPositionStays);
                    }
                });
        }

        internal static UnityEngine.Object Clone(UnityEngine.Object original, Transform parent, Vector3 position, Quaternion rotation)
        {
            return new Cloner().Begin(
                original,
                clone =>
                {
                    if (parent != null)
                    {
                        clone.SetParent(parent, false);
                    }

                    clone.SetPositionAndRotation(position, rotation);
                });
        }

        private UnityEngine.Object Begin(UnityEngine.Object original, Action<Transform> place)
        {
            World.RequireMainThread("Instantiate");
            if (original == null)
            {
                throw new ArgumentException("The Object you want to instantiate is null.");
            }

            GameObject root = original as GameObject ?? (original as Component)?.Owner;
            if (ReferenceEquals(root, null))
            {
                return CloneAsset(original);
            }

            bool held = World.Current.HoldsWaking;
            World.Current.HoldsWaking = true;
            GameObject clone = CopyTree(root);
            clone.RawName += "(Clone)";
            foreach (KeyValuePair<UnityEngine.Object, UnityEngine.Object> pair in copies)
            {
                if (pair.Key is Component source)
                {
                    Fill(source, (Component)pair.Value);
                }
            }

            place(clone.transform);
            World.Current.HoldsWaking = held;
            if (!held)
            {
                Lifecycle.WakeUp(made);
            }

            return copies[original];
        }

        private UnityEngine.Object CloneAsset(UnityEngine.Object original)
        {
            var clone = (UnityEngine.Object)Activator.CreateInstance(original.GetType(), true);
            if (!clone.IsAlive)
            {
                clone.Attach();
            }

            clone.RawName = original.RawName + "(Clone)";
            Serialization.Copy(original, clone, copies);
            if (clone is ScriptableObject data)
            {
                data.Tell("Awake");
                data.Tell("OnEnable");
            }

            return clone;
        }

        private GameObject CopyTree(GameObject source)
        {
            var clone = new GameObject(source.RawName) { layer = source.layer, tag = source.tag, isStatic = source.isStatic };
            clone.SetActiveBeforeWaking(source.IsActive);
            clone.IsActiveInHierarchy = !clone.IsAsset && source.IsActive;
            copies.Add(source, clone);
            made.Add(clone);
            if (source.transform is RectTransform)
            {
                clone.ReplaceTransform();
            }

            clone.transform.CopyFrom(source.transform);
            copies.Add(source.transform, clone.transform);
            foreach (Component component in source.Components)
            {
                if (!(component is Transform))
                {
                    // What another component requires is there already.
                    Component copy = UnclaimedOf(clone, component.GetType()) ?? Lifecycle.Attach(clone, component.GetType());
                    copies.Add(component, copy);
                }
            }

            foreach (Transform child in source.transform.Children)
            {
                CopyTree(child.Owner).transform.SetParent(clone.transform, false);
            }

            return clone;
        }

        private Component UnclaimedOf(GameObject clone, Type type)
        {
            return clone.Components.Find(component => component.GetType() == type && !copies.ContainsValue(component));
        }

        private void Fill(Component source, Component copy)
        {
            if (source is Transform)
            {
                return;
            }

            Serialization.Copy(source, copy, copies);
            copy.WhenCloned();
        }
    }
}
