using System;

namespace Loquent.Core.Failures
{
    /// <summary>Something that went wrong between this program and the server. The message is a sentence that says what to do.</summary>
    public abstract class LoquentException : Exception
    {
        /// <summary>Makes the failure.</summary>
        /// <param name="message">A sentence that says what happened and what to do.</param>
        /// <param name="cause">What it comes from; null if from nothing else.</param>
        protected LoquentException(string message, Exception cause = null)
            : base(message, cause)
        {
        }

        /// <summary>Whether it may pass by itself, so that trying the same again later may help.</summary>
        public virtual bool IsTransient => false;

        /// <summary>How long to wait before trying again, if the server said so; null if it didn't.</summary>
        public virtual TimeSpan? RetryAfter => null;
    }
}
