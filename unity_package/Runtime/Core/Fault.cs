using System;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <summary>What the server says when it refuses something or fails at it. Never changes.</summary>
    public sealed class Fault
    {
        internal Fault(string code, string message, FrameKind? referredKind, uint referredNumber, long? retryAfterMs)
        {
            SentCode = code;
            Code = FaultCode.IsKnown(code) ? code : FaultCode.Internal;
            Message = message;
            ReferredKind = referredKind;
            ReferredNumber = referredNumber;
            RetryAfter = retryAfterMs == null
                ? (TimeSpan?)null
                : TimeSpan.FromMilliseconds(Math.Min((double)retryAfterMs, TimeSpan.MaxValue.TotalMilliseconds / 2));
        }

        /// <summary>What went wrong, for programs: one of <see cref="FaultCode"/>. A code that isn't known is <c>internal</c>.</summary>
        public string Code { get; }

        /// <summary>The code as the server sent it, known or not.</summary>
        public string SentCode { get; }

        /// <summary>What went wrong, for people: a sentence that says what to do.</summary>
        public string Message { get; }

        /// <summary>When to try again; null if that isn't known or wouldn't help.</summary>
        public TimeSpan? RetryAfter { get; }

        /// <summary>
        /// The name of this program's frame that it's about, such as <c>say</c> or <c>open</c>; null if it's about the connection.
        /// </summary>
        public string Refers => ReferredKind?.ToString().ToLowerInvariant();

        /// <summary>The number of the turn or conversation that it's about; 0 if it's about the connection.</summary>
        public uint ReferredNumber { get; }

        internal FrameKind? ReferredKind { get; }

        /// <summary>Gives code and message, for a log.</summary>
        /// <returns>Such as <c>busy: The server is full; try again in 2 s.</c></returns>
        public override string ToString()
        {
            return SentCode + ": " + Message;
        }

        /// <summary>Reads the fields behind <c>seq</c> of a checked frame.</summary>
        internal static Fault Read(ref MsgPackReader fields, ValueWalk walk)
        {
            FrameKind? kind = null;
            uint number = 0;
            if (!fields.TryReadNil())
            {
                int count = fields.ReadArray();
                kind = (FrameKind)fields.ReadU32();
                number = fields.ReadU32();
                for (int i = 2; i < count; i++)
                {
                    fields.TrySkip(walk);
                }
            }

            string code = fields.ReadText();
            string message = fields.ReadText();
            long? retryAfterMs = fields.TryReadNil() ? (long?)null : fields.ReadUnsigned();
            return new Fault(code, message, kind, number, retryAfterMs);
        }
    }
}
