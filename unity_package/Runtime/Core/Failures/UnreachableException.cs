using System;

namespace Loquent.Core.Failures
{
    /// <summary>No WebSocket could be had at the address: nobody listens there, the name isn't known, it took too long, or another kind of server answered.</summary>
    public sealed class UnreachableException : LoquentException
    {
        /// <summary>Makes the failure.</summary>
        /// <param name="message">A sentence that says what happened and what to do.</param>
        /// <param name="cause">What it comes from; null if from nothing else.</param>
        public UnreachableException(string message, Exception cause = null)
            : base(message, cause)
        {
        }
    }
}
