using System;
using System.Collections;

namespace UnityEngine
{
    /// <summary>What a coroutine can wait for.</summary>
    public class YieldInstruction
    {
    }

    public sealed class Coroutine : YieldInstruction
    {
        internal Coroutine(MonoBehaviour owner, IEnumerator routine, string name)
        {
            Owner = owner;
            Routine = routine;
            Name = name;
        }

        internal MonoBehaviour Owner { get; }

        internal IEnumerator Routine { get; }

        internal string Name { get; }

        internal bool IsDone { get; set; }

        internal object WaitsFor { get; set; }

        /// <summary>The frame in which it began to wait.</summary>
        internal int Since { get; set; }

        internal double Due { get; set; }
    }

    public sealed class WaitForSeconds : YieldInstruction
    {
        public WaitForSeconds(float seconds) => Seconds = seconds;

        internal float Seconds { get; }
    }

    public sealed class WaitForEndOfFrame : YieldInstruction
    {
    }

    public sealed class WaitForFixedUpdate : YieldInstruction
    {
    }

    public abstract class CustomYieldInstruction : IEnumerator
    {
        public abstract bool keepWaiting { get; }

        public object Current => null;

        public bool MoveNext() => keepWaiting;

        public virtual void Reset()
        {
        }
    }

    public sealed class WaitUntil : CustomYieldInstruction
    {
        private readonly Func<bool> predicate;

        public WaitUntil(Func<bool> predicate) => this.predicate = predicate;

        public override bool keepWaiting => !predicate();
    }

    public sealed class WaitWhile : CustomYieldInstruction
    {
        private readonly Func<bool> predicate;

        public WaitWhile(Func<bool> predicate) => this.predicate = predicate;

        public override bool keepWaiting => predicate();
    }

    public class WaitForSecondsRealtime : CustomYieldInstruction
    {
        private float until = -1;

        public WaitForSecondsRealtime(float time) => waitTime = time;

        public float waitTime { get; set; }

        public override bool keepWaiting
        {
            get
            {
                until = until < 0 ? Time.realtimeSinceStartup + waitTime : until;
                bool waits = Time.realtimeSinceStartup < until;
                if (!waits)
                {
                    Reset();
                }

                return waits;
            }
        }

        public override void Reset() => until = -1;
    }

    public class AsyncOperation : YieldInstruction
    {
        private Action<AsyncOperation> whenCompleted;

        public event Action<AsyncOperation> completed
        {
            add
            {
                if (isDone)
                {
                    value(this);
                }
                else
                {
                    whenCompleted += value;
                }
            }

            remove => whenCompleted -= value;
        }

        public bool isDone { get; private set; }

        public float progress => isDone ? 1 : 0;

        public bool allowSceneActivation { get; set; } = true;

        internal void Finish()
        {
            isDone = true;
            whenCompleted?.Invoke(this);
            whenCompleted = null;
        }
    }
}
