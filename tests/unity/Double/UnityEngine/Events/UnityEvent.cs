using System;

namespace UnityEngine.Events
{
    /// <summary>As in Unity, a listener that throws ends the Invoke: those behind it aren't called.</summary>
    [Serializable]
    public class UnityEvent : UnityEventBase
    {
        internal override Type Signature => typeof(UnityAction);

        public void AddListener(UnityAction call) => Add(call);

        public void RemoveListener(UnityAction call) => Remove(call);

        public void Invoke()
        {
            foreach (Delegate listener in Prepare())
            {
                if (May(listener))
                {
                    ((UnityAction)listener)();
                }
            }
        }

        internal override Delegate Constant(Action call) => new UnityAction(() => call());
    }

    [Serializable]
    public class UnityEvent<T0> : UnityEventBase
    {
        internal override Type Signature => typeof(UnityAction<T0>);

        public void AddListener(UnityAction<T0> call) => Add(call);

        public void RemoveListener(UnityAction<T0> call) => Remove(call);

        public void Invoke(T0 arg0)
        {
            foreach (Delegate listener in Prepare())
            {
                if (May(listener))
                {
                    ((UnityAction<T0>)listener)(arg0);
                }
            }
        }

        internal override Delegate Constant(Action call) => new UnityAction<T0>(_ => call());
    }

    [Serializable]
    public class UnityEvent<T0, T1> : UnityEventBase
    {
        internal override Type Signature => typeof(UnityAction<T0, T1>);

        public void AddListener(UnityAction<T0, T1> call) => Add(call);

        public void RemoveListener(UnityAction<T0, T1> call) => Remove(call);

        public void Invoke(T0 arg0, T1 arg1)
        {
            foreach (Delegate listener in Prepare())
            {
                if (May(listener))
                {
                    ((UnityAction<T0, T1>)listener)(arg0, arg1);
                }
            }
        }

        internal override Delegate Constant(Action call) => new UnityAction<T0, T1>((_0, _1) => call());
    }

    [Serializable]
    public class UnityEvent<T0, T1, T2> : UnityEventBase
    {
        internal override Type Signature => typeof(UnityAction<T0, T1, T2>);

        public void AddListener(UnityAction<T0, T1, T2> call) => Add(call);

        public void RemoveListener(UnityAction<T0, T1, T2> call) => Remove(call);

        public void Invoke(T0 arg0, T1 arg1, T2 arg2)
        {
            foreach (Delegate listener in Prepare())
            {
                if (May(listener))
                {
                    ((UnityAction<T0, T1, T2>)listener)(arg0, arg1, arg2);
                }
            }
        }

        internal override Delegate Constant(Action call) => new UnityAction<T0, T1, T2>((_0, _1, _2) => call());
    }
}
