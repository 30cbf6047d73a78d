using System;
using System.Collections;
using System.Reflection;
using System.Threading;
using Loquent.Double;

namespace UnityEngine
{
    /// <summary>A program's component.</summary>
    public class MonoBehaviour : Behaviour
    {
        private CancellationTokenSource ending;
        private int? executionOrder;

        public bool useGUILayout { get; set; } = true;

        /// <summary>Cancelled when the component is destroyed, before OnDestroy's effects are over.</summary>
        public CancellationToken destroyCancellationToken
        {
            get
            {
                if (!IsAlive)
                {
                    throw new MissingReferenceException(
                        "DestroyCancellation token should be called atleast once before destroying the monobehaviour object");
                }

                ending = ending ?? new CancellationTokenSource();
                return ending.Token;
            }
        }

        internal Delegate[] Handlers { get; set; }

        internal bool IsStarted { get; private set; }

        internal int ExecutionOrder
        {
            get
            {
                if (executionOrder == null)
                {
                    var order = (DefaultExecutionOrder)Attribute.GetCustomAttribute(GetType(), typeof(DefaultExecutionOrder));
                    executionOrder = order == null ? 0 : order.order;
                }

                return executionOrder.Value;
            }
        }

        public static void print(object message) => Debug.Log(message);

        public Coroutine StartCoroutine(IEnumerator routine)
        {
            if (routine == null)
            {
                throw new NullReferenceException("routine is null");
            }

            Touch();
            return Begin(routine, null);
        }

        public Coroutine StartCoroutine(string methodName) => StartCoroutine(methodName, null);

        public Coroutine StartCoroutine(string methodName, object value)
        {
            Touch();
            MethodInfo method = Methods.Find(GetType(), methodName, value == null ? Type.EmptyTypes : new[] { value.GetType() });
            if (method == null)
            {
                Debug.LogError("Coroutine '" + methodName + "' couldn't be started!", this);
                return null;
            }

            return Begin((IEnumerator)Methods.Call(this, method, value == null ? new object[0] : new[] { value }), methodName);
        }

        public void StopCoroutine(IEnumerator routine) => World.Current.Coroutines.Stop(one => ReferenceEquals(one.Routine, routine));

        public void StopCoroutine(Coroutine routine) => World.Current.Coroutines.Stop(one => ReferenceEquals(one, routine));

        public void StopCoroutine(string methodName) =>
            World.Current.Coroutines.Stop(one => ReferenceEquals(one.Owner, this) && one.Name == methodName);

        public void StopAllCoroutines() => World.Current.Coroutines.Stop(one => ReferenceEquals(one.Owner, this));

        public void Invoke(string methodName, float time) => World.Current.Delayed.Invoke(this, methodName, time, 0);

        public void InvokeRepeating(string methodName, float time, float repeatRate)
        {
            if (repeatRate <= 0.00001f && repeatRate != 0)
            {
                throw new UnityException("Invoke repeat rate has to be larger than 0.00001F)");
            }

            World.Current.Delayed.Invoke(this, methodName, time, repeatRate);
        }

        public void CancelInvoke() => World.Current.Delayed.CancelInvokes(this, null);

        public void CancelInvoke(string methodName) => World.Current.Delayed.CancelInvokes(this, methodName);

        public bool IsInvoking() => World.Current.Delayed.IsInvoking(this, null);

        public bool IsInvoking(string methodName) => World.Current.Delayed.IsInvoking(this, methodName);

        internal override void WhenEnabled()
        {
            if (Lifecycle.IsCalled(this))
            {
                Messages.Call(this, Message.OnEnable);
                if (IsRunning)
                {
                    World.Current.Loop.Enable(this);
                }
            }
        }

        internal override void WhenDisabled()
        {
            World.Current.Loop.Disable(this);
            if (Lifecycle.IsCalled(this))
            {
                Messages.Call(this, Message.OnDisable);
            }
        }

        internal void StartOnce()
        {
            if (!IsStarted)
            {
                IsStarted = true;
                Messages.Call(this, Message.Start);
            }
        }

        internal void End()
        {
            ending?.Cancel();
            StopAllCoroutines();
            CancelInvoke();
        }

        private Coroutine Begin(IEnumerator routine, string methodName)
        {
            if (!Owner.IsActiveInHierarchy)
            {
                Debug.LogError("Coroutine couldn't be started because the the game object '" + name + "' is inactive!", this);
                return null;
            }

            return World.Current.Coroutines.Begin(this, routine, methodName);
        }
    }
}
