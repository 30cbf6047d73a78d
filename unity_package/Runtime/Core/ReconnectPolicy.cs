using System;

namespace Loquent.Core
{
    /// <summary>How a session connects again by itself when its connection is lost: how soon, how often, and when it gives up.</summary>
    /// <remarks>
    /// <para>
    /// Before each attempt it waits for a time by chance, from none up to a bound: <see cref="FirstDelay"/> before the first attempt, twice as much
    /// before the second, and so on up to <see cref="MaxDelay"/>. So a network that comes back is used soon, and a server that comes back isn't met
    /// by all its clients in the same moment. If the server has said when to come back, it waits until then in any case, and by chance some more.
    /// </para>
    /// <para>
    /// It gives up after <see cref="MaxAttempts"/> or <see cref="GiveUpAfter"/>, whichever comes first; at once when the server asks to come back later
    /// than that, and when trying again can't help (see <see cref="Failures.LoquentException.IsTransient"/>). A connection that has lasted for
    /// <see cref="MaxDelay"/> makes it begin anew.
    /// </para>
    /// </remarks>
    public sealed class ReconnectPolicy
    {
        /// <summary>The longest wait before the first attempt; 250 ms unless told. From 1 ms to <see cref="MaxDelay"/>.</summary>
        public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(250);

        /// <summary>The longest wait before any attempt, unless the server asks for a longer one; 10 s unless told. From 1 ms to 24 days.</summary>
        public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(10);

        /// <summary>How many attempts may fail, one after the other; 100 unless told. At least 1.</summary>
        public int MaxAttempts { get; set; } = 100;

        /// <summary>
        /// How long to try, from the loss on; 5 minutes unless told. From 1 ms to 24 days. Of a time in which <see cref="Session.Update"/> isn't called, as when
        /// a headset sleeps, no more than <see cref="MaxDelay"/> counts.
        /// </summary>
        public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(5);

        /// <summary>Gives numbers from 0 to 1, by chance. Tests put their own in; null for .NET's.</summary>
        internal Func<double> Chance { get; set; }

        /// <summary>Copies the policy, once it's found to be possible.</summary>
        /// <exception cref="ArgumentException">A value is out of its range.</exception>
        internal ReconnectPolicy Checked()
        {
            OptionCheck.RequireTime(MaxDelay, nameof(ReconnectPolicy), nameof(MaxDelay));
            OptionCheck.RequireTime(GiveUpAfter, nameof(ReconnectPolicy), nameof(GiveUpAfter));
            OptionCheck.Require(
                FirstDelay.TotalMilliseconds >= 1 && FirstDelay <= MaxDelay,
                nameof(ReconnectPolicy),
                nameof(FirstDelay),
                "Give a time from 1 ms to MaxDelay.");
            OptionCheck.Require(
                MaxAttempts >= 1,
                nameof(ReconnectPolicy),
                nameof(MaxAttempts),
                "Give at least 1; to connect again by hand only, set SessionOptions.Reconnect to null.");
            return (ReconnectPolicy)MemberwiseClone();
        }
    }
}
