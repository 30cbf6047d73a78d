using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Transport;

namespace Loquent.Core
{
    /// <content>The end: closing, disposing, and both in any order, also while a connection is being made.</content>
    public sealed partial class Session
    {
        private readonly List<Connection> connections = new List<Connection>();
        private Task attempting;
        private Task closing;

        /// <summary>
        /// Closes the session as one should: what waits is sent, the server is told. Takes <see cref="SessionOptions.CloseTimeout"/> at most; a
        /// <see cref="Dispose"/> meanwhile ends it at once. Connecting that is under way is ended, and none begins any more. Tasks that wait are completed,
        /// on the thread that calls: turns with a fault, opening with an exception. No event is raised any more.
        /// </summary>
        /// <returns>Completes when no socket and no thread is left. Later calls give the same task.</returns>
        public Task CloseAsync()
        {
            End(true);
            TaskCompletionSource<bool> done;
            lock (gate)
            {
                if (closing != null)
                {
                    return closing;
                }

                done = new TaskCompletionSource<bool>(
                    staysInContext ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
                closing = done.Task;
            }

            CloseConnections(done);
            return done.Task;
        }

        /// <summary>
        /// Lets go of everything at once, without telling the server, which then keeps the session for a while (see <see cref="Limits.GraceMs"/>);
        /// <see cref="CloseAsync"/> tells it. Tasks that wait are completed as there.
        /// No event is raised any more. May be called at any time, from any thread, more than once, also while the session closes.
        /// </summary>
        public void Dispose()
        {
            End(false);
            foreach (Connection left in Connections())
            {
                left.Dispose();
            }
        }

        /// <summary>Makes a connection that the session lets go of with itself, whatever becomes of it.</summary>
        private Connection NewConnection()
        {
            ITransport transport = options.NewTransport();
            try
            {
                staysInContext = !transport.RunsInBackground;
                var made = new Connection(transport, options);
                lock (gate)
                {
                    if (state == SessionState.Closed)
                    {
                        throw Closed();
                    }

                    connections.RemoveAll(old => old.Gone.IsCompleted);
                    connections.Add(made);
                }

                return made;
            }
            catch
            {
                transport.Dispose();
                throw;
            }
        }

        private Connection[] Connections()
        {
            lock (gate)
            {
                return connections.ToArray();
            }
        }

        private async void CloseConnections(TaskCompletionSource<bool> done)
        {
            try
            {
                Task attempt;
                lock (gate)
                {
                    attempt = attempting ?? Task.CompletedTask;
                }

                await Task.WhenAll(Array.ConvertAll(Connections(), left => left.CloseAsync())).ConfigureAwait(staysInContext);

                // Its connection is disposed by now, so it ends, unless it hangs in somebody else's transport.
                if (!attempt.IsCompleted)
                {
                    await Task.WhenAny(attempt, Task.Delay(options.CloseTimeout)).ConfigureAwait(staysInContext);
                }

                done.TrySetResult(true);
            }
            catch (Exception error)
            {
                done.TrySetException(error);
            }
        }

        /// <summary>Ends everything there is, without events. The connections remain to be closed.</summary>
        /// <param name="tells">Whether the server is to learn that the session is over, be it over a connection that is just being made.</param>
        private void End(bool tells)
        {
            lock (gate)
            {
                if (state == SessionState.Closed)
                {
                    return;
                }

                state = SessionState.Closed;
                connection = null;
                LetGo(Closed());
            }

            foreach (Connection left in tells ? Connections() : Array.Empty<Connection>())
            {
                left.EndSession();
            }

            lifetime.Cancel();
            while (TryTakeLost(out Lost gone))
            {
                gone.Complete();
            }
        }
    }
}
