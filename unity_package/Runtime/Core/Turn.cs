using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;

namespace Loquent.Core
{
    /// <summary>One thing said by the player, and the reply to it. It ends exactly once, whatever happens.</summary>
    /// <remarks>
    /// Its state changes inside <see cref="Session.Update"/> only. Any thread may cancel it or wait for it; read the rest on the thread
    /// that calls <see cref="Session.Update"/>, or in a handler.
    /// </remarks>
    public sealed class Turn
    {
        private readonly TaskCompletionSource<TurnEnd> completion = new TaskCompletionSource<TurnEnd>();
        private volatile bool cancelled;
        private TurnEnd end;

        internal Turn(Conversation conversation, uint number, int textCapacity)
        {
            Conversation = conversation;
            Number = number;
            Text = new TextBuffer(textCapacity);
        }

        /// <summary>The conversation it belongs to.</summary>
        public Conversation Conversation { get; }

        /// <summary>Its number on the wire, greater than every earlier one of the session.</summary>
        public uint Number { get; }

        /// <summary>What has been received of the reply.</summary>
        public TextBuffer Text { get; }

        /// <summary>What the model chose, for a turn of <see cref="Conversation.Decide"/>; null as long as it hasn't, and for other turns.</summary>
        public Decision Decision { get; internal set; }

        /// <summary>Whether the server has taken the turn on.</summary>
        public bool HasBegun { get; internal set; }

        /// <summary>Whether it has been cancelled here. What still comes of the reply is dropped.</summary>
        public bool IsCancelled => cancelled;

        /// <summary>Whether it's over.</summary>
        public bool IsEnded => End != null;

        /// <summary>How it ended; null as long as it hasn't.</summary>
        public TurnEnd End => Volatile.Read(ref end);

        /// <summary>
        /// Completes with the end, inside <see cref="Session.Update"/>. It never fails: a fault is an end like others. For programs that
        /// call <see cref="Session.Update"/> in a frame loop, or run <see cref="Session.RunAsync"/>.
        /// </summary>
        public Task<TurnEnd> Completion => completion.Task;

        /// <summary>The server's fault about it, which comes before the end.</summary>
        internal Fault Fault { get; set; }

        /// <summary>The number of the connection over which it was cancelled last; 0 if it wasn't.</summary>
        internal int CancelledOver { get; set; }

        /// <summary>What was told as shown then.</summary>
        internal long CancelledAt { get; set; }

        /// <summary>
        /// Cancels the turn. Nothing more is appended to <see cref="Text"/>, and the end follows, with <see cref="EndReason.Cancelled"/>
        /// unless the reply was complete already. May be called again, and after the end: then it still tells what the player saw.
        /// </summary>
        /// <param name="shown">
        /// How many Unicode scalar values of the reply the player has seen; the character remembers no more than that. For a number of
        /// chars, see <see cref="TextBuffer.CountScalars"/>.
        /// </param>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="shown"/> is negative or greater than 2⁵³ − 1.</exception>
        /// <exception cref="CongestedException">It's a repetition with another number, and too much waits to be sent already.</exception>
        public void Cancel(long shown)
        {
            if (shown < 0 || shown > Wire.FrameGrammar.LargestUInt)
            {
                throw new ArgumentOutOfRangeException(nameof(shown), shown, "Give how many scalar values of the reply were shown, 0 or more.");
            }

            cancelled = true;
            Conversation.Session.SendCancel(this, shown);
        }

        /// <summary>Cancels the turn, taking all that has been received as seen.</summary>
        public void Cancel()
        {
            Cancel(Text.ScalarCount);
        }

        /// <summary>
        /// Waits for the end, and meanwhile does the work of <see cref="Session.Update"/>: for programs without a frame loop. Ending the wait
        /// doesn't cancel the turn.
        /// </summary>
        /// <param name="cancellation">Ends the wait.</param>
        /// <returns>How the turn ended.</returns>
        /// <exception cref="OperationCanceledException">The wait was ended.</exception>
        public async Task<TurnEnd> WaitAsync(CancellationToken cancellation = default(CancellationToken))
        {
            await Conversation.Session.PumpAsync(completion.Task, cancellation);
            return await completion.Task;
        }

        /// <summary>Drops what still comes, without telling the server: for a conversation that is closed.</summary>
        internal void Mute()
        {
            cancelled = true;
        }

        /// <summary>Sets the end, the first time.</summary>
        /// <returns>Whether this was the first time.</returns>
        internal bool TryEnd(EndReason reason, Usage usage, LoquentException error)
        {
            return Interlocked.CompareExchange(ref end, new TurnEnd(reason, usage, error), null) == null;
        }

        /// <summary>Tells those who wait, once the end has been set.</summary>
        internal void Complete()
        {
            completion.TrySetResult(End);
        }
    }
}
