using System;
using Loquent.Core.Failures;

namespace Loquent.Core
{
    /// <summary>What <see cref="Session.Reconnecting"/> tells: when the session will try to connect again. Never changes.</summary>
    public sealed class ReconnectAttempt
    {
        internal ReconnectAttempt(int number, TimeSpan delay, LoquentException reason)
        {
            Number = number;
            Delay = delay;
            Reason = reason;
        }

        /// <summary>Which attempt it is: 1 for the first after a connection that lasted.</summary>
        public int Number { get; }

        /// <summary>How long until then.</summary>
        public TimeSpan Delay { get; }

        /// <summary>Why: how the connection was lost, or how the attempt before failed.</summary>
        public LoquentException Reason { get; }
    }
}
