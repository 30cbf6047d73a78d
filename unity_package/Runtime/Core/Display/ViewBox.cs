namespace Loquent.Core.Display
{
    /// <summary>
    /// A canvas as the player sees it: a rectangle of angles around the eye, whatever the head's turning. <see cref="CanvasSeparation"/> keeps them apart.
    /// </summary>
    public sealed class ViewBox
    {
        /// <summary>Where the middle is, in radians to the right.</summary>
        public double Yaw { get; set; }

        /// <summary>Where the middle wants to be, in radians above the horizon.</summary>
        public double Pitch { get; set; }

        /// <summary>Half the width, in radians.</summary>
        public double HalfWidth { get; set; }

        /// <summary>Half the height, in radians.</summary>
        public double HalfHeight { get; set; }

        /// <summary>How far it is from the eye, in metres.</summary>
        public double Distance { get; set; }

        /// <summary>Whether it's to be seen. One that isn't neither moves nor makes others move.</summary>
        public bool IsVisible { get; set; }

        /// <summary>By how much it's raised so that it covers no other, in radians. Set by <see cref="CanvasSeparation"/>.</summary>
        public double Lift { get; internal set; }

        /// <summary>Whether another one stood in the way the last time: then it keeps a greater distance, so that it doesn't go to and fro.</summary>
        internal bool WasRaised { get; set; }
    }
}
