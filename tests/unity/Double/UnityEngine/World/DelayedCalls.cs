using System;
using System.Collections.Generic;
using System.Reflection;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>What was asked for later: objects to be destroyed, methods to be invoked.</summary>
    internal sealed class DelayedCalls
    {
        private readonly List<Call> destroys = new List<Call>();
        private readonly List<Call> invokes = new List<Call>();

        internal void Destroy(UnityEngine.Object target, float seconds)
        {
            destroys.Add(new Call { Target = target, Due = World.Current.Clock.Time + seconds });
        }

        internal void Invoke(MonoBehaviour target, string method, float seconds, float repeatSeconds)
        {
            invokes.Add(new Call { Target = target, Method = method, Due = World.Current.Clock.Time + seconds, Every = repeatSeconds });
        }

        internal void CancelInvokes(MonoBehaviour target, string method)
        {
            invokes.RemoveAll(call => ReferenceEquals(call.Target, target) && (method == null || call.Method == method));
        }

        internal bool IsInvoking(MonoBehaviour target, string method)
        {
            return invokes.Exists(call => ReferenceEquals(call.Target, target) && (method == null || call.Method == method));
        }

        internal void RunDestroys()
        {
            for (int i = 0; i < destroys.Count; i++)
            {
                if (destroys[i].Due <= World.Current.Clock.Time)
                {
                    UnityEngine.Object target = destroys[i].Target;
                    destroys.RemoveAt(i--);
                    Lifecycle.Destroy(target);
                }
            }
        }

        internal void RunInvokes()
        {
            if (invokes.Count == 0)
            {
                return;
            }

            foreach (Call call in invokes.ToArray())
            {
                if (call.Due > World.Current.Clock.Time || !invokes.Contains(call))
                {
                    continue;
                }

                if (call.Every > 0)
                {
                    call.Due += call.Every;
                }
                else
                {
                    invokes.Remove(call);
                }

                Run((MonoBehaviour)call.Target, call.Method);
            }
        }

        private static void Run(MonoBehaviour target, string name)
        {
            MethodInfo method = Methods.Find(target.GetType(), name, Type.EmptyTypes);
            if (method == null)
            {
                Debug.LogError("Trying to Invoke method: " + target.GetType().Name + "." + name + " couldn't be called.", target);
                return;
            }

            Methods.Call(target, method);
        }

        private sealed class Call
        {
            internal UnityEngine.Object Target;
            internal string Method;
            internal double Due;
            internal float Every;
        }
    }
}
