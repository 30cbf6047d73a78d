using System;
using System.Collections.Generic;
using Loquent.Core.Failures;

namespace Loquent.Core.Talking
{
    /// <content>What a game asks the character's model to decide, beside what is said.</content>
    public sealed partial class Talker
    {
        /// <summary>So many decisions may wait. More are refused.</summary>
        public const int MostDecisions = 8;

        private readonly LinkedList<Question> questions = new LinkedList<Question>();
        private Question deciding;
        private bool isDeciding;

        /// <summary>How many decisions wait, or are being made.</summary>
        public int DecisionCount => questions.Count + (isDeciding ? 1 : 0);

        /// <summary>
        /// Lets the character's model choose one of some options. That interrupts nothing: it waits until the reply has come that is under way, and is asked again
        /// when something is said meanwhile. It comes out once, one way or the other, unless the talker is left without updates.
        /// </summary>
        /// <param name="question">What is to be decided; not without a visible character.</param>
        /// <param name="options">What there is to choose from: two at least, all different. Kept until it has come out: don't change it.</param>
        /// <param name="decided">Called with what was chosen.</param>
        /// <param name="failed">Called if it comes to nothing, with the reason; may be null.</param>
        /// <param name="images">What belongs to it, as encoded picture files; null for nothing.</param>
        /// <exception cref="ArgumentNullException">The question, the options or <paramref name="decided"/> is null.</exception>
        public void Decide(
            string question,
            IReadOnlyList<string> options,
            Action<Decision> decided,
            Action<Exception> failed = null,
            IReadOnlyList<byte[]> images = null)
        {
            var asking = new Question
            {
                Text = question ?? throw new ArgumentNullException(nameof(question)),
                Options = options ?? throw new ArgumentNullException(nameof(options)),
                Decided = decided ?? throw new ArgumentNullException(nameof(decided)),
                Failed = failed,
                Images = images,
            };
            if (State == TalkerState.Closed)
            {
                failed?.Invoke(new SessionClosedException("The conversation with " + character + " is closed; nothing can be decided any more."));
            }
            else if (State == TalkerState.Failed)
            {
                failed?.Invoke(Failure);
            }
            else if (questions.Count == MostDecisions)
            {
                failed?.Invoke(
                    new CongestedException(MostDecisions + " decisions of " + character + " wait already: wait until one has come out."));
            }
            else
            {
                questions.AddLast(asking);
            }
        }

        /// <summary>Asks what waits, when nothing else is under way.</summary>
        private void TendDecisions(SessionKeeper keeper)
        {
            if (questions.Count == 0)
            {
                return;
            }

            if (State == TalkerState.Failed)
            {
                DropDecisions(Failure);
                return;
            }

            if (keeper != null && (keeper.State == KeeperState.Failed || keeper.State == KeeperState.Closed))
            {
                DropDecisions(keeper.Failure ?? new SessionClosedException("The connection is closed; connect again, then ask again."));
                return;
            }

            if (Conversation == null || Conversation.Running != null || isDeciding)
            {
                return;
            }

            Question next = questions.First.Value;
            questions.RemoveFirst();
            try
            {
                next.Turn = Conversation.Decide(next.Text, next.Options, next.Images);
            }
            catch (Exception error) when (error is LoquentException || error is ArgumentException || error is InvalidOperationException)
            {
                next.Failed?.Invoke(error);
                return;
            }

            deciding = next;
            isDeciding = true;
        }

        /// <summary>Makes way for something that is said: the decision that is being made is asked again behind it.</summary>
        private void PutOffDecision()
        {
            if (!isDeciding)
            {
                return;
            }

            Question again = deciding;
            isDeciding = false;
            deciding = default(Question);
            again.Turn.Cancel(0);
            again.Turn = null;
            questions.AddFirst(again);
        }

        private void FinishDecision(Turn turn)
        {
            Question over = deciding;
            isDeciding = false;
            deciding = default(Question);
            if (turn.Decision != null)
            {
                over.Decided(turn.Decision);
            }
            else
            {
                over.Failed?.Invoke(turn.End.Error ?? (Exception)new OperationCanceledException("Nothing was decided: the turn ended without a decision."));
            }
        }

        /// <summary>The conversation is lost. What was being decided has come to nothing; what waits is asked in the next one.</summary>
        private void LoseDecision(Exception why)
        {
            if (!isDeciding)
            {
                return;
            }

            Question over = deciding;
            isDeciding = false;
            deciding = default(Question);
            over.Failed?.Invoke(why);
        }

        private void DropDecisions(Exception why)
        {
            LoseDecision(why);
            for (int left = questions.Count; left > 0 && questions.Count > 0; left--)
            {
                Question dropped = questions.First.Value;
                questions.RemoveFirst();
                dropped.Failed?.Invoke(why);
            }
        }

        private struct Question
        {
            internal string Text;
            internal IReadOnlyList<string> Options;
            internal IReadOnlyList<byte[]> Images;
            internal Action<Decision> Decided;
            internal Action<Exception> Failed;
            internal Turn Turn;
        }
    }
}
