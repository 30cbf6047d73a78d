namespace Loquent.Core.Talking
{
    /// <summary>What shows replies to the player. A <see cref="Talker"/> asks it what the player has seen.</summary>
    public interface IReplyView
    {
        /// <summary>How many Unicode scalar values of the current reply the player has seen.</summary>
        long Shown { get; }

        /// <summary>Whether all that has come of the current reply has been shown. Before the reply has ended it may be so, too.</summary>
        bool IsShown { get; }

        /// <summary>Whether the player has had the time to read it, so that something else may take its place.</summary>
        bool IsRead { get; }
    }
}
