using System;
using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine.Events
{
    public delegate void UnityAction();

    public delegate void UnityAction<T0>(T0 arg0);

    public delegate void UnityAction<T0, T1>(T0 arg0, T1 arg1);

    public delegate void UnityAction<T0, T1, T2>(T0 arg0, T1 arg1, T2 arg2);

    public enum PersistentListenerMode
    {
        EventDefined = 0,
        Void = 1,
        Object = 2,
        Int = 3,
        Float = 4,
        String = 5,
        Bool = 6,
    }

    public enum UnityEventCallState
    {
        Off = 0,
        EditorAndRuntime = 1,
        RuntimeOnly = 2,
    }

    /// <summary>Listeners: those that the inspector holds, and those that a program added.</summary>
    [Serializable]
    public abstract class UnityEventBase : ISerializationCallbackReceiver
    {
        [SerializeField]
        private List<PersistentCall> m_PersistentCalls = new List<PersistentCall>();
        private List<Delegate> added;
        private Delegate[] prepared;

        protected UnityEventBase()
        {
        }

        public int GetPersistentEventCount() => m_PersistentCalls.Count;

        public Object GetPersistentTarget(int index) => m_PersistentCalls[index].Target;

        public string GetPersistentMethodName(int index) => m_PersistentCalls[index].Method;

        public void SetPersistentListenerState(int index, UnityEventCallState state)
        {
            m_PersistentCalls[index].State = state;
            prepared = null;
        }

        /// <summary>Removes what a program added, and not what the inspector holds.</summary>
        public void RemoveAllListeners()
        {
            added = null;
            prepared = null;
        }

        public override string ToString() => base.ToString() + " " + GetType().FullName;

        void ISerializationCallbackReceiver.OnBeforeSerialize()
        {
        }

        void ISerializationCallbackReceiver.OnAfterDeserialize() => prepared = null;

        internal void AddPersistent(PersistentCall call)
        {
            m_PersistentCalls.Add(call);
            prepared = null;
        }

        internal void RemovePersistent(int index)
        {
            m_PersistentCalls.RemoveAt(index);
            prepared = null;
        }

        internal void Add(Delegate listener)
        {
            added = added ?? new List<Delegate>();
            added.Add(listener ?? throw new ArgumentNullException(nameof(listener)));
            prepared = null;
        }

        internal void Remove(Delegate listener)
        {
            added?.RemoveAll(listener.Equals);
            prepared = null;
        }

        /// <summary>Whom an Invoke calls now, in order. Who is added meanwhile is called the next time.</summary>
        internal Delegate[] Prepare()
        {
            if (prepared == null)
            {
                var all = new List<Delegate>();
                foreach (PersistentCall call in m_PersistentCalls)
                {
                    Delegate bound = call.Bind(Signature, Constant);
                    if (bound != null)
                    {
                        all.Add(bound);
                    }
                }

                if (added != null)
                {
                    all.AddRange(added);
                }

                prepared = all.ToArray();
            }

            return prepared;
        }

        /// <summary>Tells whether a listener may be called: not if it's an object that has been destroyed.</summary>
        internal static bool May(Delegate listener) => !(listener.Target is Object target) || target != null;

        /// <summary>The type of a listener that takes what the event gives.</summary>
        internal abstract Type Signature { get; }

        /// <summary>Makes a listener of what takes nothing.</summary>
        internal abstract Delegate Constant(Action call);
    }
}
