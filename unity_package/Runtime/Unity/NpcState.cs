namespace Loquent
{
    /// <summary>What an <see cref="Npc"/> is at.</summary>
    public enum NpcState
    {
        /// <summary>It's disabled.</summary>
        Off,

        /// <summary>There is no connection yet, or none at the moment. What is said waits.</summary>
        Connecting,

        /// <summary>The server has been asked for the character.</summary>
        Opening,

        /// <summary>It listens.</summary>
        Listening,

        /// <summary>Something has been said to it, and nothing of the reply is there yet.</summary>
        Thinking,

        /// <summary>It replies.</summary>
        Speaking,

        /// <summary>It can't talk; <see cref="Npc.Failure"/> says why.</summary>
        Failed
    }
}
