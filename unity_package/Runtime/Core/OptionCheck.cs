using System;

namespace Loquent.Core
{
    /// <summary>Refuses options that can't be used, with a sentence that says which one and what to give instead.</summary>
    internal static class OptionCheck
    {
        /// <summary>Timers take no more than so many milliseconds.</summary>
        private const double LongestMs = int.MaxValue;

        /// <param name="good">Whether the value can be used.</param>
        /// <param name="owner">The options' class.</param>
        /// <param name="name">The option.</param>
        /// <param name="what">What to give.</param>
        /// <exception cref="ArgumentException">It can't.</exception>
        internal static void Require(bool good, string owner, string name, string what)
        {
            if (!good)
            {
                throw new ArgumentException(owner + "." + name + " can't be used. " + what, name);
            }
        }

        /// <summary>Requires a time that a timer takes, and some of it.</summary>
        /// <exception cref="ArgumentException">It's another one.</exception>
        internal static void RequireTime(TimeSpan time, string owner, string name)
        {
            bool good = time.TotalMilliseconds >= 1 && time.TotalMilliseconds <= LongestMs;
            Require(good, owner, name, "Give a time from 1 ms to 2,147,483,647 ms (24 days).");
        }
    }
}
