using System;
using System.Reflection;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Methods that are called by a name that a program gives.</summary>
    internal static class Methods
    {
        private const BindingFlags Declared =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

        /// <summary>Finds a method, private ones of base classes included.</summary>
        internal static MethodInfo Find(Type type, string name, Type[] parameters)
        {
            for (Type from = type; from != null; from = from.BaseType)
            {
                MethodInfo method = from.GetMethod(name, Declared, null, parameters, null);
                if (method != null)
                {
                    return method;
                }
            }

            return null;
        }

        /// <summary>Calls it; an exception is logged.</summary>
        internal static object Call(UnityEngine.Object target, MethodInfo method, params object[] arguments)
        {
            try
            {
                return method.Invoke(target, arguments);
            }
            catch (TargetInvocationException error)
            {
                Debug.LogException(error.InnerException, target);
                return null;
            }
        }
    }
}
