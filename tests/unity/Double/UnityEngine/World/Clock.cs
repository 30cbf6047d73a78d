using System;

namespace Loquent.Double
{
    /// <summary>The engine's time, which moves only with frames.</summary>
    internal sealed class Clock
    {
        internal double Time { get; private set; }

        internal double UnscaledTime { get; private set; }

        internal double FixedTime { get; private set; }

        internal float DeltaTime { get; private set; }

        internal float UnscaledDeltaTime { get; private set; }

        internal float FixedDeltaTime { get; set; } = 0.02f;

        internal float MaximumDeltaTime { get; set; } = 1 / 3f;

        internal float TimeScale { get; set; } = 1;

        internal int FrameCount { get; private set; }

        internal bool InFixedStep { get; set; }

        internal double LevelLoaded { get; set; }

        internal void Advance(double seconds)
        {
            FrameCount++;
            UnscaledDeltaTime = (float)seconds;
            UnscaledTime += seconds;
            double scaled = Math.Min(seconds, MaximumDeltaTime) * TimeScale;
            DeltaTime = (float)scaled;
            Time += scaled;
        }

        /// <summary>Goes on to the next fixed step, if it's due.</summary>
        internal bool TryFixedStep()
        {
            if (FixedTime + FixedDeltaTime > Time)
            {
                return false;
            }

            FixedTime += FixedDeltaTime;
            return true;
        }
    }
}
