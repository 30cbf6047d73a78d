using System;

namespace Loquent.Core.Failures
{
    /// <summary>A connection that was there is there no longer: the network broke, or the server closed it.</summary>
    public sealed class ConnectionLostException : LoquentException
    {
        /// <summary>Makes the failure.</summary>
        /// <param name="message">A sentence that says what happened and what to do.</param>
        /// <param name="cause">What it comes from; null if from nothing else.</param>
        /// <param name="closeCode">The WebSocket close code that the server sent; null if it sent none.</param>
        public ConnectionLostException(string message, Exception cause = null, int? closeCode = null)
            : base(message, cause)
        {
            CloseCode = closeCode;
        }

        /// <inheritdoc/>
        public override bool IsTransient => true;

        /// <summary>The WebSocket close code that the server sent, such as 1001 (going away); null if the connection just broke.</summary>
        public int? CloseCode { get; }
    }
}
