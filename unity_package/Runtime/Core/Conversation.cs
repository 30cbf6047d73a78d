using System;
using System.Collections.Generic;
using Loquent.Core.Failures;

namespace Loquent.Core
{
    /// <summary>Takes the next piece of a reply.</summary>
    /// <param name="turn">Whose reply. <see cref="Turn.Text"/> holds all of it so far, this piece being its end.</param>
    /// <param name="start">Where the piece begins in <see cref="Turn.Text"/>, in chars.</param>
    /// <param name="count">Its length in chars, at least 1. Where pieces are cut means nothing.</param>
    public delegate void TextHandler(Turn turn, int start, int count);

    /// <summary>One character talking with one player.</summary>
    /// <remarks>
    /// All events are raised inside <see cref="Session.Update"/>, on the thread that calls it. A handler that throws is reported by
    /// <see cref="Session.Error"/> and keeps nothing from going on. The methods may be called from any thread, and in handlers.
    /// </remarks>
    public sealed class Conversation
    {
        private readonly Handlers<Action<Turn>> began = new Handlers<Action<Turn>>();
        private readonly Handlers<TextHandler> textReceived = new Handlers<TextHandler>();
        private readonly Handlers<Action<Turn, Cue>> cueReached = new Handlers<Action<Turn, Cue>>();
        private readonly Handlers<Action<Turn, Fault>> faultReceived = new Handlers<Action<Turn, Fault>>();
        private readonly Handlers<Action<Turn>> ended = new Handlers<Action<Turn>>();
        private readonly Handlers<Action<Conversation, LoquentException>> lost = new Handlers<Action<Conversation, LoquentException>>();
        private readonly OpenOptions options;
        private volatile bool open = true;
        private volatile Turn running;

        internal Conversation(Session session, Opening opening, string name, IReadOnlyList<string> cues, IReadOnlyList<Exchange> history)
        {
            Session = session;
            Number = opening.Number;
            Character = opening.Character;
            options = opening.Options;
            Name = name;
            Cues = cues;
            History = history;
        }

        /// <summary>The server has taken a turn on; the reply is being made.</summary>
        public event Action<Turn> Began
        {
            add => began.Add(value);
            remove => began.Remove(value);
        }

        /// <summary>The next piece of a reply is there.</summary>
        public event TextHandler TextReceived
        {
            add => textReceived.Add(value);
            remove => textReceived.Remove(value);
        }

        /// <summary>The reply has come to a point where the character does something.</summary>
        public event Action<Turn, Cue> CueReached
        {
            add => cueReached.Add(value);
            remove => cueReached.Remove(value);
        }

        /// <summary>The server says what went wrong with a turn. Its end follows.</summary>
        public event Action<Turn, Fault> FaultReceived
        {
            add => faultReceived.Add(value);
            remove => faultReceived.Remove(value);
        }

        /// <summary>A turn is over: exactly once for each, also for one that was refused. <see cref="Turn.End"/> says how.</summary>
        public event Action<Turn> Ended
        {
            add => ended.Add(value);
            remove => ended.Remove(value);
        }

        /// <summary>
        /// The conversation is gone; the exception says why. A running turn has ended before. That is so when the server didn't go on with the session
        /// over the new connection, and when none could be made. Open it again with <see cref="Character"/> and <see cref="Options"/> as soon as
        /// there's a connection: the stored history fills the gap.
        /// </summary>
        public event Action<Conversation, LoquentException> Lost
        {
            add => lost.Add(value);
            remove => lost.Remove(value);
        }

        /// <summary>The session it belongs to.</summary>
        public Session Session { get; }

        /// <summary>Its number on the wire.</summary>
        public uint Number { get; }

        /// <summary>The name under which the server knows the character.</summary>
        public string Character { get; }

        /// <summary>What it was opened with: a copy, to open it again with when it's lost.</summary>
        public OpenOptions Options => options.Copy();

        /// <summary>The character's name for players to see.</summary>
        public string Name { get; }

        /// <summary>The cues that the character may perform.</summary>
        public IReadOnlyList<string> Cues { get; }

        /// <summary>The last exchanges that the server has stored of this player and character when the conversation was opened, oldest first.</summary>
        public IReadOnlyList<Exchange> History { get; }

        /// <summary>Whether something can be said: it's neither closed nor lost.</summary>
        public bool IsOpen
        {
            get => open;
            internal set => open = value;
        }

        /// <summary>The turn that hasn't ended yet; null if there is none.</summary>
        public Turn Running
        {
            get => running;
            internal set => running = value;
        }

        /// <summary>
        /// Says something to the character. The reply comes as events and in <see cref="Turn.Text"/>. Only one turn runs at a time in a
        /// conversation: cancel the last one first.
        /// </summary>
        /// <param name="text">What the player says; not without a visible character. A lone surrogate in it goes as U+FFFD.</param>
        /// <param name="images">What the player shows, as encoded picture files; null for nothing.</param>
        /// <returns>The turn. If the server refuses it, it ends with a fault.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> or an image is null.</exception>
        /// <exception cref="ArgumentException"><paramref name="text"/> is empty and nothing is shown; or it's more than the server takes in one message.</exception>
        /// <exception cref="InvalidOperationException">The conversation isn't open any more.</exception>
        /// <exception cref="CongestedException">Too much waits to be sent already.</exception>
        /// <exception cref="LoquentException">The session is closed or without a connection.</exception>
        public Turn Say(string text, IReadOnlyList<byte[]> images = null)
        {
            if (text == null)
            {
                throw new ArgumentNullException(nameof(text));
            }

            if (text.Length == 0 && (images == null || images.Count == 0))
            {
                // On the wire that asks the character to speak first: a text field that was left empty must not.
                throw new ArgumentException("Nothing is said. Say at least one visible character, or let the character speak first with Greet.", nameof(text));
            }

            return Session.StartTurn(this, text, null, images);
        }

        /// <summary>
        /// Lets the character speak first: it greets, if it has a greeting and nothing has been said between the two yet, which needs no model; otherwise it says something
        /// unprompted. A turn like every other.
        /// </summary>
        /// <returns>The turn. If the server refuses it, it ends with a fault.</returns>
        /// <exception cref="InvalidOperationException">The conversation isn't open any more.</exception>
        /// <exception cref="CongestedException">Too much waits to be sent already.</exception>
        /// <exception cref="LoquentException">The session is closed or without a connection.</exception>
        public Turn Greet()
        {
            return Session.StartTurn(this, string.Empty, null, null);
        }

        /// <summary>
        /// Lets the model choose one of some options. The choice is in <see cref="Turn.Decision"/> when the turn has ended. It's the game's question about what has been
        /// said: the character remembers neither question nor answer. It's a turn, so it can't run beside a reply, and once it's asked, a later
        /// <see cref="Turn.Cancel(long)"/> of the reply before it shortens no memory any more.
        /// </summary>
        /// <param name="question">What is to be decided; not without a visible character.</param>
        /// <param name="options">What there is to choose from: at least two, none empty, all different.</param>
        /// <param name="images">What belongs to the question, as encoded picture files; null for nothing.</param>
        /// <returns>The turn. If the server refuses it, it ends with a fault.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="question"/>, <paramref name="options"/>, an option or an image is null.</exception>
        /// <exception cref="ArgumentException">It's more than the server takes in one message.</exception>
        /// <exception cref="InvalidOperationException">The conversation isn't open any more.</exception>
        /// <exception cref="CongestedException">Too much waits to be sent already.</exception>
        /// <exception cref="LoquentException">The session is closed or without a connection.</exception>
        public Turn Decide(string question, IReadOnlyList<string> options, IReadOnlyList<byte[]> images = null)
        {
            if (question == null)
            {
                throw new ArgumentNullException(nameof(question));
            }

            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }

            return Session.StartTurn(this, question, options, images);
        }

        /// <summary>
        /// Ends the conversation. What still comes of a running turn is dropped; its end follows, with <see cref="EndReason.Cancelled"/>. May be
        /// called again.
        /// </summary>
        public void Close()
        {
            Session.CloseConversation(this);
        }

        internal void RaiseBegan(Turn turn)
        {
            Session.Raise(began, turn, (handler, what) => handler(what));
        }

        internal void RaiseText(Turn turn, int start, int count)
        {
            Session.Raise(textReceived, new Piece(turn, start, count), (handler, what) => handler(what.Turn, what.Start, what.Count));
        }

        internal void RaiseCue(Turn turn, Cue cue)
        {
            Session.Raise(
                cueReached, new KeyValuePair<Turn, Cue>(turn, cue), (handler, what) => handler(what.Key, what.Value));
        }

        internal void RaiseFault(Turn turn, Fault fault)
        {
            Session.Raise(
                faultReceived, new KeyValuePair<Turn, Fault>(turn, fault), (handler, what) => handler(what.Key, what.Value));
        }

        internal void RaiseEnded(Turn turn)
        {
            Session.Raise(ended, turn, (handler, what) => handler(what));
        }

        internal void RaiseLost(LoquentException why)
        {
            Session.Raise(
                lost, new KeyValuePair<Conversation, LoquentException>(this, why), (handler, what) => handler(what.Key, what.Value));
        }

        private struct Piece
        {
            internal readonly Turn Turn;
            internal readonly int Start;
            internal readonly int Count;

            internal Piece(Turn turn, int start, int count)
            {
                Turn = turn;
                Start = start;
                Count = count;
            }
        }
    }
}
