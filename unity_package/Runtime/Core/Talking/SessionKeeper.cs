using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;

namespace Loquent.Core.Talking
{
    /// <summary>
    /// Keeps a program's session from the first attempt to connect to the end: the first connection is tried again too, by the same policy and with the same
    /// limits as a lost one (<see cref="SessionOptions.Reconnect"/>). For programs with a frame loop, which start before their server is there.
    /// </summary>
    /// <remarks>
    /// Use it on one thread. Call <see cref="Update"/> once per frame: all events are raised in there, or inside of <see cref="Connect"/>,
    /// <see cref="CloseAsync"/> and <see cref="Dispose"/>. It needs no synchronization context.
    /// </remarks>
    public sealed class SessionKeeper : IDisposable
    {
        private readonly SessionOptions options;
        private readonly ReconnectSchedule schedule;
        private CancellationTokenSource giveUp;
        private Task<Session> connecting;
        private bool waits;

        /// <summary>Makes a keeper that does nothing yet.</summary>
        /// <param name="options">Where the server is, and how to deal with it.</param>
        /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
        /// <exception cref="ArgumentException">An option can't be used.</exception>
        public SessionKeeper(SessionOptions options)
        {
            this.options = (options ?? throw new ArgumentNullException(nameof(options))).Checked();
            schedule = this.options.Reconnect == null ? null : new ReconnectSchedule(this.options.Reconnect);
        }

        /// <summary><see cref="State"/> has changed.</summary>
        public event Action<SessionKeeper> StateChanged;

        /// <summary>A connection can't be made or is lost, and there will be another attempt: which one, when and why.</summary>
        public event Action<ReconnectAttempt> Retrying;

        /// <summary>There is a new session, the first or another one: time to listen to its events. Raised before the state becomes connected.</summary>
        public event Action<Session> SessionMade;

        /// <summary>How it stands to the server.</summary>
        public KeeperState State { get; private set; }

        /// <summary>The session; null before the first connection, and without one.</summary>
        public Session Session { get; private set; }

        /// <summary>Why there is no connection, as far as is known; null while there is one.</summary>
        public Exception Failure { get; private set; }

        /// <summary>Where the server is.</summary>
        public Uri Address => options.Address;

        /// <summary>Begins to connect, if it isn't connected or at it. After a failure it begins anew.</summary>
        /// <exception cref="SessionClosedException">It's closed.</exception>
        public void Connect()
        {
            if (State == KeeperState.Closed)
            {
                throw new SessionClosedException("The keeper is closed. Make another one to connect again.");
            }

            if (State != KeeperState.Idle && State != KeeperState.Failed)
            {
                return;
            }

            Session?.Dispose();
            Session = null;
            Failure = null;
            schedule?.Restart();
            schedule?.Lost(options.Clock(), 0);
            Begin();
            Become(KeeperState.Connecting);
        }

        /// <summary>Does the work of <see cref="Core.Session.Update"/>, and looks after the first connection. Call it once per frame.</summary>
        /// <param name="budget">How many frames to process at most; at least 1.</param>
        /// <returns>How many frames were processed.</returns>
        public int Update(int budget = Session.DefaultBudget)
        {
            if (State == KeeperState.Connecting)
            {
                TendConnecting(options.Clock());
            }

            Session session = Session;
            if (session == null)
            {
                return 0;
            }

            int frames = session.Update(budget);
            if (session == Session && (State == KeeperState.Connected || State == KeeperState.Reconnecting))
            {
                Follow(session);
            }

            return frames;
        }

        /// <summary>Closes the session as one should, and ends an attempt to connect. No event but <see cref="StateChanged"/> is raised any more.</summary>
        /// <returns>Completes when no socket is left.</returns>
        public Task CloseAsync()
        {
            Task closing = Session == null ? Task.CompletedTask : Session.CloseAsync();
            End();
            return closing;
        }

        /// <summary>Lets go of everything at once, without telling the server.</summary>
        public void Dispose()
        {
            Session?.Dispose();
            End();
        }

        private void End()
        {
            if (State == KeeperState.Closed)
            {
                return;
            }

            Abandon();
            Session = null;
            Become(KeeperState.Closed);
        }

        private void Begin()
        {
            waits = false;
            giveUp = new CancellationTokenSource();
            connecting = Session.ConnectAsync(options, giveUp.Token);
        }

        /// <summary>Ends the attempt that is under way; should it have made a session meanwhile, that is let go of.</summary>
        private void Abandon()
        {
            if (connecting == null)
            {
                return;
            }

            giveUp.Cancel();
            connecting.ContinueWith(
                done =>
                {
                    if (done.Status == TaskStatus.RanToCompletion)
                    {
                        done.Result.Dispose();
                    }

                    GC.KeepAlive(done.Exception); // looked at, so that nobody reports it as unobserved
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            connecting = null;
        }

        private void TendConnecting(long now)
        {
            schedule?.Pass(now);
            if (waits)
            {
                if (schedule.IsDue(now))
                {
                    Begin();
                }

                return;
            }

            if (!connecting.IsCompleted)
            {
                return;
            }

            Task<Session> over = connecting;
            connecting = null;
            giveUp.Dispose();
            if (over.Status != TaskStatus.RanToCompletion)
            {
                Fail(over.Exception == null ? new OperationCanceledException() : over.Exception.GetBaseException(), now);
                return;
            }

            Session made = over.Result;
            Session = made;
            Failure = null;
            made.Reconnecting += attempt =>
            {
                Failure = attempt.Reason;
                Retrying?.Invoke(attempt);
            };
            made.ConnectionLost += why => Failure = why;
            SessionMade?.Invoke(made);
            if (Session == made)
            {
                Become(KeeperState.Connected);
            }
        }

        private void Fail(Exception why, long now)
        {
            Failure = why;
            var known = why as LoquentException;
            ReconnectAttempt next = schedule == null || known == null || !known.IsTransient
                ? null
                : schedule.Next(now, (long)Math.Min(known.RetryAfter?.TotalMilliseconds ?? 0, int.MaxValue), known);
            if (next == null)
            {
                Become(KeeperState.Failed);
                return;
            }

            waits = true;
            Retrying?.Invoke(next);
        }

        /// <summary>Takes over how the session stands, which changes inside its Update.</summary>
        private void Follow(Session session)
        {
            switch (session.State)
            {
                case SessionState.Connected:
                    Failure = null;
                    Become(KeeperState.Connected);
                    break;
                case SessionState.Reconnecting:
                    Become(KeeperState.Reconnecting);
                    break;
                case SessionState.Disconnected:
                    Become(KeeperState.Failed);
                    break;
                default:
                    End(); // somebody closed the session by itself
                    break;
            }
        }

        private void Become(KeeperState state)
        {
            if (State != state)
            {
                State = state;
                StateChanged?.Invoke(this);
            }
        }
    }
}
