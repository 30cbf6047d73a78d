using System;

namespace Loquent.Core.Failures
{
    /// <summary>This program closed or disposed the session while something was still under way.</summary>
    public sealed class SessionClosedException : LoquentException
    {
        /// <summary>Makes the failure.</summary>
        /// <param name="message">A sentence that says what happened and what to do.</param>
        /// <param name="cause">What it comes from; null if from nothing else.</param>
        public SessionClosedException(string message, Exception cause = null)
            : base(message, cause)
        {
        }
    }
}
