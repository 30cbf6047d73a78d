using System;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Every object that lives, in the order in which they were made.</summary>
    internal sealed class Registry
    {
        private readonly SortedDictionary<int, UnityEngine.Object> objects = new SortedDictionary<int, UnityEngine.Object>();
        private int last;

        internal int Count => objects.Count;

        /// <summary>How often all of them have been searched for one of a type.</summary>
        internal int Searches { get; set; }

        internal int Add(UnityEngine.Object made)
        {
            last += 2;
            objects.Add(last, made);
            return last;
        }

        internal void Remove(int id)
        {
            objects.Remove(id);
        }

        internal UnityEngine.Object Find(int id)
        {
            return objects.TryGetValue(id, out UnityEngine.Object found) ? found : null;
        }

        /// <summary>Finds what is of a type: of components and GameObjects only those in scenes.</summary>
        internal List<T> All<T>(Type type, bool inactive)
        {
            var found = new List<T>();
            foreach (UnityEngine.Object candidate in objects.Values)
            {
                if (type.IsInstanceOfType(candidate) && IsFound(candidate, inactive))
                {
                    found.Add((T)(object)candidate);
                }
            }

            return found;
        }

        /// <summary>Finds all objects, prefabs and assets as well.</summary>
        internal IEnumerable<UnityEngine.Object> Everything()
        {
            return new List<UnityEngine.Object>(objects.Values);
        }

        private static bool IsFound(UnityEngine.Object candidate, bool inactive)
        {
            var owner = candidate as GameObject;
            var component = candidate as Component;
            if (!ReferenceEquals(component, null))
            {
                owner = component.Owner;
            }

            return ReferenceEquals(owner, null) || (!owner.IsAsset && (inactive || owner.IsActiveInHierarchy));
        }
    }
}
