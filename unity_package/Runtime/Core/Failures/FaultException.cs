using System;

namespace Loquent.Core.Failures
{
    /// <summary>The server refused something or failed at it, and said so with a fault.</summary>
    public sealed class FaultException : LoquentException
    {
        /// <summary>Makes the failure of a fault.</summary>
        /// <param name="fault">What the server said.</param>
        /// <exception cref="ArgumentNullException"><paramref name="fault"/> is null.</exception>
        public FaultException(Fault fault)
            : base((fault ?? throw new ArgumentNullException(nameof(fault))).Message)
        {
            Fault = fault;
        }

        /// <summary>What the server said: a code for programs, a sentence for people.</summary>
        public Fault Fault { get; }

        /// <inheritdoc/>
        public override bool IsTransient => FaultCode.IsTransient(Fault.Code);

        /// <inheritdoc/>
        public override TimeSpan? RetryAfter => Fault.RetryAfter;

        /// <summary>The fault's code; one of <see cref="FaultCode"/>.</summary>
        public string Code => Fault.Code;
    }
}
