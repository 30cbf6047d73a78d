using System;
using Loquent.Core.Failures;

namespace Loquent.Core
{
    /// <summary>
    /// When the next attempt to connect is due, and when there is none any more. It knows no clock; times are milliseconds of whoever asks.
    /// </summary>
    internal sealed class ReconnectSchedule
    {
        private readonly ReconnectPolicy policy;
        private readonly Func<double> chance;
        private readonly long maxDelayMs;
        private readonly long giveUpAfterMs;
        private long lookedAt;
        private long spentMs;
        private long dueAt;

        /// <param name="policy">Checked already.</param>
        internal ReconnectSchedule(ReconnectPolicy policy)
        {
            this.policy = policy;
            maxDelayMs = (long)policy.MaxDelay.TotalMilliseconds;
            giveUpAfterMs = (long)policy.GiveUpAfter.TotalMilliseconds;

            // Many programs may start in the same millisecond, which is what Random is seeded with unless told.
            chance = policy.Chance ?? new Random(Guid.NewGuid().GetHashCode()).NextDouble;
        }

        /// <summary>How many attempts have been planned since a connection lasted.</summary>
        internal int Attempts { get; private set; }

        /// <summary>How much time has been spent without a connection since one lasted, in seconds.</summary>
        internal long SpentSeconds => spentMs / 1000;

        /// <summary>Begins with a lost connection; if that hadn't lasted, goes on with what there was.</summary>
        /// <param name="now">Milliseconds.</param>
        /// <param name="lastedMs">How long the connection was there.</param>
        internal void Lost(long now, long lastedMs)
        {
            lookedAt = now;
            if (lastedMs >= maxDelayMs)
            {
                Restart();
            }
        }

        /// <summary>Begins anew.</summary>
        internal void Restart()
        {
            Attempts = 0;
            spentMs = 0;
        }

        /// <summary>Lets time pass. Of a time in which nobody looked, only so much counts: a program that slept hasn't tried meanwhile.</summary>
        internal void Pass(long now)
        {
            spentMs += Math.Max(0, Math.Min(now - lookedAt, maxDelayMs));
            lookedAt = now;
        }

        /// <summary>Whether the planned attempt is to be made now.</summary>
        internal bool IsDue(long now)
        {
            return now >= dueAt;
        }

        /// <summary>Plans the next attempt.</summary>
        /// <param name="now">Milliseconds.</param>
        /// <param name="toldMs">The server asks not to come before so many milliseconds; 0 if it doesn't.</param>
        /// <param name="reason">What made it necessary.</param>
        /// <returns>The attempt; null if the limit is reached, or would be by then.</returns>
        internal ReconnectAttempt Next(long now, long toldMs, LoquentException reason)
        {
            long leftMs = giveUpAfterMs - spentMs;
            if (Attempts >= policy.MaxAttempts || leftMs <= 0 || toldMs > leftMs)
            {
                return null;
            }

            double boundMs = Math.Min(maxDelayMs, policy.FirstDelay.TotalMilliseconds * Math.Pow(2, Attempts));

            // The last attempt comes when the time is up, and not behind it.
            long delayMs = Math.Min(toldMs + (long)(chance() * boundMs), leftMs);
            Attempts++;
            dueAt = now + delayMs;
            return new ReconnectAttempt(Attempts, TimeSpan.FromMilliseconds(delayMs), reason);
        }
    }
}
