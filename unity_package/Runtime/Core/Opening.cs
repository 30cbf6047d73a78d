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
        private CancellationTokenRegistration registration;

        internal Opening(uint number, string character)
        {
            Number = number;
            Character = character;
        }

        internal uint Number { get; }

        internal string Character { get; }

        internal Task<Conversation> Task => completion.Task;

        /// <summary>Calls back when nobody waits for it any more.</summary>
        internal void WatchFor(CancellationToken cancellation, Action<Opening> cancelled)
        {
            if (cancellation.CanBeCanceled)
            {
                registration = cancellation.Register(() => cancelled(this));
            }
        }

        internal void Succeed(Conversation conversation)
        {
            registration.Dispose();
            completion.TrySetResult(conversation);
        }

        internal void Fail(LoquentException why)
        {
            registration.Dispose();
            completion.TrySetException(why);
        }

        internal void Cancel()
        {
            completion.TrySetCanceled();
        }
    }
}
