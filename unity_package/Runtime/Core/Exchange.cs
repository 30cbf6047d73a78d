namespace Loquent.Core
{
    /// <summary>One thing that the player said, and what the player saw of the reply. Never changes.</summary>
    public sealed class Exchange
    {
        /// <summary>Makes an exchange.</summary>
        /// <param name="said">What the player said.</param>
        /// <param name="reply">What the player saw of the reply.</param>
        public Exchange(string said, string reply)
        {
            Said = said;
            Reply = reply;
        }

        /// <summary>What the player said.</summary>
        public string Said { get; }

        /// <summary>What the player saw of the reply; empty if nothing.</summary>
        public string Reply { get; }
    }
}
