using System;

namespace Loquent.Core.Display
{
    /// <summary>
    /// Says when something that follows may stay where it is: as long as it's no further off than a bound, which is small behind a movement and grows while
    /// there is rest. So what is followed closely doesn't tremble once it's still.
    /// </summary>
    public struct DeadZone
    {
        private double rested;

        /// <summary>Whether it's moving.</summary>
        public bool IsMoving { get; private set; }

        /// <summary>Lets time pass.</summary>
        /// <param name="off">How far off the follower is; 0 or more.</param>
        /// <param name="seconds">How long it has been since the last call.</param>
        /// <param name="least">The bound behind a movement.</param>
        /// <param name="most">The bound after a rest of <paramref name="growSeconds"/>.</param>
        /// <param name="growSeconds">How long the bound takes to grow, in seconds.</param>
        /// <returns>Whether the follower is to move.</returns>
        public bool Advance(double off, double seconds, double least, double most, double growSeconds)
        {
            if (IsMoving)
            {
                IsMoving = off > least / 8;
                rested = 0;
                return true; // the last bit of the way, too
            }

            rested += seconds;
            double share = growSeconds > 0 ? Math.Min(1, rested / growSeconds) : 1;
            IsMoving = off > least + ((most - least) * share);
            return IsMoving;
        }

        /// <summary>How much of the way to go in a step, so that the frame rate doesn't matter.</summary>
        /// <param name="seconds">The step.</param>
        /// <param name="timeConstant">In so many seconds all but 37 % of the way is gone; 0 for all of it at once.</param>
        /// <returns>From 0 to 1.</returns>
        public static double Share(double seconds, double timeConstant)
        {
            return timeConstant > 0 ? 1 - Math.Exp(-seconds / timeConstant) : 1;
        }
    }
}
