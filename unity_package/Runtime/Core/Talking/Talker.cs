using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;

namespace Loquent.Core.Talking
{
    /// <summary>
    /// One character's side of a game: it opens its conversation as soon as there is a connection, and again when it's lost; it keeps what is said before that, and
    /// interrupts the reply when something new is said. Each thing said ends with exactly one <see cref="Ended"/>, whatever happens; each decision with one call of what it was
    /// given.
    /// </summary>
    /// <remarks>
    /// Use it on one thread. Call <see cref="Update"/> once per frame, behind <see cref="SessionKeeper.Update"/>. Events are raised in both, and inside of
    /// <see cref="Say"/>, <see cref="Greet"/>, <see cref="Decide"/>, <see cref="Cancel"/> and <see cref="Close"/>. A handler that throws is reported by <see cref="Error"/>
    /// and keeps nothing from going on. Nothing allocates while a reply streams.
    /// </remarks>
    public sealed partial class Talker
    {
        /// <summary>So many things may wait to be said or decided. More are refused.</summary>
        public const int MostWaiting = 8;

        private readonly string character;
        private readonly OpenOptions options;
        private readonly IReplyView view;
        private readonly Func<long> clock;
        private readonly Queue<Said> waiting = new Queue<Said>();
        private readonly ReconnectSchedule schedule;
        private Task<Conversation> opening;
        private CancellationTokenSource closing = new CancellationTokenSource();
        private Session asked;
        private bool waitsToAsk;
        private Said current;
        private bool isCurrent;
        private int decisionsWaiting;

        /// <summary>Makes a talker that isn't open yet.</summary>
        /// <param name="character">The name under which the server knows the character, such as <c>innkeeper</c>.</param>
        /// <param name="options">Who plays, and so on; null for nothing of it.</param>
        /// <param name="view">What shows the replies; null if nothing does, so that what has come counts as seen.</param>
        /// <exception cref="ArgumentNullException"><paramref name="character"/> is null.</exception>
        public Talker(string character, OpenOptions options = null, IReplyView view = null)
            : this(character, options, view, MonotonicClock.Now, null)
        {
        }

        internal Talker(string character, OpenOptions options, IReplyView view, Func<long> clock, Func<double> chance)
        {
            this.character = character ?? throw new ArgumentNullException(nameof(character));
            this.options = options?.Copy() ?? new OpenOptions();
            this.view = view;
            this.clock = clock;
            schedule = new ReconnectSchedule(
                new ReconnectPolicy
                {
                    FirstDelay = TimeSpan.FromSeconds(1),
                    MaxDelay = TimeSpan.FromSeconds(10),
                    MaxAttempts = 20,
                    GiveUpAfter = TimeSpan.FromMinutes(2),
                    Chance = chance,
                }.Checked());
        }

        /// <summary>What it's at.</summary>
        public TalkerState State { get; private set; }

        /// <summary>The conversation; null while there is none.</summary>
        public Conversation Conversation { get; private set; }

        /// <summary>The turn whose reply comes or is being shown; null if there is none.</summary>
        public Turn Turn => isCurrent ? current.Turn : null;

        /// <summary>How many things wait to be said.</summary>
        public int WaitingCount => waiting.Count - decisionsWaiting;

        /// <summary>Why the conversation couldn't be opened the last time; null once it's open.</summary>
        public Exception Failure { get; private set; }

        /// <summary>
        /// Says something. What is being replied or shown is interrupted, and what waits is dropped. Without a conversation it waits until there is one, behind what
        /// waits already.
        /// </summary>
        /// <param name="text">What the player says; not without a visible character.</param>
        /// <param name="images">What the player shows, as encoded picture files; null for nothing.</param>
        /// <returns>Whether it was taken. If not, <see cref="Ended"/> has said why.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        public bool Say(string text, IReadOnlyList<byte[]> images = null)
        {
            return Take(new Said(text ?? throw new ArgumentNullException(nameof(text)), images, false));
        }

        /// <summary>
        /// Lets the character speak first (<see cref="Core.Conversation.Greet"/>). Otherwise it's as <see cref="Say"/>: what is being replied is interrupted. What was
        /// said is the empty text.
        /// </summary>
        /// <returns>Whether it was taken. If not, <see cref="Ended"/> has said why.</returns>
        public bool Greet()
        {
            return Take(new Said(string.Empty, null, true));
        }

        /// <summary>Interrupts the reply, if there is one, and drops what waits to be said. The character remembers what the player has seen. Decisions go on.</summary>
        public void Cancel()
        {
            for (int left = waiting.Count; left > 0 && waiting.Count > 0; left--)
            {
                Said next = Next();
                if (next.IsDecision)
                {
                    Wait(next);
                }
                else
                {
                    End(next, EndReason.Cancelled, null);
                }
            }

            if (!isCurrent)
            {
                return;
            }

            Said cut = current;
            isCurrent = false;
            current = default(Said);
            try
            {
                cut.Turn.Cancel(Math.Min(view?.Shown ?? cut.Turn.Text.ScalarCount, cut.Turn.Text.ScalarCount));
            }
            catch (CongestedException)
            {
                // Only for a turn cancelled before: then the server knows of that.
            }

            Rest();
            End(cut, EndReason.Cancelled, null);
        }

        /// <summary>Opens what isn't open, says what waits. Call it once per frame, behind <see cref="SessionKeeper.Update"/>.</summary>
        /// <param name="keeper">Keeps the session; null if there's none, as when it's gone.</param>
        public void Update(SessionKeeper keeper)
        {
            if (State == TalkerState.Closed)
            {
                return;
            }

            Session session = keeper?.Session;
            LeaveGone(keeper, session);
            TendDecision();
            TendOpening(session, keeper?.State == KeeperState.Connected);
            TendCurrent();
        }

        /// <summary>Ends it all, and tells the server. May be called again.</summary>
        public void Close()
        {
            if (State == TalkerState.Closed)
            {
                return;
            }

            Cancel();
            State = TalkerState.Closed;
            DropDecisions();
            closing.Cancel(); // an opening that is answered yet is closed by the session
            opening = null;
            Conversation left = Conversation;
            Conversation = null;
            if (left != null)
            {
                Forget(left);
                left.Close();
            }
        }

        private void LeaveGone(SessionKeeper keeper, Session session)
        {
            if (asked != null && asked != session)
            {
                asked = null; // another session, or none: what was open there is gone
                opening = null;
                if (Conversation != null)
                {
                    Lose(
                        Conversation,
                        new ConnectionLostException(
                            "The session has ended, and the conversation with " + character + " with it; say it again when there's a connection."));
                }

                State = State == TalkerState.Failed ? State : TalkerState.Waiting;
            }

            if (keeper != null && (keeper.State == KeeperState.Failed || keeper.State == KeeperState.Closed) && waiting.Count > 0)
            {
                FailWaiting(keeper.Failure ?? new SessionClosedException("The connection is closed; connect again, then say it again."));
            }
        }

        /// <summary>Ends what has been shown whole, and says what comes next.</summary>
        private void TendCurrent()
        {
            if (isCurrent && current.Turn.IsEnded && (view == null || view.IsShown))
            {
                Finish(current.Turn.End.Reason, null);
            }

            if (!isCurrent && !isDeciding && Conversation != null && waiting.Count > 0 && (waiting.Peek().IsUrgent || view == null || view.IsRead))
            {
                Said next = Next();
                if (next.IsDecision)
                {
                    Ask(next);
                }
                else
                {
                    Start(next);
                }
            }
        }

        /// <summary>Says it, or has it wait.</summary>
        private bool Take(Said said)
        {
            if (State == TalkerState.Closed)
            {
                return Refuse(said, IsClosed());
            }

            if (Conversation != null)
            {
                Cancel();
                if (!isDeciding && waiting.Count == 0)
                {
                    return Start(said);
                }

                said.IsUrgent = true; // a decision comes first, and takes a moment
            }
            else if (!CanOpen())
            {
                return Refuse(said, Failure);
            }

            if (waiting.Count == MostWaiting)
            {
                return Refuse(said, TooMuchWaits());
            }

            Wait(said);
            return true;
        }

        /// <summary>Tells whether there can be a conversation yet. After a failure that may have passed it's tried anew.</summary>
        private bool CanOpen()
        {
            if (State != TalkerState.Failed)
            {
                return true;
            }

            if (!(Failure is LoquentException known) || !known.IsTransient)
            {
                return false;
            }

            schedule.Restart();
            asked = null;
            State = TalkerState.Waiting;
            return true;
        }

        private SessionClosedException IsClosed()
        {
            return new SessionClosedException("The conversation with " + character + " is closed; nothing can be said or asked any more.");
        }

        private CongestedException TooMuchWaits()
        {
            return Conversation != null
                ? new CongestedException(MostWaiting + " things wait to be said to " + character + " or decided already: wait until some of them have ended.")
                : new CongestedException(
                    "There is no conversation with " + character + " yet, and " + MostWaiting
                    + " things wait to be said or decided already: wait until it's open.");
        }

        private void Wait(Said said)
        {
            waiting.Enqueue(said);
            decisionsWaiting += said.IsDecision ? 1 : 0;
        }

        private Said Next()
        {
            Said next = waiting.Dequeue();
            decisionsWaiting -= next.IsDecision ? 1 : 0;
            return next;
        }

        private bool Start(Said said)
        {
            try
            {
                said.Turn = said.Greets ? Conversation.Greet() : Conversation.Say(said.Text, said.Images);
            }
            catch (Exception error) when (error is LoquentException || error is ArgumentException || error is InvalidOperationException)
            {
                return Refuse(said, error);
            }

            said.Images = null; // they may be large
            current = said;
            isCurrent = true;
            State = TalkerState.Thinking;
            Raise(askedHandlers, said.Turn);
            return true;
        }

        private void HandleBegan(Turn turn)
        {
            if (turn == Turn)
            {
                Raise(began, turn);
            }
        }

        private void HandleText(Turn turn, int start, int count)
        {
            if (turn == Turn)
            {
                State = TalkerState.Replying;
                Raise(textReceived, turn);
            }
        }

        private void HandleCue(Turn turn, Cue cue)
        {
            if (turn == Turn)
            {
                Raise(cueReceived, turn, cue);
            }
        }

        private void HandleEnded(Turn turn)
        {
            if (isDeciding && turn == deciding.Turn)
            {
                FinishDecision(turn.End.Reason, turn.End.Error);
                return;
            }

            if (turn != Turn)
            {
                return;
            }

            Raise(received, turn);
            if (turn == Turn && turn.End.Error != null)
            {
                Finish(EndReason.Fault, turn.End.Error);
            }
        }

        private void Lose(Conversation gone, LoquentException why)
        {
            if (gone != Conversation)
            {
                return;
            }

            Forget(gone);
            Conversation = null;
            State = TalkerState.Waiting;
            if (isCurrent)
            {
                // Its turn has ended before, unless nobody was there to say so.
                Finish(current.Turn.IsEnded ? current.Turn.End.Reason : EndReason.Fault, current.Turn.IsEnded ? current.Turn.End.Error : why);
            }

            if (isDeciding)
            {
                FinishDecision(deciding.Turn.IsEnded ? deciding.Turn.End.Reason : EndReason.Fault, deciding.Turn.IsEnded ? deciding.Turn.End.Error : why);
            }
        }

        private void Finish(EndReason reason, Exception error)
        {
            Said over = current;
            isCurrent = false;
            current = default(Said);
            Rest();
            End(over, reason, error);
        }

        private void Rest()
        {
            State = Conversation != null ? TalkerState.Ready : State;
        }

        private void FailWaiting(Exception why)
        {
            for (int left = waiting.Count; left > 0 && waiting.Count > 0; left--)
            {
                End(Next(), EndReason.Fault, why);
            }
        }

        private bool Refuse(Said said, Exception why)
        {
            End(said, EndReason.Fault, why);
            return false;
        }

        private void End(Said said, EndReason reason, Exception error)
        {
            if (said.IsDecision)
            {
                Tell(said, reason, error);
                return;
            }

            Raise(ended, new SayEnd(said.Text, said.Turn, reason, error));
        }

        /// <summary>Something to be said, or to be decided.</summary>
        private struct Said
        {
            /// <summary>What is said; the question of a decision.</summary>
            internal readonly string Text;

            /// <summary>Whether the character is to speak first.</summary>
            internal readonly bool Greets;

            /// <summary>Whether it doesn't wait until the player has read what stands there: they have interrupted that.</summary>
            internal bool IsUrgent;

            internal IReadOnlyList<byte[]> Images;
            internal IReadOnlyList<string> Options;
            internal Action<DecideEnd> OnDecided;
            internal Turn Turn;

            internal Said(string text, IReadOnlyList<byte[]> images, bool greets)
            {
                Text = text;
                Images = images;
                Greets = greets;
                IsUrgent = false;
                Options = null;
                OnDecided = null;
                Turn = null;
            }

            internal bool IsDecision => Options != null;
        }
    }
}
