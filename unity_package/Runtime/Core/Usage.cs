using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <summary>What a turn took. A figure that the server didn't give is null. Never changes.</summary>
    public sealed class Usage
    {
        internal static readonly Usage None = new Usage(new long?[FrameGrammar.Usage.Keys.Length]);

        private Usage(long?[] values)
        {
            PromptTokens = values[0];
            CachedTokens = values[1];
            ReplyTokens = values[2];
            FirstMs = values[3];
            TotalMs = values[4];
        }

        /// <summary>Tokens of the prompt.</summary>
        public long? PromptTokens { get; }

        /// <summary>Tokens of the prompt that the model didn't have to compute.</summary>
        public long? CachedTokens { get; }

        /// <summary>Tokens of the reply.</summary>
        public long? ReplyTokens { get; }

        /// <summary>Milliseconds from the say to the first text, on the server.</summary>
        public long? FirstMs { get; }

        /// <summary>Milliseconds from the say to the end, on the server.</summary>
        public long? TotalMs { get; }

        internal static Usage Read(ref MsgPackReader fields, ValueWalk walk)
        {
            return new Usage(FrameGrammar.Usage.ReadIntegers(ref fields, walk));
        }
    }
}
