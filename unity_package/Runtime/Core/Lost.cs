using System.Collections.Generic;
using Loquent.Core.Failures;

namespace Loquent.Core
{
    /// <summary>What goes with a lost connection: turns that end with a fault, conversations that are gone, openings that fail.</summary>
    internal sealed class Lost
    {
        private readonly LoquentException why;
        private readonly List<Turn> turns;
        private readonly List<Conversation> conversations;
        private readonly List<Opening> openings;

        internal Lost(LoquentException why, IEnumerable<Turn> turns, IEnumerable<Conversation> conversations, IEnumerable<Opening> openings)
        {
            this.why = why;
            this.turns = new List<Turn>(turns);
            this.turns.Sort((one, other) => one.Number.CompareTo(other.Number));
            this.conversations = new List<Conversation>(conversations);
            this.openings = new List<Opening>(openings);
        }

        /// <summary>Ends all, and raises the events.</summary>
        internal void Report()
        {
            foreach (Turn turn in turns)
            {
                if (turn.TryEnd(EndReason.Fault, Usage.None, why))
                {
                    turn.Conversation.RaiseEnded(turn);
                    turn.Complete();
                }
            }

            foreach (Conversation conversation in conversations)
            {
                conversation.RaiseLost(why);
            }

            Fail();
        }

        /// <summary>Ends all, without events.</summary>
        internal void Complete()
        {
            foreach (Turn turn in turns)
            {
                if (turn.TryEnd(EndReason.Fault, Usage.None, why))
                {
                    turn.Complete();
                }
            }

            Fail();
        }

        private void Fail()
        {
            foreach (Opening opening in openings)
            {
                opening.Fail(why);
            }
        }
    }
}
