using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>What the engine tells a MonoBehaviour by the name of a method, whatever its access.</summary>
    internal enum Message
    {
        Awake,
        OnEnable,
        Start,
        FixedUpdate,
        Update,
        LateUpdate,
        OnDisable,
        OnDestroy,
        OnValidate,
        Reset,
        OnApplicationPause,
        OnApplicationFocus,
        OnApplicationQuit,
        OnBeforeTransformParentChanged,
        OnTransformParentChanged,
        OnTransformChildrenChanged,
        OnRectTransformDimensionsChange,
        OnCanvasHierarchyChanged,
        OnCanvasGroupChanged,
        OnDidApplyAnimationProperties,
        OnPreRender,
        OnPostRender,
        OnDrawGizmosSelected,
    }

    /// <summary>Finds and calls the methods of messages. An exception in one is logged and stops nothing else.</summary>
    internal static class Messages
    {
        private const BindingFlags Declared =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

        private static readonly int Count = Enum.GetValues(typeof(Message)).Length;
        private static readonly Dictionary<Type, MethodInfo[]> Methods = new Dictionary<Type, MethodInfo[]>();

        internal static bool Has(MonoBehaviour behaviour, Message message)
        {
            return MethodsOf(behaviour.GetType())[(int)message] != null;
        }

        internal static void Call(MonoBehaviour behaviour, Message message)
        {
            Delegate handler = HandlerOf(behaviour, message);
            if (handler == null)
            {
                return;
            }

            try
            {
                if (handler is Action plain)
                {
                    plain();
                }
                else
                {
                    behaviour.StartCoroutine(((Func<IEnumerator>)handler)());
                }
            }
            catch (Exception error)
            {
                Debug.LogException(error, behaviour);
            }
        }

        internal static void Call(MonoBehaviour behaviour, Message message, bool value)
        {
            Delegate handler = HandlerOf(behaviour, message);
            if (handler == null)
            {
                return;
            }

            try
            {
                if (handler is Action<bool> told)
                {
                    told(value);
                }
                else
                {
                    ((Action)handler)();
                }
            }
            catch (Exception error)
            {
                Debug.LogException(error, behaviour);
            }
        }

        /// <summary>Calls a message of all MonoBehaviours of an active GameObject.</summary>
        internal static void Send(GameObject to, Message message)
        {
            if (!to.IsActiveInHierarchy)
            {
                return;
            }

            List<Component> components = to.Components;
            for (int i = 0; i < components.Count; i++)
            {
                if (components[i] is MonoBehaviour behaviour && behaviour.IsAwake)
                {
                    Call(behaviour, message);
                }
            }
        }

        private static Delegate HandlerOf(MonoBehaviour behaviour, Message message)
        {
            Delegate[] handlers = behaviour.Handlers ?? (behaviour.Handlers = new Delegate[Count]);
            Delegate handler = handlers[(int)message];
            if (handler == null)
            {
                MethodInfo method = MethodsOf(behaviour.GetType())[(int)message];
                if (method == null)
                {
                    return null;
                }

                Type type = method.ReturnType == typeof(IEnumerator) ? typeof(Func<IEnumerator>)
                    : method.GetParameters().Length == 0 ? typeof(Action)
                    : typeof(Action<bool>);
                handler = Delegate.CreateDelegate(type, behaviour, method);
                handlers[(int)message] = handler;
            }

            return handler;
        }

        private static MethodInfo[] MethodsOf(Type type)
        {
            if (Methods.TryGetValue(type, out MethodInfo[] known))
            {
                return known;
            }

            var found = new MethodInfo[Count];
            for (int message = 0; message < Count; message++)
            {
                found[message] = Find(type, ((Message)message).ToString());
            }

            Methods[type] = found;
            return found;
        }

        private static MethodInfo Find(Type type, string name)
        {
            for (Type from = type; from != null && from != typeof(MonoBehaviour); from = from.BaseType)
            {
                foreach (MethodInfo method in from.GetMethods(Declared))
                {
                    if (method.Name == name && !method.IsGenericMethod && Takes(method))
                    {
                        return method;
                    }
                }
            }

            return null;
        }

        private static bool Takes(MethodInfo method)
        {
            ParameterInfo[] parameters = method.GetParameters();
            bool returns = method.ReturnType == typeof(void) || (method.ReturnType == typeof(IEnumerator) && method.Name == nameof(Message.Start));
            return returns && (parameters.Length == 0 || (parameters.Length == 1 && parameters[0].ParameterType == typeof(bool)));
        }
    }
}
