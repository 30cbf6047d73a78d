using System;
using UnityEngine;

namespace Loquent
{
    /// <summary>Lines in the Console: each names the component and its object, and a click on it selects that.</summary>
    internal static class Log
    {
        internal static void Info(Component who, string what)
        {
            Debug.Log(Line(who, what), who);
        }

        internal static void Warning(Component who, string what)
        {
            Debug.LogWarning(Line(who, what), who);
        }

        internal static void Error(Component who, string what)
        {
            Debug.LogError(Line(who, what), who);
        }

        internal static void Exception(Component who, Exception error)
        {
            Debug.LogException(error, who);
        }

        private static string Line(Component who, string what)
        {
            return who.GetType().Name + " '" + who.name + "': " + what;
        }
    }
}
