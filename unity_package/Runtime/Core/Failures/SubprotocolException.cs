using System;

namespace Loquent.Core.Failures
{
    /// <summary>The server is a WebSocket server, but didn't select the subprotocol <c>loquent.v1</c>.</summary>
    public sealed class SubprotocolException : LoquentException
    {
        /// <summary>Makes the failure.</summary>
        /// <param name="message">A sentence that says what happened and what to do.</param>
        /// <param name="cause">What it comes from; null if from nothing else.</param>
        public SubprotocolException(string message, Exception cause = null)
            : base(message, cause)
        {
        }
    }
}
