using System;
using System.Reflection;
using Loquent.Double;

namespace UnityEngine
{
    /// <summary>Data that is an asset.</summary>
    public class ScriptableObject : Object
    {
        public static T CreateInstance<T>()
            where T : ScriptableObject => (T)CreateInstance(typeof(T));

        public static ScriptableObject CreateInstance(Type type)
        {
            var made = (ScriptableObject)Activator.CreateInstance(type, true);
            made.Attach();
            made.Tell("Awake");
            made.Tell("OnEnable");
            return made;
        }

        internal void End()
        {
            Tell("OnDisable");
            Tell("OnDestroy");
        }

        internal void Tell(string message)
        {
            MethodInfo method = Methods.Find(GetType(), message, Type.EmptyTypes);
            if (method != null)
            {
                Methods.Call(this, method);
            }
        }
    }
}
