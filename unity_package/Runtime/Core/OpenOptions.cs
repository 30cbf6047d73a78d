using System;

namespace Loquent.Core
{
    /// <summary>What a conversation is opened with. Everything may be left null.</summary>
    public sealed class OpenOptions
    {
        private long? maxTokens;

        /// <summary>
        /// Who plays, at most 128 bytes of UTF-8. History is stored by player and character; without it nothing outlives the conversation.
        /// </summary>
        public string Player { get; set; }

        /// <summary>How the character may call the player, at most 128 bytes of UTF-8.</summary>
        public string PlayerName { get; set; }

        /// <summary>The language of the player as a BCP 47 tag, such as <c>en-GB</c>.</summary>
        public string Locale { get; set; }

        /// <summary>Longest reply, in the model's tokens; at least 1. Null leaves it to the server.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or greater than 2⁵³ − 1.</exception>
        public long? MaxTokens
        {
            get => maxTokens;
            set
            {
                if (value < 1 || value > Wire.FrameGrammar.LargestUInt)
                {
                    throw new ArgumentOutOfRangeException(nameof(value), value, "Give at least 1 token, or null to leave it to the server.");
                }

                maxTokens = value;
            }
        }

        /// <summary>Makes a copy, so that what happens to the original doesn't matter.</summary>
        internal OpenOptions Copy()
        {
            return (OpenOptions)MemberwiseClone();
        }
    }
}
