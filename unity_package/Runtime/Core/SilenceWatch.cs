using System;

namespace Loquent.Core
{
    /// <summary>
    /// Finds a network that is dead without saying so: the server sends something at least every beat, so silence for three beats means that
    /// it's gone. TCP alone can take minutes to find out.
    /// </summary>
    /// <remarks>
    /// Time in which nobody looked counts as one beat at most: a program that was suspended, such as on a headset that slept, gets the
    /// time to read what has come meanwhile.
    /// </remarks>
    internal sealed class SilenceWatch
    {
        /// <summary>After so many beats of silence the connection is lost.</summary>
        internal const int Beats = 3;

        private long lookedAt;
        private long heardAt;
        private long silentMs;

        /// <summary>Begins with a new connection.</summary>
        /// <param name="now">Milliseconds.</param>
        internal void Restart(long now)
        {
            lookedAt = now;
            heardAt = now;
            silentMs = 0;
        }

        /// <summary>Looks whether the connection is lost.</summary>
        /// <param name="now">Milliseconds.</param>
        /// <param name="lastHeard">When something came last, in the same milliseconds.</param>
        /// <param name="listening">False while nothing is received for lack of room: that is no silence.</param>
        /// <param name="beatMs">At least this often the server sends something; 0 if it doesn't.</param>
        internal bool IsLost(long now, long lastHeard, bool listening, long beatMs)
        {
            long passed = Math.Max(0, Math.Min(now - lookedAt, beatMs));
            lookedAt = now;
            if (!listening || beatMs == 0)
            {
                silentMs = 0;
            }
            else if (lastHeard != heardAt)
            {
                heardAt = lastHeard;
                silentMs = Math.Min(passed, Math.Max(0, now - lastHeard));
            }
            else
            {
                silentMs += passed;
            }

            return beatMs > 0 && silentMs >= Beats * beatMs;
        }
    }
}
