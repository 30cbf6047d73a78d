using System;

namespace Loquent.Core.Failures
{
    /// <summary>No WebSocket could be had at the address: nobody listens there, the name isn't known, it took too long, or another kind of server answered.</summary>
    public sealed class UnreachableException : LoquentException
    {
        private readonly bool transient;
        private readonly TimeSpan? retryAfter;

        /// <summary>Makes the failure.</summary>
        /// <param name="message">A sentence that says what happened and what to do.</param>
        /// <param name="cause">What it comes from; null if from nothing else.</param>
        /// <param name="statusCode">The HTTP status that the handshake was answered with; null if it wasn't, or if it isn't known.</param>
        /// <param name="isTransient">Whether trying again later may help.</param>
        /// <param name="retryAfter">How long to wait before that; null if nobody said so.</param>
        public UnreachableException(
            string message, Exception cause = null, int? statusCode = null, bool isTransient = true, TimeSpan? retryAfter = null)
            : base(message, cause)
        {
            StatusCode = statusCode;
            transient = isTransient;
            this.retryAfter = retryAfter;
        }

        /// <summary>
        /// The HTTP status that the handshake was answered with, such as 401 (the token isn't good) or 503 (the server is full); null if it wasn't
        /// answered, or if the platform doesn't tell.
        /// </summary>
        public int? StatusCode { get; }

        /// <inheritdoc/>
        public override bool IsTransient => transient;

        /// <inheritdoc/>
        public override TimeSpan? RetryAfter => retryAfter;
    }
}
