using System;

namespace Loquent.Core.Display
{
    /// <summary>
    /// The size of text in a world, told by the angle at which it's seen: 1 dmm is a millimetre at a metre's distance, two at two metres. Between a nearest and a farthest
    /// distance text looks the same from everywhere; nearer than that it keeps its size in the world, and so does it farther away.
    /// </summary>
    public static class ApparentSize
    {
        /// <summary>The length of a dmm at a distance, in metres.</summary>
        /// <param name="distance">In metres.</param>
        /// <param name="nearest">Nearer than that, nothing gets smaller; in metres.</param>
        /// <param name="farthest">Farther than that, nothing gets larger; in metres.</param>
        /// <returns>Metres per dmm.</returns>
        public static double MetresPerDmm(double distance, double nearest, double farthest)
        {
            return Math.Max(nearest, Math.Min(Math.Max(nearest, farthest), distance)) / 1000;
        }

        /// <summary>How much of a canvas is to be seen at a distance.</summary>
        /// <param name="distance">In metres.</param>
        /// <param name="tooNear">At this distance nothing is to be seen; a share more, and all is; in metres.</param>
        /// <param name="tooFar">At this distance nothing is to be seen; a share less, and all is; 0 for no such distance; in metres.</param>
        /// <returns>From 0 to 1.</returns>
        public static double Visibility(double distance, double tooNear, double tooFar)
        {
            const double NearShare = 0.5; // of the nearest distance: from 0.4 m to 0.6 m
            const double FarShare = 0.1;
            double near = tooNear <= 0 ? 1 : (distance - tooNear) / (tooNear * NearShare);
            double far = tooFar <= 0 ? 1 : (tooFar - distance) / (tooFar * FarShare);
            return Math.Max(0, Math.Min(1, Math.Min(near, far)));
        }
    }
}
