using System.Collections.Generic;

namespace Loquent.Core
{
    /// <summary>Which of the options of <see cref="Conversation.Decide"/> the model chose. Never changes.</summary>
    public sealed class Decision
    {
        internal Decision(uint index, IReadOnlyList<double> probabilities)
        {
            Index = (int)index;
            Probabilities = probabilities;
        }

        /// <summary>The index of the chosen option, from 0.</summary>
        public int Index { get; }

        /// <summary>How probable each option was, from 0 to 1, in the order of the options; they sum to 1.</summary>
        public IReadOnlyList<double> Probabilities { get; }
    }
}
