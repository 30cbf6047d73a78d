using System;
using System.Collections.Generic;
using Loquent.Core.Failures;

namespace Loquent.Core.Talking
{
    /// <content>
    /// Decisions: the game's questions about what has been said. They run between the replies, one at a time: never beside one, and never while one is still being shown, for they
    /// are about what the player has seen.
    /// </content>
    public sealed partial class Talker
    {
        private Said deciding;
        private bool isDeciding;

        /// <summary>Whether a decision is being made, or waits.</summary>
        public bool IsDeciding => isDeciding || decisionsWaiting > 0;

        /// <summary>
        /// Lets the model choose one of some options. It's asked as soon as the conversation is open and what was said before has been replied to and shown; it interrupts nothing, and
        /// what is said meanwhile waits for it, which takes a moment.
        /// </summary>
        /// <param name="question">What is to be decided; not without a visible character.</param>
        /// <param name="options">What there is to choose from: at least two, none empty, all different. A copy is taken.</param>
        /// <param name="onDecided">Called exactly once, also when nothing comes of it. It may be called before this returns.</param>
        /// <param name="images">What belongs to the question, as encoded picture files; null for nothing.</param>
        /// <returns>Whether it was taken. If not, <paramref name="onDecided"/> has been told why.</returns>
        /// <exception cref="ArgumentNullException">One of the first three is null.</exception>
        public bool Decide(string question, IReadOnlyList<string> options, Action<DecideEnd> onDecided, IReadOnlyList<byte[]> images = null)
        {
            var choices = new List<string>(options ?? throw new ArgumentNullException(nameof(options)));
            var said = new Said(question ?? throw new ArgumentNullException(nameof(question)), images, false)
            {
                Options = choices.AsReadOnly(),
                OnDecided = onDecided ?? throw new ArgumentNullException(nameof(onDecided)),
            };
            if (State == TalkerState.Closed)
            {
                return Refuse(said, IsClosed());
            }

            if (Conversation == null && !CanOpen())
            {
                return Refuse(said, Failure);
            }

            if (Conversation != null && !isCurrent && !isDeciding && waiting.Count == 0)
            {
                return Ask(said);
            }

            if (waiting.Count == MostWaiting)
            {
                return Refuse(said, TooMuchWaits());
            }

            said.IsUrgent = true; // shown is enough; it needn't have been read
            Wait(said);
            return true;
        }

        private bool Ask(Said said)
        {
            try
            {
                said.Turn = Conversation.Decide(said.Text, said.Options, said.Images);
            }
            catch (Exception error) when (error is LoquentException || error is ArgumentException || error is InvalidOperationException)
            {
                return Refuse(said, error);
            }

            said.Images = null;
            deciding = said;
            isDeciding = true;
            return true;
        }

        /// <summary>A turn that ended without anybody being told, as when its session went, is noticed here.</summary>
        private void TendDecision()
        {
            if (isDeciding && deciding.Turn.IsEnded)
            {
                FinishDecision(deciding.Turn.End.Reason, deciding.Turn.End.Error);
            }
        }

        private void FinishDecision(EndReason reason, Exception error)
        {
            Said over = deciding;
            isDeciding = false;
            deciding = default(Said);
            Tell(over, reason, error);
        }

        /// <summary>Ends all decisions, for it's being closed.</summary>
        private void DropDecisions()
        {
            while (waiting.Count > 0)
            {
                End(Next(), EndReason.Cancelled, null);
            }

            if (isDeciding)
            {
                deciding.Turn.Cancel();
                FinishDecision(EndReason.Cancelled, null);
            }
        }

        private void Tell(Said said, EndReason reason, Exception error)
        {
            Decision decision = reason == EndReason.Cancelled || reason == EndReason.Fault ? null : said.Turn?.Decision;
            if (decision == null && reason != EndReason.Cancelled && reason != EndReason.Fault)
            {
                reason = EndReason.Fault;
                error = new ProtocolException("The server ended the decision without making it. Is it of another version?");
            }
            else if (decision != null && (decision.Index >= said.Options.Count || decision.Probabilities.Count != said.Options.Count))
            {
                decision = null;
                reason = EndReason.Fault;
                error = new ProtocolException("The server chose among other options than it was given. Is it of another version?");
            }

            Call(said.OnDecided, new DecideEnd(said.Text, said.Options, decision, reason, error));
        }
    }
}
