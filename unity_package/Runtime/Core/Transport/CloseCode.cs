namespace Loquent.Core.Transport
{
    /// <summary>
    /// The WebSocket close codes that this side sends. The server ends a session whose client closes with <see cref="Done"/>; with every other code, and
    /// without one, it keeps the session for the client to come back.
    /// </summary>
    internal static class CloseCode
    {
        /// <summary>The program is done with the session. For that and nothing else.</summary>
        internal const int Done = 1000;

        /// <summary>This connection is given up: silence, an attempt that took too long or was refused, a network that broke.</summary>
        internal const int GivenUp = 1001;

        /// <summary>The server broke the protocol.</summary>
        internal const int Protocol = 1002;

        /// <summary>The server sent bytes that are no frames.</summary>
        internal const int Framing = 1007;

        /// <summary>The server sent a message that is larger than this side takes.</summary>
        internal const int TooLarge = 1009;

        /// <summary>The code to answer the peer's close with: its own, as far as that may be sent.</summary>
        /// <param name="peers">What the peer closed with; null if it named none.</param>
        internal static int AnswerTo(int? peers)
        {
            // From 1004 to 1006, and 1015, are for programs to talk about closes, never for closes themselves (RFC 6455, 7.4.1).
            bool maySend = peers >= 1000 && peers < 5000 && peers != 1004 && peers != 1005 && peers != 1006 && peers != 1015;
            return maySend ? peers.Value : GivenUp;
        }
    }
}
