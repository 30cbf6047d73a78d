using System;
using System.Threading.Tasks;
using Loquent.Core.Failures;

namespace Loquent.Core.Talking
{
    /// <content>How the conversation is opened, and opened again.</content>
    public sealed partial class Talker
    {
        private void TendOpening(Session session, bool isConnected)
        {
            if (opening != null && opening.IsCompleted)
            {
                FinishOpening();
                return;
            }

            if (Conversation != null || opening != null || State == TalkerState.Failed || !isConnected)
            {
                return;
            }

            long now = clock();
            if (waitsToAsk)
            {
                schedule.Pass(now);
                if (!schedule.IsDue(now))
                {
                    return;
                }
            }

            if (asked != session)
            {
                schedule.Restart();
                schedule.Lost(now, 0);
            }

            waitsToAsk = false;
            asked = session;
            State = TalkerState.Opening;
            opening = session.OpenAsync(character, options, closing.Token);
        }

        private void FinishOpening()
        {
            Task<Conversation> over = opening;
            opening = null;
            if (over.Status == TaskStatus.RanToCompletion)
            {
                Enter(over.Result);
                return;
            }

            Exception why = over.Exception == null ? new OperationCanceledException() : over.Exception.GetBaseException();
            Failure = why;
            var known = why as LoquentException;
            long now = clock();
            waitsToAsk = known != null && known.IsTransient
                && schedule.Next(now, (long)Math.Min(known.RetryAfter?.TotalMilliseconds ?? 0, int.MaxValue), known) != null;
            State = waitsToAsk ? TalkerState.Waiting : TalkerState.Failed;
            Raise(openingFailed, why);
            if (State == TalkerState.Failed)
            {
                FailWaiting(why);
            }
        }

        private void Enter(Conversation opened)
        {
            Failure = null;
            schedule.Restart();
            Conversation = opened;
            opened.Began += HandleBegan;
            opened.TextReceived += HandleText;
            opened.CueReached += HandleCue;
            opened.Ended += HandleEnded;
            opened.Lost += Lose;
            State = TalkerState.Ready;
            Raise(this.opened, opened);
        }

        private void Forget(Conversation left)
        {
            left.Began -= HandleBegan;
            left.TextReceived -= HandleText;
            left.CueReached -= HandleCue;
            left.Ended -= HandleEnded;
            left.Lost -= Lose;
        }
    }
}
