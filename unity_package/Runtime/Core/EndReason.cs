namespace Loquent.Core
{
    /// <summary>Why a turn ended.</summary>
    public enum EndReason
    {
        /// <summary>The reply is complete.</summary>
        Stop,

        /// <summary>The reply was cut at the longest reply, or at the end of the model's context.</summary>
        Length,

        /// <summary>The turn was cancelled, or its conversation closed.</summary>
        Cancelled,

        /// <summary>Something went wrong; <see cref="TurnEnd.Error"/> says what.</summary>
        Fault
    }
}
