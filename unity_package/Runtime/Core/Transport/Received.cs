namespace Loquent.Core.Transport
{
    /// <summary>What <see cref="ITransport.ReceiveAsync"/> brought.</summary>
    public enum Received
    {
        /// <summary>A whole binary message, in the buffer.</summary>
        Binary,

        /// <summary>A whole text message. Loquent has none: it is reported and skipped.</summary>
        Text,

        /// <summary>The peer closes the connection; nothing comes any more.</summary>
        Close
    }
}
