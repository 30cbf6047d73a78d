using Loquent.Core.Failures;

namespace Loquent.Core
{
    /// <summary>How a turn ended. Never changes.</summary>
    public sealed class TurnEnd
    {
        internal TurnEnd(EndReason reason, Usage usage, LoquentException error)
        {
            Reason = reason;
            Usage = usage;
            Error = error;
        }

        /// <summary>Why it ended.</summary>
        public EndReason Reason { get; }

        /// <summary>What it took, as far as the server told.</summary>
        public Usage Usage { get; }

        /// <summary>
        /// What went wrong: a <see cref="FaultException"/>, a <see cref="ConnectionLostException"/>, a <see cref="ProtocolException"/> or a
        /// <see cref="SessionClosedException"/>. Null unless <see cref="Reason"/> is <see cref="EndReason.Fault"/>.
        /// </summary>
        public LoquentException Error { get; }

        /// <summary>Throws <see cref="Error"/>, if there is one.</summary>
        /// <exception cref="LoquentException">The turn ended with a fault.</exception>
        public void ThrowIfFault()
        {
            if (Error != null)
            {
                throw Error;
            }
        }
    }
}
