using System;
using System.Collections;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Coroutines that wait: for the next frame, for time, for the end of the frame, for one another.</summary>
    internal sealed class Coroutines
    {
        private readonly List<Coroutine> waiting = new List<Coroutine>();
        private readonly List<Coroutine> due = new List<Coroutine>();

        internal Coroutine Begin(MonoBehaviour owner, IEnumerator routine, string name)
        {
            var coroutine = new Coroutine(owner, routine, name);
            Step(coroutine);
            return coroutine;
        }

        internal void Stop(Predicate<Coroutine> which)
        {
            for (int i = 0; i < waiting.Count; i++)
            {
                if (which(waiting[i]))
                {
                    waiting[i].IsDone = true;
                    waiting.RemoveAt(i--);
                }
            }
        }

        internal void Run() => Run(Moment.AfterUpdate);

        internal void RunFixed() => Run(Moment.AfterFixedUpdate);

        internal void RunEndOfFrame() => Run(Moment.EndOfFrame);

        private static Moment MomentOf(object waitsFor)
        {
            return waitsFor is WaitForEndOfFrame ? Moment.EndOfFrame
                : waitsFor is WaitForFixedUpdate ? Moment.AfterFixedUpdate
                : Moment.AfterUpdate;
        }

        private static bool IsOver(Coroutine coroutine)
        {
            object what = coroutine.WaitsFor;
            return what is WaitForSeconds ? World.Current.Clock.Time >= coroutine.Due
                : what is CustomYieldInstruction custom ? !custom.MoveNext()
                : what is Coroutine other ? other.IsDone
                : !(what is AsyncOperation operation) || operation.isDone;
        }

        private void Run(Moment moment)
        {
            if (waiting.Count == 0)
            {
                return;
            }

            due.Clear();
            due.AddRange(waiting);
            for (int i = 0; i < due.Count; i++)
            {
                Coroutine coroutine = due[i];
                bool isDue = MomentOf(coroutine.WaitsFor) == moment && coroutine.Since < World.Current.Clock.FrameCount + (moment == Moment.AfterUpdate ? 0 : 1);
                if (isDue && !coroutine.IsDone && IsOver(coroutine))
                {
                    waiting.Remove(coroutine);
                    Step(coroutine);
                }
            }
        }

        private void Step(Coroutine coroutine)
        {
            while (!coroutine.IsDone)
            {
                try
                {
                    coroutine.IsDone = !coroutine.Routine.MoveNext();
                }
                catch (Exception error)
                {
                    coroutine.IsDone = true;
                    Debug.LogException(error, coroutine.Owner);
                }

                if (!coroutine.IsDone && Waits(coroutine, coroutine.Routine.Current))
                {
                    return;
                }
            }

            // Who waits for it goes on at once.
            for (int i = 0; i < waiting.Count; i++)
            {
                if (ReferenceEquals(waiting[i].WaitsFor, coroutine))
                {
                    Coroutine outer = waiting[i];
                    waiting.RemoveAt(i);
                    Step(outer);
                    return;
                }
            }
        }

        private bool Waits(Coroutine coroutine, object what)
        {
            if (what is IEnumerator inner && !(what is CustomYieldInstruction))
            {
                what = Begin(coroutine.Owner, inner, null);
            }

            if (what is WaitForSeconds seconds)
            {
                coroutine.Due = World.Current.Clock.Time + seconds.Seconds;
            }

            bool isOver = (what is Coroutine other && other.IsDone) || (what is CustomYieldInstruction custom && !custom.MoveNext());
            if (isOver)
            {
                return false;
            }

            coroutine.Since = World.Current.Clock.FrameCount;
            coroutine.WaitsFor = what;
            waiting.Add(coroutine);
            return true;
        }

        private enum Moment
        {
            AfterUpdate,
            AfterFixedUpdate,
            EndOfFrame,
        }
    }
}
