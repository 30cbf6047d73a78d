namespace Loquent
{
    /// <summary>What a <see cref="SpeechCanvas"/> shows.</summary>
    public enum SpeechState
    {
        /// <summary>Nothing; it's invisible, or on its way to that.</summary>
        Hidden,

        /// <summary>The sign that an answer is on its way.</summary>
        Thinking,

        /// <summary>Text that is being revealed, or read.</summary>
        Speaking,

        /// <summary>What went wrong.</summary>
        Error
    }
}
