namespace Loquent.Core.Display
{
    /// <summary>One canvas's claim to the frame's layouts: see <see cref="LayoutBudget"/>.</summary>
    public sealed class LayoutClaim
    {
        private bool asked;
        private bool isLate;
        private bool waited;
        private long since;
        private long lastGrant = -1;

        /// <summary>Whether this frame's layout was granted.</summary>
        public bool IsGranted { get; internal set; }

        /// <summary>Whether it asked and hasn't been granted anything in this frame.</summary>
        internal bool Waits => asked && !IsGranted;

        /// <summary>Asks for a layout in this frame. To be said anew in each frame in which it's needed.</summary>
        /// <param name="late">Whether the canvas can't go on without it; false if it's only soon needed.</param>
        public void Ask(bool late)
        {
            asked = true;
            isLate = late;
        }

        /// <summary>Notes since when it has been waiting.</summary>
        internal void Note(long frame)
        {
            if (asked && !waited)
            {
                since = frame;
            }
        }

        /// <summary>Whether it's to be granted before another one.</summary>
        internal bool ComesBefore(LayoutClaim other)
        {
            if (isLate != other.isLate)
            {
                return isLate;
            }

            return since != other.since ? since < other.since : lastGrant < other.lastGrant;
        }

        internal void TakeGrant(long number)
        {
            IsGranted = true;
            lastGrant = number;
        }

        /// <summary>The frame is over.</summary>
        internal void Settle()
        {
            waited = asked && !IsGranted;
            asked = false;
        }
    }
}
