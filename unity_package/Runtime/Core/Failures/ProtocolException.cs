using System;

namespace Loquent.Core.Failures
{
    /// <summary>The server broke the protocol, so that the connection had to be given up. Report it to the server's makers.</summary>
    public sealed class ProtocolException : LoquentException
    {
        /// <summary>Makes the failure.</summary>
        /// <param name="message">A sentence that says what happened and what to do.</param>
        /// <param name="cause">What it comes from; null if from nothing else.</param>
        public ProtocolException(string message, Exception cause = null)
            : base(message, cause)
        {
        }
    }
}
