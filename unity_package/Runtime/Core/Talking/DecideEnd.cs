using System;
using System.Collections.Generic;

namespace Loquent.Core.Talking
{
    /// <summary>What has come of a decision. Never changes.</summary>
    public sealed class DecideEnd
    {
        internal DecideEnd(string question, IReadOnlyList<string> options, Decision decision, EndReason reason, Exception error)
        {
            Question = question;
            Options = options;
            Decision = decision;
            Reason = reason;
            Error = error;
        }

        /// <summary>What was to be decided.</summary>
        public string Question { get; }

        /// <summary>What there was to choose from.</summary>
        public IReadOnlyList<string> Options { get; }

        /// <summary>Which option was chosen, and how probable each was; null if none was.</summary>
        public Decision Decision { get; }

        /// <summary>Whether one of the options was chosen.</summary>
        public bool IsDecided => Decision != null;

        /// <summary>The index of the chosen option, from 0; -1 if none was chosen.</summary>
        public int Index => Decision == null ? -1 : Decision.Index;

        /// <summary>The chosen option; null if none was chosen.</summary>
        public string Option => Decision == null ? null : Options[Decision.Index];

        /// <summary>How probable the chosen option was, from 0 to 1; 0 if none was chosen.</summary>
        public double Probability => Decision == null ? 0 : Decision.Probabilities[Decision.Index];

        /// <summary><see cref="EndReason.Stop"/> if it was decided, <see cref="EndReason.Fault"/> if not, <see cref="EndReason.Cancelled"/> if the conversation was closed before.</summary>
        public EndReason Reason { get; }

        /// <summary>What went wrong; null unless <see cref="Reason"/> is <see cref="EndReason.Fault"/>.</summary>
        public Exception Error { get; }
    }
}
