using System;

namespace Loquent.Core.Talking
{
    /// <summary>How something that was said has come out. Never changes.</summary>
    public sealed class SayEnd
    {
        internal SayEnd(string said, Turn turn, EndReason reason, Exception error)
        {
            Said = said;
            Turn = turn;
            Reason = reason;
            Error = error;
        }

        /// <summary>What was said.</summary>
        public string Said { get; }

        /// <summary>The turn; null if it never came to one.</summary>
        public Turn Turn { get; }

        /// <summary>Why it ended. <see cref="EndReason.Cancelled"/> also for what was waiting when something else was said.</summary>
        public EndReason Reason { get; }

        /// <summary>What went wrong; null unless <see cref="Reason"/> is <see cref="EndReason.Fault"/>.</summary>
        public Exception Error { get; }
    }
}
