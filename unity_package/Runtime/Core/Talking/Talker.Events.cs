using System;
using Loquent.Core.Failures;

namespace Loquent.Core.Talking
{
    /// <content>What it tells. A handler that throws costs nobody anything: neither the talker nor the other handlers.</content>
    public sealed partial class Talker
    {
        private readonly Handlers<Action<Conversation>> opened = new Handlers<Action<Conversation>>();
        private readonly Handlers<Action<Turn>> askedHandlers = new Handlers<Action<Turn>>();
        private readonly Handlers<Action<Turn>> began = new Handlers<Action<Turn>>();
        private readonly Handlers<Action<Turn>> textReceived = new Handlers<Action<Turn>>();
        private readonly Handlers<Action<Turn, Cue>> cueReceived = new Handlers<Action<Turn, Cue>>();
        private readonly Handlers<Action<Turn>> received = new Handlers<Action<Turn>>();
        private readonly Handlers<Action<SayEnd>> ended = new Handlers<Action<SayEnd>>();
        private readonly Handlers<Action<Exception>> openingFailed = new Handlers<Action<Exception>>();
        private readonly Handlers<Action<Exception>> errors = new Handlers<Action<Exception>>();

        /// <summary>The conversation is open, for the first time or again.</summary>
        public event Action<Conversation> Opened
        {
            add => opened.Add(value);
            remove => opened.Remove(value);
        }

        /// <summary>Something is being said to the character, and the reply is waited for.</summary>
        public event Action<Turn> Asked
        {
            add => askedHandlers.Add(value);
            remove => askedHandlers.Remove(value);
        }

        /// <summary>The server has taken on what was said.</summary>
        public event Action<Turn> Began
        {
            add => began.Add(value);
            remove => began.Remove(value);
        }

        /// <summary>More of the reply has come.</summary>
        public event Action<Turn> TextReceived
        {
            add => textReceived.Add(value);
            remove => textReceived.Remove(value);
        }

        /// <summary>The reply holds a cue.</summary>
        public event Action<Turn, Cue> CueReceived
        {
            add => cueReceived.Add(value);
            remove => cueReceived.Remove(value);
        }

        /// <summary>Nothing more comes of the reply. What has come may still have to be shown.</summary>
        public event Action<Turn> Received
        {
            add => received.Add(value);
            remove => received.Remove(value);
        }

        /// <summary>Something that was said has come out, one way or another: shown whole, interrupted, failed.</summary>
        public event Action<SayEnd> Ended
        {
            add => ended.Add(value);
            remove => ended.Remove(value);
        }

        /// <summary>
        /// The conversation can't be opened. If <see cref="LoquentException.IsTransient"/>, it's tried again, a limited number of times; then and when it isn't,
        /// <see cref="State"/> is failed.
        /// </summary>
        public event Action<Exception> OpeningFailed
        {
            add => openingFailed.Add(value);
            remove => openingFailed.Remove(value);
        }

        /// <summary>A handler, or what was given to <see cref="Decide"/>, has thrown. What it throws itself is told nowhere.</summary>
        public event Action<Exception> Error
        {
            add => errors.Add(value);
            remove => errors.Remove(value);
        }

        /// <summary>The last exception that <see cref="Error"/> told, whether somebody listened or not; null if there was none.</summary>
        public Exception LastError { get; private set; }

        private void Raise<T>(Handlers<Action<T>> handlers, T what)
            where T : class
        {
            foreach (Action<T> handler in handlers.All)
            {
                Call(handler, what);
            }
        }

        private void Raise(Handlers<Action<Turn, Cue>> handlers, Turn turn, Cue cue)
        {
            foreach (Action<Turn, Cue> handler in handlers.All)
            {
                try
                {
                    handler(turn, cue);
                }
                catch (Exception error)
                {
                    Report(error);
                }
            }
        }

        private void Call<T>(Action<T> handler, T what)
            where T : class
        {
            try
            {
                handler(what);
            }
            catch (Exception error)
            {
                Report(error);
            }
        }

        private void Report(Exception error)
        {
            LastError = error;
            foreach (Action<Exception> handler in errors.All)
            {
                try
                {
                    handler(error);
                }
                catch (Exception)
                {
                    // It can be reported nowhere.
                }
            }
        }
    }
}
