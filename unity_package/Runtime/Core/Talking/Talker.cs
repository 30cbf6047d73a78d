using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;

namespace Loquent.Core.Talking
{
    /// <summary>
    /// One character's side of a game: it opens its conversation as soon as there is a connection, and again when it's lost; it keeps what is said before that, and
    /// interrupts the reply when something new is said. Each thing said ends with exactly one <see cref="Ended"/>, whatever happens.
    /// </summary>
    /// <remarks>
    /// Use it on one thread. Call <see cref="Update"/> once per frame, behind <see cref="SessionKeeper.Update"/>. Events are raised in both, and inside of
    /// <see cref="Say"/>, <see cref="Cancel"/> and <see cref="Close"/>. Nothing allocates while a reply streams.
    /// </remarks>
    public sealed partial class Talker
    {
        /// <summary>So many things may wait to be said. More are refused.</summary>
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

        /// <summary>The conversation is open, for the first time or again.</summary>
        public event Action<Conversation> Opened;

        /// <summary>Something is being said to the character, and the reply is waited for.</summary>
        public event Action<Turn> Asked;

        /// <summary>The server has taken on what was said.</summary>
        public event Action<Turn> Began;

        /// <summary>More of the reply has come.</summary>
        public event Action<Turn> TextReceived;

        /// <summary>The reply holds a cue.</summary>
        public event Action<Turn, Cue> CueReceived;

        /// <summary>Nothing more comes of the reply. What has come may still have to be shown.</summary>
        public event Action<Turn> Received;

        /// <summary>Something that was said has come out, one way or another: shown whole, interrupted, failed.</summary>
        public event Action<SayEnd> Ended;

        /// <summary>
        /// The conversation can't be opened. If <see cref="LoquentException.IsTransient"/>, it's tried again, a limited number of times; then and when it isn't,
        /// <see cref="State"/> is failed.
        /// </summary>
        public event Action<Exception> OpeningFailed;

        /// <summary>What it's at.</summary>
        public TalkerState State { get; private set; }

        /// <summary>The conversation; null while there is none.</summary>
        public Conversation Conversation { get; private set; }

        /// <summary>The turn whose reply comes or is being shown; null if there is none.</summary>
        public Turn Turn => isCurrent ? current.Turn : null;

        /// <summary>How many things wait to be said.</summary>
        public int WaitingCount => waiting.Count;

        /// <summary>Why the conversation couldn't be opened the last time; null once it's open.</summary>
        public Exception Failure { get; private set; }

        /// <summary>
        /// Says something. What is being replied or shown is interrupted, and what waits is dropped. Without a conversation it waits until there is one, behind what
        /// waits already.
        /// </summary>
        /// <param name="text">What the player says; empty to let the character speak first. White space alone is refused.</param>
        /// <param name="images">What the player shows, as encoded picture files; null for nothing.</param>
        /// <returns>Whether it was taken. If not, <see cref="Ended"/> has said why.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        public bool Say(string text, IReadOnlyList<byte[]> images = null)
        {
            var said = new Said(text ?? throw new ArgumentNullException(nameof(text)), images);
            if (State == TalkerState.Closed)
            {
                return Refuse(said, new SessionClosedException("The conversation with " + character + " is closed; nothing can be said any more."));
            }

            if (Conversation != null)
            {
                Cancel();
                PutOffDecision();
                return Start(said);
            }

            if (State == TalkerState.Failed)
            {
                if (!(Failure is LoquentException known) || !known.IsTransient)
                {
                    return Refuse(said, Failure);
                }

                schedule.Restart();
                asked = null;
                State = TalkerState.Waiting;
            }

            if (waiting.Count == MostWaiting)
            {
                return Refuse(
                    said,
                    new CongestedException(
                        "There is no conversation with " + character + " yet, and " + MostWaiting
                        + " things wait to be said already: wait until it's open."));
            }

            waiting.Enqueue(said);
            return true;
        }

        /// <summary>Interrupts the reply, if there is one, and drops what waits. The character remembers what the player has seen.</summary>
        public void Cancel()
        {
            while (waiting.Count > 0)
            {
                End(waiting.Dequeue(), EndReason.Cancelled, null);
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
            TendOpening(session, keeper?.State == KeeperState.Connected);
            TendCurrent();
            TendDecisions(keeper);
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
            DropDecisions(new OperationCanceledException("The conversation with " + character + " is closed; nothing is decided any more."));
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
                Take(over.Result);
                return;
            }

            Exception why = over.Exception == null ? new OperationCanceledException() : over.Exception.GetBaseException();
            Failure = why;
            var known = why as LoquentException;
            long now = clock();
            waitsToAsk = known != null && known.IsTransient
                && schedule.Next(now, (long)Math.Min(known.RetryAfter?.TotalMilliseconds ?? 0, int.MaxValue), known) != null;
            State = waitsToAsk ? TalkerState.Waiting : TalkerState.Failed;
            OpeningFailed?.Invoke(why);
            if (State == TalkerState.Failed)
            {
                FailWaiting(why);
            }
        }

        private void Take(Conversation opened)
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
            Opened?.Invoke(opened);
        }

        private void Forget(Conversation left)
        {
            left.Began -= HandleBegan;
            left.TextReceived -= HandleText;
            left.CueReached -= HandleCue;
            left.Ended -= HandleEnded;
            left.Lost -= Lose;
        }

        /// <summary>Ends what has been shown whole, and says what comes next.</summary>
        private void TendCurrent()
        {
            if (isCurrent && current.Turn.IsEnded && (view == null || view.IsShown))
            {
                Finish(current.Turn.End.Reason, null);
            }

            if (!isCurrent && Conversation != null && waiting.Count > 0 && (view == null || view.IsRead))
            {
                PutOffDecision();
                Start(waiting.Dequeue());
            }
        }

        private bool Start(Said said)
        {
            try
            {
                said.Turn = Conversation.Say(said.Text, said.Images);
            }
            catch (Exception error) when (error is LoquentException || error is ArgumentException || error is InvalidOperationException)
            {
                return Refuse(said, error);
            }

            said.Images = null; // they may be large
            current = said;
            isCurrent = true;
            State = TalkerState.Thinking;
            Asked?.Invoke(said.Turn);
            return true;
        }

        private void HandleBegan(Turn turn)
        {
            if (turn == Turn)
            {
                Began?.Invoke(turn);
            }
        }

        private void HandleText(Turn turn, int start, int count)
        {
            if (turn == Turn)
            {
                State = TalkerState.Replying;
                TextReceived?.Invoke(turn);
            }
        }

        private void HandleCue(Turn turn, Cue cue)
        {
            if (turn == Turn)
            {
                CueReceived?.Invoke(turn, cue);
            }
        }

        private void HandleEnded(Turn turn)
        {
            if (isDeciding && turn == deciding.Turn)
            {
                FinishDecision(turn);
                return;
            }

            if (turn != Turn)
            {
                return;
            }

            Received?.Invoke(turn);
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
            LoseDecision(why);
            if (isCurrent)
            {
                // Its turn has ended before, unless nobody was there to say so.
                Finish(current.Turn.IsEnded ? current.Turn.End.Reason : EndReason.Fault, current.Turn.IsEnded ? current.Turn.End.Error : why);
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
                End(waiting.Dequeue(), EndReason.Fault, why);
            }
        }

        private bool Refuse(Said said, Exception why)
        {
            End(said, EndReason.Fault, why);
            return false;
        }

        private void End(Said said, EndReason reason, Exception error)
        {
            Ended?.Invoke(new SayEnd(said.Text, said.Turn, reason, error));
        }

        private struct Said
        {
            internal readonly string Text;
            internal IReadOnlyList<byte[]> Images;
            internal Turn Turn;

            internal Said(string text, IReadOnlyList<byte[]> images)
            {
                Text = text;
                Images = images;
                Turn = null;
            }
        }
    }
}
