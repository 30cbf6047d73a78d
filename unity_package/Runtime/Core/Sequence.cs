namespace Loquent.Core
{
    /// <summary>
    /// The numbers of the server's frames: each is greater by exactly one than the one before, over all connections of a session. Tells when to
    /// acknowledge. It knows no clock; times are milliseconds of whoever asks.
    /// </summary>
    internal sealed class Sequence
    {
        /// <summary>The number of a session's first frame.</summary>
        internal const long First = 1;

        /// <summary>At least every so many frames are acknowledged.</summary>
        internal const int FramesPerAck = 64;

        /// <summary>So many milliseconds after a frame came it's acknowledged; half of what the specification asks for, for frames a second.</summary>
        internal const long AckWithinMs = 500;

        private long acknowledged;
        private long oldestArrivedAt;

        /// <summary>The number of the last frame that has been processed; 0 before the first.</summary>
        internal long Processed { get; private set; }

        /// <summary>Takes the next frame's number.</summary>
        /// <param name="seq">What it has.</param>
        /// <param name="arrivedAt">When it came.</param>
        /// <returns>False if it isn't the one that must come next; then nothing changes.</returns>
        internal bool TryAccept(long seq, long arrivedAt)
        {
            if (seq != Processed + 1)
            {
                return false;
            }

            if (acknowledged == Processed)
            {
                oldestArrivedAt = arrivedAt;
            }

            Processed = seq;
            return true;
        }

        /// <summary>Tells whether it's time to acknowledge <see cref="Processed"/>.</summary>
        internal bool IsAckDue(long now)
        {
            return Processed > acknowledged
                && (Processed - acknowledged >= FramesPerAck || now - oldestArrivedAt >= AckWithinMs);
        }

        /// <summary>Notes that <see cref="Processed"/> has been acknowledged.</summary>
        internal void Acknowledged()
        {
            acknowledged = Processed;
        }

        /// <summary>Begins anew, with another session.</summary>
        internal void Restart()
        {
            Processed = First - 1;
            acknowledged = Processed;
        }
    }
}
