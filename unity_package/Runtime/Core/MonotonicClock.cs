using System.Diagnostics;

namespace Loquent.Core
{
    /// <summary>Milliseconds that never go backwards, whatever happens to the time of day.</summary>
    internal static class MonotonicClock
    {
        /// <summary>Milliseconds since some moment in the past.</summary>
        internal static long Now()
        {
            return (long)(Stopwatch.GetTimestamp() * (1000.0 / Stopwatch.Frequency));
        }
    }
}
