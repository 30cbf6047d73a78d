using System;
using System.Reflection;
using UnityEngine;
using UnityEngine.Events;

namespace Loquent.Double
{
    /// <summary>A listener that is serialized: an object, a method's name, and what to give it.</summary>
    [Serializable]
    internal sealed class PersistentCall
    {
        [SerializeField]
        internal UnityEngine.Object Target;
        [SerializeField]
        internal string Method;
        [SerializeField]
        internal PersistentListenerMode Mode;
        [SerializeField]
        internal UnityEngine.Object ObjectArgument;
        [SerializeField]
        internal int IntArgument;
        [SerializeField]
        internal float FloatArgument;
        [SerializeField]
        internal string StringArgument;
        [SerializeField]
        internal bool BoolArgument;
        [SerializeField]
        internal UnityEventCallState State = UnityEventCallState.RuntimeOnly;

        /// <summary>Finds the method; null if there is none, as Unity skips such a listener.</summary>
        internal Delegate Bind(Type signature, Func<Action, Delegate> constant)
        {
            if (Target == null || State == UnityEventCallState.Off)
            {
                return null;
            }

            if (Mode == PersistentListenerMode.EventDefined)
            {
                Type[] given = Array.ConvertAll(signature.GetMethod("Invoke").GetParameters(), parameter => parameter.ParameterType);
                MethodInfo dynamic = Methods.Find(Target.GetType(), Method, given);
                return dynamic == null ? null : Delegate.CreateDelegate(signature, Target, dynamic);
            }

            object argument = Argument();
            Type[] types = Mode == PersistentListenerMode.Void ? Type.EmptyTypes : new[] { argument.GetType() };
            MethodInfo method = Methods.Find(Target.GetType(), Method, types);
            if (method == null)
            {
                return null;
            }

            UnityEngine.Object target = Target;
            object[] arguments = types.Length == 0 ? new object[0] : new[] { argument };
            return constant(
                () =>
                {
                    if (target != null)
                    {
                        method.Invoke(target, arguments);
                    }
                });
        }

        private object Argument()
        {
            switch (Mode)
            {
                case PersistentListenerMode.Object:
                    return ObjectArgument;
                case PersistentListenerMode.Int:
                    return IntArgument;
                case PersistentListenerMode.Float:
                    return FloatArgument;
                case PersistentListenerMode.String:
                    return StringArgument;
                case PersistentListenerMode.Bool:
                    return BoolArgument;
                default:
                    return null;
            }
        }
    }
}
