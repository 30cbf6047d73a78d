using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <content>What goes to the server: opening, saying, cancelling, closing.</content>
    public sealed partial class Session
    {
        private readonly MsgPackWriter frame = new MsgPackWriter();
        private readonly Dictionary<uint, Opening> openings = new Dictionary<uint, Opening>();
        private readonly Dictionary<uint, Conversation> conversations = new Dictionary<uint, Conversation>();
        private readonly Dictionary<uint, Turn> turns = new Dictionary<uint, Turn>();
        private readonly Unconfirmed unconfirmed = new Unconfirmed();
        private readonly Queue<Lost> lost = new Queue<Lost>();
        private uint lastConversation;
        private uint lastTurn;
        private int connectionCount;

        /// <summary>Opens a conversation with a character. Completes inside <see cref="Update"/>.</summary>
        /// <param name="character">The name under which the server knows the character, such as <c>innkeeper</c>.</param>
        /// <param name="options">Who plays, and so on; null for nothing of it.</param>
        /// <param name="cancellation">Ends the wait, and closes the conversation should it open yet.</param>
        /// <returns>The conversation.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="character"/> is null.</exception>
        /// <exception cref="ArgumentException">It's more than the server takes in one message.</exception>
        /// <exception cref="FaultException">The server refused, with <see cref="FaultCode.CharacterUnknown"/> for instance.</exception>
        /// <exception cref="CongestedException">Too much waits to be sent already.</exception>
        /// <exception cref="LoquentException">The session is closed or without a connection, or that was lost meanwhile.</exception>
        /// <exception cref="OperationCanceledException">The wait was ended.</exception>
        public async Task<Conversation> OpenAsync(
            string character, OpenOptions options = null, CancellationToken cancellation = default(CancellationToken))
        {
            if (character == null)
            {
                throw new ArgumentNullException(nameof(character));
            }

            cancellation.ThrowIfCancellationRequested();
            Opening opening;
            lock (gate)
            {
                RequireUsable();
                opening = new Opening(checked(++lastConversation), character, options);
                frame.Reset();
                ClientFrames.Open(frame, opening.Number, character, options);
                SendNew(FrameKind.Open, opening.Number);
                openings.Add(opening.Number, opening);
            }

            connection?.Flush();
            opening.WatchFor(cancellation, CancelOpening);
            return await opening.Task;
        }

        /// <summary>Says or asks something.</summary>
        /// <param name="conversation">To whom.</param>
        /// <param name="text">What.</param>
        /// <param name="choices">For a decision, what to choose from; null for a reply.</param>
        /// <param name="images">What belongs to it; may be null.</param>
        internal Turn StartTurn(Conversation conversation, string text, IReadOnlyList<string> choices, IReadOnlyList<byte[]> images)
        {
            RequireItems(choices, nameof(choices));
            RequireItems(images, nameof(images));
            Turn turn;
            lock (gate)
            {
                RequireUsable();
                if (!conversation.IsOpen)
                {
                    throw new InvalidOperationException(
                        "The conversation with " + conversation.Character + " isn't open any more; open it again with Session.OpenAsync.");
                }

                turn = new Turn(conversation, checked(lastTurn + 1), options.TextCapacity);
                frame.Reset();
                if (choices == null)
                {
                    ClientFrames.Say(frame, conversation.Number, turn.Number, text, images);
                }
                else
                {
                    ClientFrames.Decide(frame, conversation.Number, turn.Number, text, choices, images);
                }

                SendNew(choices == null ? FrameKind.Say : FrameKind.Decide, turn.Number);
                lastTurn = turn.Number;
                turns.Add(turn.Number, turn);
                conversation.Running = turn;
            }

            connection?.Flush();
            return turn;
        }

        /// <summary>Tells the server that a turn is cancelled. Without a session or connection there is nobody to be told.</summary>
        internal void SendCancel(Turn turn, long shown)
        {
            lock (gate)
            {
                Connection current = connection;
                bool repeated = current != null && turn.CancelledOver == connectionCount;
                if (repeated && turn.CancelledAt == shown)
                {
                    return;
                }

                frame.Reset();
                ClientFrames.Cancel(frame, turn.Number, shown);
                if (current != null)
                {
                    if (!current.Outbox.TryAdd(frame, repeated))
                    {
                        throw new CongestedException(
                            current.Outbox.WaitingBytes + " bytes wait to be sent already, the turn's first cancel among them. Cancel once.");
                    }

                    turn.CancelledOver = connectionCount;
                    turn.CancelledAt = shown;
                }

                if (KeepsUnconfirmed)
                {
                    unconfirmed.AddCancel(turn.Number, frame.ToArray());
                }
            }

            connection?.Flush();
        }

        /// <summary>Closes a conversation, once.</summary>
        internal void CloseConversation(Conversation conversation)
        {
            lock (gate)
            {
                if (!conversation.IsOpen)
                {
                    return;
                }

                conversation.IsOpen = false;
                conversations.Remove(conversation.Number);
                foreach (Turn turn in turns.Values)
                {
                    if (turn.Conversation == conversation)
                    {
                        turn.Mute();
                    }
                }

                SendClose(conversation.Number);
            }

            connection?.Flush();
        }

        private static void RequireItems<T>(IReadOnlyList<T> items, string name)
            where T : class
        {
            for (int i = 0; items != null && i < items.Count; i++)
            {
                if (items[i] == null)
                {
                    throw new ArgumentNullException(name, "Element " + i + " is null; leave it out.");
                }
            }
        }

        private void CancelOpening(Opening opening)
        {
            bool waiting;
            lock (gate)
            {
                waiting = openings.Remove(opening.Number);
                if (waiting)
                {
                    SendClose(opening.Number);
                }
            }

            if (waiting)
            {
                connection?.Flush();
                opening.Cancel();
            }
        }

        private void RequireUsable()
        {
            if (state == SessionState.Closed)
            {
                throw Closed();
            }

            if (state != SessionState.Connected && !KeepsSession)
            {
                throw new ConnectionLostException(
                    "The connection to " + options.Address.OriginalString + " is lost; "
                    + (state == SessionState.Reconnecting ? "wait for Session.Reconnected" : "call Session.ReconnectAsync")
                    + " and open the conversation again.");
            }
        }

        /// <summary>Whether the next connection is to go on with the session: unless told not to, or it can't be gone on with.</summary>
        private bool KeepsSession => options.Resume && id != null;

        /// <summary>Whether what is sent is kept, to be sent again when the session is resumed.</summary>
        private bool KeepsUnconfirmed => KeepsSession && state != SessionState.Closed;

        /// <summary>Sends the frame, unless it's too large or too much waits. Without a connection it waits for the next one.</summary>
        private void SendNew(FrameKind kind, uint number)
        {
            Outbox outbox = connection?.Outbox;
            long most = limits.MessageBytes ?? long.MaxValue;
            if (frame.Length > most)
            {
                throw new ArgumentException(
                    "This takes " + frame.Length + " bytes, and the server takes messages of at most " + most
                    + ". Send a shorter text, or fewer or smaller images.");
            }

            // One frame is taken in any case, as in the outbox.
            bool keeps = KeepsUnconfirmed;
            if (keeps && unconfirmed.Bytes > 0 && frame.Length > options.OutboxBytes - unconfirmed.Bytes)
            {
                throw new CongestedException(
                    unconfirmed.Bytes + " bytes wait for the server already, to be sent or to be answered. Wait a moment or for a connection, "
                    + "or raise SessionOptions.OutboxBytes.");
            }

            if (outbox != null && !outbox.TryAdd(frame, true))
            {
                throw new CongestedException(
                    outbox.WaitingBytes + " bytes wait to be sent already. Wait a moment, or raise SessionOptions.OutboxBytes.");
            }

            if (keeps)
            {
                unconfirmed.Add(kind, number, frame.ToArray());
            }
        }

        /// <summary>Sends a close in any case.</summary>
        private void SendClose(uint number)
        {
            frame.Reset();
            ClientFrames.Close(frame, number);
            connection?.Outbox.TryAdd(frame, false);
            if (KeepsUnconfirmed)
            {
                unconfirmed.Add(FrameKind.Close, number, frame.ToArray());
            }
        }

        /// <summary>Takes all that hangs on the session on the server out of this one, to be ended outside of the lock. It isn't gone on with.</summary>
        private void LetGo(LoquentException why)
        {
            if (turns.Count + conversations.Count + openings.Count > 0)
            {
                foreach (Conversation conversation in conversations.Values)
                {
                    conversation.IsOpen = false;
                    conversation.Running = null;
                }

                lost.Enqueue(new Lost(why, turns.Values, conversations.Values, openings.Values));
            }

            turns.Clear();
            conversations.Clear();
            openings.Clear();
            unconfirmed.Clear();
            id = null;
        }
    }
}
