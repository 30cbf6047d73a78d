using System;
using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    /// <summary>Assets that are found by a path: those that a test put there with Engine.AddResource.</summary>
    public sealed class Resources
    {
        public static Object Load(string path) => Load(path, typeof(Object));

        public static T Load<T>(string path)
            where T : Object => (T)Load(path, typeof(T));

        public static Object Load(string path, Type systemTypeInstance)
        {
            return World.Current.Part<ResourceFolder>().TryGetValue(path, out Object found) && systemTypeInstance.IsInstanceOfType(found) ? found : null;
        }

        public static T GetBuiltinResource<T>(string path)
            where T : Object => (T)GetBuiltinResource(typeof(T), path);

        /// <summary>The double has no built-in resources but makes an empty one of the type.</summary>
        public static Object GetBuiltinResource(Type type, string path)
        {
            var made = (Object)Activator.CreateInstance(type, true);
            made.name = path;
            return made;
        }

        public static T[] FindObjectsOfTypeAll<T>()
        {
            var found = new List<T>();
            foreach (Object one in World.Current.Objects.Everything())
            {
                if (one is T match)
                {
                    found.Add(match);
                }
            }

            return found.ToArray();
        }

        public static AsyncOperation UnloadUnusedAssets()
        {
            var operation = new AsyncOperation();
            operation.Finish();
            return operation;
        }
    }
}

namespace Loquent.Double
{
    internal sealed class ResourceFolder : Dictionary<string, UnityEngine.Object>
    {
    }
}
