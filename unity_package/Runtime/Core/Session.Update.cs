using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <content>The work of the user's thread: draining what came, acknowledging it, noticing what is lost.</content>
    public sealed partial class Session
    {
        /// <summary>How many frames one <see cref="Update"/> processes unless told.</summary>
        public const int DefaultBudget = 256;

        /// <summary>How often, in milliseconds, waiting without a frame loop looks after acknowledgements and silence.</summary>
        private const int PumpPeriodMs = 50;

        /// <summary>A pause of the program, in milliseconds, that's worth to be told when the connection is found lost behind it.</summary>
        private const long LongPauseMs = 5000;

        private readonly Handlers<Action<LoquentException>> connectionLost = new Handlers<Action<LoquentException>>();
        private readonly Handlers<Action<Fault>> faultReceived = new Handlers<Action<Fault>>();
        private readonly Handlers<Action<TimeSpan>> goingAway = new Handlers<Action<TimeSpan>>();
        private readonly Handlers<Action<Exception>> errors = new Handlers<Action<Exception>>();
        private LoquentException lastLoss;
        private long connectedAt;
        private int updating;
        private long updatedAt;
        private long pausedMs;
        private long pauseEndedAt;

        /// <summary>
        /// Processes what has come: raises events, completes tasks, acknowledges. Call it once per frame. It never waits, and with text
        /// frames it allocates nothing. While another call is under way, in a handler or on another thread, it does nothing.
        /// </summary>
        /// <param name="budget">How many frames to process at most; the rest waits for the next call. At least 1.</param>
        /// <returns>How many frames were processed.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="budget"/> is less than 1.</exception>
        public int Update(int budget = DefaultBudget)
        {
            if (budget < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(budget), budget, "Give at least 1 frame.");
            }

            return TryUpdate(budget, out int frames) ? frames : 0;
        }

        /// <summary>
        /// Does the work of <see cref="Update"/> until told to end, connecting again included: for programs without a frame loop. Events are raised
        /// where this goes on: in the caller's synchronization context, or on the thread pool if it has none. Don't block in handlers, nor behind an
        /// <c>await</c> of <see cref="OpenAsync"/>: they run inside of it.
        /// </summary>
        /// <param name="cancellation">Ends it.</param>
        /// <returns>Completes when the session is closed.</returns>
        /// <exception cref="OperationCanceledException">It was told to end.</exception>
        /// <exception cref="LoquentException">
        /// The connection is lost for good: the session has given up, or is neither to connect again by itself nor to resume.
        /// </exception>
        public async Task RunAsync(CancellationToken cancellation = default(CancellationToken))
        {
            var never = new TaskCompletionSource<bool>();
            await PumpAsync(never.Task, cancellation);
            if (state == SessionState.Disconnected)
            {
                ExceptionDispatchInfo.Capture(lastLoss).Throw();
            }
        }

        /// <summary>Does the work of <see cref="Update"/> until a task has completed, or the session can't go on by itself.</summary>
        internal async Task PumpAsync(Task until, CancellationToken cancellation)
        {
            while (!until.IsCompleted && GoesOn)
            {
                cancellation.ThrowIfCancellationRequested();

                // Asked for before looking, so that nothing is missed. While another pump is at work, its results are waited for instead.
                Task arrival = connection?.Inbox.ArrivalAsync() ?? attempt?.Over;
                bool looked = TryUpdate(DefaultBudget, out int frames);
                if (!until.IsCompleted && frames == 0)
                {
                    await RestAsync(until, looked ? arrival : null, cancellation);
                }
            }
        }

        /// <summary>
        /// Calls the handlers of one event, as long as the session isn't closed: each one may close it. What one throws is reported. Allocates
        /// nothing, given a call that captures nothing.
        /// </summary>
        /// <typeparam name="T">The event's delegate.</typeparam>
        /// <typeparam name="TArgument">What it's about.</typeparam>
        internal void Raise<T, TArgument>(Handlers<T> handlers, TArgument argument, Action<T, TArgument> call)
            where T : class
        {
            foreach (T handler in handlers.All)
            {
                if (state == SessionState.Closed)
                {
                    return;
                }

                try
                {
                    call(handler, argument);
                }
                catch (Exception error)
                {
                    // What a handler of Error throws itself can be reported nowhere.
                    if (!ReferenceEquals(handlers, errors))
                    {
                        Report(error);
                    }
                }
            }
        }

        /// <summary>Tells <see cref="Error"/>.</summary>
        internal void Report(Exception error)
        {
            LastError = error;
            Raise(errors, error, (handler, what) => handler(what));
        }

        /// <summary>Whether there is a connection, or will be without <see cref="RunAsync"/> having to tell of it.</summary>
        private bool GoesOn => state != SessionState.Closed && (state != SessionState.Disconnected || KeepsSession);

        private static async Task RestAsync(Task until, Task arrival, CancellationToken cancellation)
        {
            using (var rested = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                Task late = Task.Delay(PumpPeriodMs, rested.Token);
                await (arrival == null ? Task.WhenAny(until, late) : Task.WhenAny(until, arrival, late));
                rested.Cancel();
            }
        }

        /// <returns>False if another call is under way.</returns>
        private bool TryUpdate(int budget, out int frames)
        {
            frames = 0;
            if (Interlocked.CompareExchange(ref updating, 1, 0) != 0)
            {
                return false;
            }

            try
            {
                long now = options.Clock();
                NotePause(now);
                TendReconnecting(now);
                ReportLost();
                frames = Drain(ReportReconnected(), budget);
                Tend();
                return true;
            }
            finally
            {
                Volatile.Write(ref updating, 0);
            }
        }

        /// <summary>Notes a long pause between two calls; it's forgotten when as much time has passed without another.</summary>
        private void NotePause(long now)
        {
            long passed = now - updatedAt;
            if (passed >= LongPauseMs)
            {
                pausedMs = passed;
                pauseEndedAt = now;
            }
            else if (now - pauseEndedAt >= LongPauseMs)
            {
                pausedMs = 0;
            }

            updatedAt = now;
        }

        /// <summary>Tells of a long pause before the loss: while nobody reads, the server's pings may go unanswered.</summary>
        private LoquentException WithPause(LoquentException why)
        {
            var lostConnection = why as ConnectionLostException;
            if (lostConnection == null || pausedMs == 0)
            {
                return why;
            }

            return new ConnectionLostException(
                why.Message + " (Session.Update hadn't been called for " + (pausedMs / 1000)
                + " s before: call it once per frame, or the server may take this program for gone.)",
                why,
                lostConnection.CloseCode);
        }

        /// <summary>Processes what has come over a connection, and nothing of another one, which has to be told of before.</summary>
        private int Drain(Connection current, int budget)
        {
            int frames = 0;

            // A handler may close the session or the connection at any time: look anew for each frame.
            while (current != null && connection == current && frames < budget)
            {
                bool over = current.IsOver;
                bool any = current.Inbox.TryNext(out FrameKind kind, out MsgPackReader fields, out long arrivedAt);
                string skipped = current.Inbox.TakeSkipped();
                if (skipped != null)
                {
                    Report(new ProtocolException(skipped));
                }

                if (any)
                {
                    Apply(current, kind, fields, arrivedAt);
                    frames++;
                }
                else
                {
                    if (over)
                    {
                        Lose(current, current.Failure);
                    }

                    break;
                }
            }

            return frames;
        }

        /// <summary>Does what time asks for: acknowledging, and noticing silence.</summary>
        private void Tend()
        {
            Connection current = connection;
            if (current == null)
            {
                return;
            }

            long now = options.Clock();
            AcknowledgeIfDue(now);
            if (silence.IsLost(now, current.LastHeard, current.IsListening, limits.BeatMs ?? 0))
            {
                var dead = new ConnectionLostException(
                    "Nothing has been heard from " + current.Address + " for " + (SilenceWatch.Beats * limits.BeatMs)
                    + " ms: the network or the server is gone. Connect again when it's back.");
                current.Abandon(dead, CloseCode.GivenUp, string.Empty);
                Lose(current, dead);
            }

            current.Flush();
        }

        private void AcknowledgeIfDue(long now)
        {
            lock (gate)
            {
                if (connection != null && sequence.IsAckDue(now))
                {
                    frame.Reset();
                    ClientFrames.Ack(frame, sequence.Processed);
                    connection.Outbox.TryAdd(frame, false);
                    sequence.Acknowledged();
                }
            }
        }

        /// <summary>Notes that the connection is lost, and ends what goes with it; plans the next one if there's to be one.</summary>
        private void Lose(Connection current, LoquentException why)
        {
            why = WithPause(why);
            long now = options.Clock();
            long lastedMs;
            lock (gate)
            {
                if (connection != current)
                {
                    return;
                }

                connection = null;
                lastLoss = why;
                lastedMs = now - connectedAt;
                state = schedule == null ? SessionState.Disconnected : SessionState.Reconnecting;

                // What broke the protocol would be sent again.
                if (!options.Resume || why is ProtocolException)
                {
                    LetGo(why);
                }
            }

            if (schedule == null)
            {
                Raise(connectionLost, why, (handler, what) => handler(what));
            }
            else
            {
                schedule.Lost(now, lastedMs);
                PlanAttempt(now, why, WaitForServer(now, why));
            }

            ReportLost();
        }

        /// <summary>
        /// A server that stops takes nobody back before it has closed: whoever loses the connection until then waits for the time it told. One that
        /// has closed is done, perhaps earlier than it said, and another may have taken its place.
        /// </summary>
        private long WaitForServer(long now, LoquentException why)
        {
            bool hasClosed = (why as ConnectionLostException)?.CloseCode != null;
            return hasClosed ? 0 : Math.Max(0, backAt - now);
        }

        private void ReportLost()
        {
            while (TryTakeLost(out Lost gone))
            {
                gone.Report();
            }
        }

        private bool TryTakeLost(out Lost gone)
        {
            lock (gate)
            {
                gone = lost.Count > 0 ? lost.Dequeue() : null;
                return gone != null;
            }
        }
    }
}
