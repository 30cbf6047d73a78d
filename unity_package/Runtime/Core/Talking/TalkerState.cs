namespace Loquent.Core.Talking
{
    /// <summary>What a <see cref="Talker"/> is at.</summary>
    public enum TalkerState
    {
        /// <summary>There is no connection yet, or none at the moment.</summary>
        Waiting,

        /// <summary>The server has been asked for the conversation.</summary>
        Opening,

        /// <summary>The conversation is open, and nothing is being said.</summary>
        Ready,

        /// <summary>Something has been said, and nothing of the reply is there yet.</summary>
        Thinking,

        /// <summary>The reply comes, or has come and hasn't been shown whole.</summary>
        Replying,

        /// <summary>The conversation can't be opened; <see cref="Talker.Failure"/> says why.</summary>
        Failed,

        /// <summary>It's closed.</summary>
        Closed
    }
}
