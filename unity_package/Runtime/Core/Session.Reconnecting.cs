using System;
using System.Threading;
using Loquent.Core.Failures;
using Loquent.Core.Transport;

namespace Loquent.Core
{
    /// <content>
    /// Connecting again by itself: when, how long, and what is told. All of it happens inside <see cref="Update"/> and by the session's clock, but
    /// the attempts themselves, which are under way beside it.
    /// </content>
    public sealed partial class Session
    {
        private readonly Handlers<Action<ReconnectAttempt>> reconnecting = new Handlers<Action<ReconnectAttempt>>();
        private readonly Handlers<Action<bool>> reconnected = new Handlers<Action<bool>>();
        private readonly ReconnectSchedule schedule;
        private volatile Attempt attempt;
        private bool? resumed;
        private long backAt;

        /// <summary>Begins the attempt that is due, ends the one that is late, takes what the one that is over has made.</summary>
        private void TendReconnecting(long now)
        {
            if (state != SessionState.Reconnecting)
            {
                return;
            }

            schedule.Pass(now);
            if (attempt == null && schedule.IsDue(now))
            {
                BeginAttempt(now);
            }

            Attempt current = attempt;
            if (current == null)
            {
                return;
            }

            if (!current.Over.IsCompleted)
            {
                current.EndIfLate(now);
            }

            if (current.Over.IsCompleted)
            {
                FinishAttempt(current, now);
            }
        }

        private void BeginAttempt(long now)
        {
            Attempt begun;
            string offered;
            lock (gate)
            {
                // ReconnectAsync may be at it, or have done it already; or the session is closed.
                if (state != SessionState.Reconnecting || attempting != null)
                {
                    return;
                }

                begun = new Attempt(now, options.ConnectTimeout);
                attempting = begun.Over;
                offered = options.Resume ? id : null;
            }

            attempt = begun;
            begun.Begin(options, NewConnection, offered, epoch, sequence.Processed, lifetime.Token);
        }

        private void FinishAttempt(Attempt over, long now)
        {
            attempt = null;
            Exception failure = over.Failure;
            try
            {
                if (over.Made != null)
                {
                    Adopt(over.Made);
                }
            }
            catch (LoquentException error)
            {
                failure = error;
            }

            lock (gate)
            {
                attempting = null;

                // A server that would go on with something else, or in another way, isn't asked to once more.
                if (failure is ProtocolException protocol && state == SessionState.Reconnecting)
                {
                    LetGo(protocol);
                }
            }

            if (failure != null && state == SessionState.Reconnecting)
            {
                AttemptFailed(failure, now);
            }
        }

        private void AttemptFailed(Exception failure, long now)
        {
            var why = failure as LoquentException;
            if (why == null)
            {
                Report(failure);
                why = new UnreachableException("No connection to " + options.Address.OriginalString + " could be begun. (" + failure.Message + ")", failure);
            }

            PlanAttempt(now, why, 0);
            ReportLost();
        }

        /// <summary>Plans the next attempt and tells of it; or gives up. Does nothing if <see cref="ReconnectAsync"/> has been quicker.</summary>
        /// <param name="now">Milliseconds.</param>
        /// <param name="why">What makes it necessary.</param>
        /// <param name="toldMs">The server won't be back for so many milliseconds.</param>
        private void PlanAttempt(long now, LoquentException why, long toldMs)
        {
            if (state != SessionState.Reconnecting)
            {
                return;
            }

            double retryMs = Math.Min(why.RetryAfter?.TotalMilliseconds ?? 0, int.MaxValue);
            bool isHopeless = !why.IsTransient && !(why is ProtocolException);
            ReconnectAttempt next = isHopeless ? null : schedule.Next(now, Math.Max(toldMs, (long)retryMs), why);
            if (next == null)
            {
                GiveUp(isHopeless ? why : Exhausted(why));
            }
            else
            {
                Raise(reconnecting, next, (handler, what) => handler(what));
            }
        }

        private ConnectionLostException Exhausted(LoquentException why)
        {
            return new ConnectionLostException(
                "The connection to " + options.Address.OriginalString + " is lost. The session has given up after " + schedule.Attempts
                + " attempts to make another one in " + schedule.SpentSeconds + " s; ReconnectPolicy says how long it tries. The last word was: " + why.Message,
                why,
                (why as ConnectionLostException)?.CloseCode);
        }

        private void GiveUp(LoquentException why)
        {
            lock (gate)
            {
                // If ReconnectAsync is at it, what it makes of it counts.
                if (state != SessionState.Reconnecting || attempting != null)
                {
                    return;
                }

                lastLoss = why;
                state = SessionState.Disconnected;
                LetGo(why);
            }

            schedule.Restart();
            Raise(connectionLost, why, (handler, what) => handler(what));
        }

        /// <summary>Tells of a connection that has been made since the last time.</summary>
        /// <returns>The connection that has been told of; null if there is none.</returns>
        private Connection ReportReconnected()
        {
            bool? told;
            Connection current;
            lock (gate)
            {
                told = resumed;
                resumed = null;
                current = connection;
            }

            if (told.HasValue)
            {
                Raise(reconnected, told.Value, (handler, what) => handler(what));
            }

            return current;
        }
    }
}
