using System;

namespace Loquent.Core
{
    /// <summary>The stable codes of a <see cref="Fault"/>, as protocol/frames.toml has them (a test compares them).</summary>
    public static class FaultCode
    {
        /// <summary>The WebSocket handshake didn't ask for the subprotocol loquent.v1. The server closes the connection with 1002.</summary>
        public const string Subprotocol = "subprotocol";

        /// <summary>A message isn't a sequence of msgpack values, or is nested too deep: where the next frame starts is lost. The server closes the connection with 1007.</summary>
        public const string Framing = "framing";

        /// <summary>A text message came; frames travel in binary messages.</summary>
        public const string NotBinary = "not_binary";

        /// <summary>A message is larger than limits.message_bytes; it was skipped whole.</summary>
        public const string MessageTooLarge = "message_too_large";

        /// <summary>A frame of a known kind breaks its own grammar, or a value isn't a frame at all; it was skipped.</summary>
        public const string Malformed = "malformed";

        /// <summary>A frame came before hello; it was skipped.</summary>
        public const string HelloFirst = "hello_first";

        /// <summary>A second hello came; it was skipped.</summary>
        public const string HelloTwice = "hello_twice";

        /// <summary>No hello came in time. The server closes the connection with 1008.</summary>
        public const string HelloLate = "hello_late";

        /// <summary>hello.versions holds no version that the server speaks; another hello may follow.</summary>
        public const string Version = "version";

        /// <summary>The token is missing or unknown. The server closes the connection with 1008.</summary>
        public const string Unauthorized = "unauthorized";

        /// <summary>open names a character that the server doesn't have.</summary>
        public const string CharacterUnknown = "character_unknown";

        /// <summary>open gives a number that is already open.</summary>
        public const string ConversationOpen = "conversation_open";

        /// <summary>say, decide or close names a conversation that isn't open.</summary>
        public const string ConversationUnknown = "conversation_unknown";

        /// <summary>One conversation more than limits.conversations.</summary>
        public const string ConversationLimit = "conversation_limit";

        /// <summary>A known option of open has a value that can't be used.</summary>
        public const string OptionInvalid = "option_invalid";

        /// <summary>A turn's number isn't greater than every earlier one of the session.</summary>
        public const string TurnOrder = "turn_order";

        /// <summary>The conversation's last turn hasn't ended; cancel it first.</summary>
        public const string TurnRunning = "turn_running";

        /// <summary>say or decide without a single visible character.</summary>
        public const string TextEmpty = "text_empty";

        /// <summary>A text is longer than limits.text_bytes, or doesn't fit into the model's context.</summary>
        public const string TextTooLong = "text_too_long";

        /// <summary>The options of a decide are fewer than two, too many, too long, empty or equal.</summary>
        public const string ChoicesInvalid = "choices_invalid";

        /// <summary>Images were sent that this server or its model can't take.</summary>
        public const string ImagesRefused = "images_refused";

        /// <summary>The server doesn't offer what the frame asks for.</summary>
        public const string Unsupported = "unsupported";

        /// <summary>The server is full; retry_after_ms says when to come back.</summary>
        public const string Busy = "busy";

        /// <summary>The model is still loading; retry_after_ms says when to come back.</summary>
        public const string EngineStarting = "engine_starting";

        /// <summary>The engine has died; turns that were running end with reason fault.</summary>
        public const string EngineDown = "engine_down";

        /// <summary>The engine failed in this one turn; the next may succeed.</summary>
        public const string EngineFailed = "engine_failed";

        /// <summary>The server is shutting down and starts no new turns.</summary>
        public const string Draining = "draining";

        /// <summary>A mistake in the server; its log has the details.</summary>
        public const string Internal = "internal";

        private static readonly string[] All =
        {
            Subprotocol,
            Framing,
            NotBinary,
            MessageTooLarge,
            Malformed,
            HelloFirst,
            HelloTwice,
            HelloLate,
            Version,
            Unauthorized,
            CharacterUnknown,
            ConversationOpen,
            ConversationUnknown,
            ConversationLimit,
            OptionInvalid,
            TurnOrder,
            TurnRunning,
            TextEmpty,
            TextTooLong,
            ChoicesInvalid,
            ImagesRefused,
            Unsupported,
            Busy,
            EngineStarting,
            EngineDown,
            EngineFailed,
            Draining,
            Internal
        };

        private static readonly string[] Transient = { HelloLate, Busy, EngineStarting, EngineDown, EngineFailed, Draining, Internal };

        /// <summary>Tells whether what a code stands for may pass by itself, so that trying the same again later may help.</summary>
        /// <param name="code">One of the constants here.</param>
        /// <returns>True for a server that is full, starting, stopping or in trouble; false for what this program would have to do otherwise.</returns>
        public static bool IsTransient(string code)
        {
            return Array.IndexOf(Transient, code) >= 0;
        }

        /// <summary>Tells whether this version of the package knows a code.</summary>
        /// <param name="code">A code as the server sent it.</param>
        /// <returns>Whether it's one of the constants here.</returns>
        public static bool IsKnown(string code)
        {
            return Array.IndexOf(All, code) >= 0;
        }
    }
}
