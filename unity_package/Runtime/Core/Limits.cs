using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <summary>What the server takes. A limit that it didn't tell is null. Never changes.</summary>
    public sealed class Limits
    {
        private Limits(long?[] values)
        {
            MessageBytes = values[0];
            TextBytes = values[1];
            Conversations = values[2];
            Turns = values[3];
            Images = values[4];
            ImageBytes = values[5];
            BeatMs = values[6];
            GraceMs = values[7];
        }

        /// <summary>Largest message, in bytes. This package keeps to it.</summary>
        public long? MessageBytes { get; }

        /// <summary>Longest text of a say, or question of a decide, in bytes of UTF-8.</summary>
        public long? TextBytes { get; }

        /// <summary>How many conversations may be open at once in a session.</summary>
        public long? Conversations { get; }

        /// <summary>How many turns may run at once in a session.</summary>
        public long? Turns { get; }

        /// <summary>How many images one say or decide may have; with 0 the model sees nothing.</summary>
        public long? Images { get; }

        /// <summary>Largest image, in bytes.</summary>
        public long? ImageBytes { get; }

        /// <summary>At least this often, in milliseconds, the server sends something; with 0 it doesn't, and a dead network isn't noticed by it.</summary>
        public long? BeatMs { get; }

        /// <summary>For how long, in milliseconds, the server keeps the session of a lost connection, so that it can be resumed; with 0 it doesn't.</summary>
        public long? GraceMs { get; }

        internal static Limits Read(ref MsgPackReader fields, ValueWalk walk)
        {
            return new Limits(FrameGrammar.Limits.ReadIntegers(ref fields, walk));
        }
    }
}
