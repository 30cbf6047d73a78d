using System;
using System.Collections.Generic;
using System.Reflection;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Calls the static methods that asked to be called when Play mode begins, in the programs that are loaded.</summary>
    internal static class Startup
    {
        private static readonly RuntimeInitializeLoadType[] Order =
        {
            RuntimeInitializeLoadType.SubsystemRegistration, RuntimeInitializeLoadType.AfterAssembliesLoaded,
            RuntimeInitializeLoadType.BeforeSplashScreen, RuntimeInitializeLoadType.BeforeSceneLoad, RuntimeInitializeLoadType.AfterSceneLoad,
        };

        private static readonly Dictionary<Assembly, List<MethodInfo>> Known = new Dictionary<Assembly, List<MethodInfo>>();

        internal static void Run()
        {
            foreach (RuntimeInitializeLoadType type in Order)
            {
                foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
                {
                    Run(assembly, type);
                }
            }
        }

        private static void Run(Assembly assembly, RuntimeInitializeLoadType type)
        {
            if (!Known.TryGetValue(assembly, out List<MethodInfo> methods))
            {
                methods = Find(assembly);
                Known.Add(assembly, methods);
            }

            foreach (MethodInfo method in methods)
            {
                var when = (RuntimeInitializeOnLoadMethodAttribute)method.GetCustomAttributes(typeof(RuntimeInitializeOnLoadMethodAttribute), false)[0];
                if (when.loadType == type)
                {
                    Methods.Call(null, method);
                }
            }
        }

        private static List<MethodInfo> Find(Assembly assembly)
        {
            var found = new List<MethodInfo>();
            string engine = typeof(Startup).Assembly.GetName().Name;
            if (!Array.Exists(assembly.GetReferencedAssemblies(), reference => reference.Name == engine))
            {
                return found;
            }

            foreach (Type type in assembly.GetTypes())
            {
                foreach (MethodInfo method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (method.IsDefined(typeof(RuntimeInitializeOnLoadMethodAttribute), false))
                    {
                        found.Add(method);
                    }
                }
            }

            return found;
        }
    }
}
