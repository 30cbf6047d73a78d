using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Transport;

namespace Loquent.Core
{
    /// <summary>
    /// One attempt to connect again: under way beside <see cref="Session.Update"/>, which begins it, ends it when it's late, and takes what it has made.
    /// </summary>
    internal sealed class Attempt
    {
        private readonly TaskCompletionSource<bool> over = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource late = new CancellationTokenSource();
        private readonly long lateAt;

        /// <param name="now">Milliseconds.</param>
        /// <param name="timeout">How long it may take.</param>
        internal Attempt(long now, TimeSpan timeout)
        {
            lateAt = now + (long)timeout.TotalMilliseconds;
        }

        /// <summary>Completes when it's over, one way or the other.</summary>
        internal Task Over => over.Task;

        /// <summary>What it has made; null as long as it's under way, and if it failed.</summary>
        internal Handshake Made { get; private set; }

        /// <summary>Why it failed; null if it didn't.</summary>
        internal Exception Failure { get; private set; }

        /// <summary>Begins it. Only making the connection happens on the calling thread, unless its transport has no other.</summary>
        /// <param name="options">Where to, and how.</param>
        /// <param name="connect">Makes a connection that isn't connected yet.</param>
        /// <param name="session">The session to be resumed; null for a new one.</param>
        /// <param name="epoch">Its epoch.</param>
        /// <param name="seq">The last seq of it that has been processed.</param>
        /// <param name="cancellation">Ends the attempt.</param>
        internal async void Begin(
            SessionOptions options, Func<Connection> connect, string session, long epoch, long seq, CancellationToken cancellation)
        {
            try
            {
                Connection connection = connect();
                Func<Task<Handshake>> make = () => Handshake.MakeAsync(options, connection, session, epoch, seq, late.Token, cancellation);
                Made = await (connection.StaysInContext ? make() : Task.Run(make)).ConfigureAwait(connection.StaysInContext);
            }
            catch (Exception error)
            {
                Failure = error;
            }

            over.SetResult(true);
        }

        /// <summary>Ends it if it has taken too long.</summary>
        internal void EndIfLate(long now)
        {
            if (now >= lateAt && !late.IsCancellationRequested)
            {
                late.Cancel();
            }
        }
    }
}
