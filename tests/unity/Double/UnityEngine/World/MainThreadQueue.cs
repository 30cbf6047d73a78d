using System;
using System.Collections.Generic;
using System.Threading;

namespace Loquent.Double
{
    /// <summary>What other threads hand to the main thread, awaited continuations above all: called once per frame, after Update.</summary>
    internal sealed class MainThreadQueue : SynchronizationContext
    {
        private readonly List<KeyValuePair<SendOrPostCallback, object>> waiting = new List<KeyValuePair<SendOrPostCallback, object>>();
        private readonly List<KeyValuePair<SendOrPostCallback, object>> running = new List<KeyValuePair<SendOrPostCallback, object>>();

        public override void Post(SendOrPostCallback d, object state)
        {
            lock (waiting)
            {
                waiting.Add(new KeyValuePair<SendOrPostCallback, object>(d, state));
            }
        }

        public override void Send(SendOrPostCallback d, object state)
        {
            if (World.IsMainThread)
            {
                d(state);
                return;
            }

            using (var done = new ManualResetEventSlim())
            {
                Post(
                    _ =>
                    {
                        try
                        {
                            d(state);
                        }
                        finally
                        {
                            done.Set();
                        }
                    },
                    null);
                done.Wait();
            }
        }

        public override SynchronizationContext CreateCopy()
        {
            return this;
        }

        /// <summary>Calls what waits; what comes meanwhile waits for the next frame.</summary>
        internal void Run()
        {
            lock (waiting)
            {
                running.AddRange(waiting);
                waiting.Clear();
            }

            foreach (KeyValuePair<SendOrPostCallback, object> call in running)
            {
                try
                {
                    call.Key(call.Value);
                }
                catch (Exception error)
                {
                    UnityEngine.Debug.LogException(error);
                }
            }

            running.Clear();
        }
    }
}
