namespace Loquent.Core.Failures
{
    /// <summary>So much waits to be sent already that no more was taken. Nothing of what was asked for has been sent.</summary>
    public sealed class CongestedException : LoquentException
    {
        /// <summary>Makes the failure.</summary>
        /// <param name="message">A sentence that says what happened and what to do.</param>
        public CongestedException(string message)
            : base(message)
        {
        }

        /// <inheritdoc/>
        public override bool IsTransient => true;
    }
}
