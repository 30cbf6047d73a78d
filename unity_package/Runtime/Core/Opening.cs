using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;

namespace Loquent.Core
{
    /// <summary>A conversation that has been asked for and isn't there yet.</summary>
    internal sealed class Opening
    {
        private readonly TaskCompletionSource<Conversation> completion = new TaskCompletionSource<Conversation>();
        private readonly object gate = new object();
        private CancellationTokenRegistration registration;
        private bool over;

        internal Opening(uint number, string character, OpenOptions options)
        {
            Number = number;
            Character = character;
            Options = options?.Copy() ?? new OpenOptions();
        }

        internal uint Number { get; }

        internal string Character { get; }

        internal OpenOptions Options { get; }

        internal Task<Conversation> Task => completion.Task;

        /// <summary>Calls back when nobody waits for it any more.</summary>
        internal void WatchFor(CancellationToken cancellation, Action<Opening> cancelled)
        {
            if (cancellation.CanBeCanceled)
            {
                CancellationTokenRegistration made = cancellation.Register(() => cancelled(this));
                bool late;
                lock (gate)
                {
                    registration = made;
                    late = over;
                }

                if (late)
                {
                    made.Dispose();
                }
            }
        }

        internal void Succeed(Conversation conversation)
        {
            StopWatching();
            completion.TrySetResult(conversation);
        }

        internal void Fail(LoquentException why)
        {
            StopWatching();
            completion.TrySetException(why);
        }

        internal void Cancel()
        {
            completion.TrySetCanceled();
        }

        /// <summary>The token may live long, and the answer may come before it's watched.</summary>
        private void StopWatching()
        {
            CancellationTokenRegistration made;
            lock (gate)
            {
                over = true;
                made = registration;
            }

            made.Dispose();
        }
    }
}
