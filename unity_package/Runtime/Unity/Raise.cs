using System;
using UnityEngine;
using UnityEngine.Events;

namespace Loquent
{
    /// <summary>Calls a game's handlers, so that one that throws is reported and keeps nothing from going on.</summary>
    internal static class Raise
    {
        internal static void Event(Component who, UnityEvent what)
        {
            try
            {
                what.Invoke();
            }
            catch (Exception error)
            {
                Log.Exception(who, error);
            }
        }

        internal static void Event(Component who, UnityEvent<string> what, string text)
        {
            try
            {
                what.Invoke(text);
            }
            catch (Exception error)
            {
                Log.Exception(who, error);
            }
        }

        internal static void Event(Component who, UnityEvent<string, string> what, string one, string other)
        {
            try
            {
                what.Invoke(one, other);
            }
            catch (Exception error)
            {
                Log.Exception(who, error);
            }
        }

        internal static void Event<T>(Component who, Action<T> what, T argument)
        {
            try
            {
                what?.Invoke(argument);
            }
            catch (Exception error)
            {
                Log.Exception(who, error);
            }
        }

        internal static void Event<T1, T2>(Component who, Action<T1, T2> what, T1 one, T2 other)
        {
            try
            {
                what?.Invoke(one, other);
            }
            catch (Exception error)
            {
                Log.Exception(who, error);
            }
        }
    }
}
