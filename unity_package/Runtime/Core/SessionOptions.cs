using System;
using System.Collections.Generic;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <summary>How to reach a server, and the bounds of what is held for it. A session takes a copy when it connects.</summary>
    public sealed class SessionOptions
    {
        /// <summary>The WebSocket subprotocol that this package speaks.</summary>
        public const string Subprotocol = "loquent.v1";

        /// <summary>The version of this package.</summary>
        public const string PackageVersion = "0.1.0";

        /// <summary>Makes options with their defaults.</summary>
        /// <param name="address">Where the server is, such as <c>ws://127.0.0.1:8765</c>.</param>
        /// <exception cref="ArgumentNullException"><paramref name="address"/> is null.</exception>
        public SessionOptions(Uri address)
        {
            Address = address ?? throw new ArgumentNullException(nameof(address));
        }

        /// <summary>Where the server is: a <c>ws://</c> or <c>wss://</c> address.</summary>
        public Uri Address { get; }

        /// <summary>What the server knows this program by, if it wants a token; null for none.</summary>
        public string Token { get; set; }

        /// <summary>
        /// Whether the token goes as <c>Authorization: Bearer</c> into the handshake, instead of into the first frame. For servers behind a proxy
        /// that checks it; browsers can't.
        /// </summary>
        public bool SendTokenAsHeader { get; set; }

        /// <summary>HTTP headers of the handshake, besides.</summary>
        public Dictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

        /// <summary>Who this program is, for the server's log: name and version. At most 128 bytes are kept.</summary>
        public string Client { get; set; } = "loquent-unity/" + PackageVersion;

        /// <summary>How long connecting may take until the server has answered hello; 10 s unless told. From 1 ms to 24 days.</summary>
        public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

        /// <summary>How long closing may take; 2 s unless told. From 1 ms to 24 days.</summary>
        public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(2);

        /// <summary>How often to send a WebSocket keep-alive; 15 s unless told, zero for never.</summary>
        public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

        /// <summary>
        /// Whether conversations and running turns are kept when the connection is lost, so that the next one goes on with them, if the server still
        /// has the session: for as long as <see cref="Limits.GraceMs"/> it does. True unless told. If false, a lost connection ends them at once.
        /// </summary>
        public bool Resume { get; set; } = true;

        /// <summary>
        /// How the session connects again by itself when its connection is lost; with its defaults unless told. Null to leave that to the
        /// program, which then calls <see cref="Session.ReconnectAsync"/>. The first connection is never retried.
        /// </summary>
        public ReconnectPolicy Reconnect { get; set; } = new ReconnectPolicy();

        /// <summary>The largest message taken from the server, in bytes; 4 MiB unless told. At least 1 KiB.</summary>
        public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

        /// <summary>How many messages may wait for <see cref="Session.Update"/> until receiving pauses; 4,096 unless told. From 1 to 1,048,576.</summary>
        public int InboxMessages { get; set; } = 4096;

        /// <summary>How many bytes may wait for <see cref="Session.Update"/> until receiving pauses; 1 MiB unless told. At least 1.</summary>
        public int InboxBytes { get; set; } = 1024 * 1024;

        /// <summary>
        /// How many bytes may wait to be sent until a new say or open is refused; 4 MiB unless told. At least 1. With <see cref="Resume"/>
        /// also how many may wait to be answered, since they are kept for the next connection: that bounds what is said without one.
        /// </summary>
        public int OutboxBytes { get; set; } = 4 * 1024 * 1024;

        /// <summary>
        /// How many chars a reply's text has room for before it must grow; 2,048 unless told. From 1 to 16,777,216. A longer reply costs an
        /// allocation each time its length doubles.
        /// </summary>
        public int TextCapacity { get; set; } = 2048;

        /// <summary>
        /// Makes the transport of each connection; null, the default, for <see cref="ClientWebSocketTransport"/>. Called with the options
        /// on the thread that connects.
        /// </summary>
        public Func<SessionOptions, ITransport> CreateTransport { get; set; }

        /// <summary>Milliseconds that never go backwards. Tests put their own in.</summary>
        internal Func<long> Clock { get; set; } = MonotonicClock.Now;

        private const int MostInboxMessages = 1024 * 1024;

        private const int LargestTextCapacity = 16 * 1024 * 1024;

        /// <summary>Copies the options, once they are found to be possible.</summary>
        /// <exception cref="ArgumentException">A value is out of its range.</exception>
        internal SessionOptions Checked()
        {
            OptionCheck.RequireTime(ConnectTimeout, nameof(SessionOptions), nameof(ConnectTimeout));
            OptionCheck.RequireTime(CloseTimeout, nameof(SessionOptions), nameof(CloseTimeout));
            if (KeepAlive != TimeSpan.Zero)
            {
                OptionCheck.RequireTime(KeepAlive, nameof(SessionOptions), nameof(KeepAlive)); // zero is for no keep-alive
            }

            OptionCheck.Require(MaxMessageBytes >= 1024, nameof(SessionOptions), nameof(MaxMessageBytes), "Give at least 1024 bytes.");
            OptionCheck.Require(
                InboxMessages >= 1 && InboxMessages <= MostInboxMessages, nameof(SessionOptions), nameof(InboxMessages), "Give from 1 to 1,048,576 messages.");
            OptionCheck.Require(InboxBytes >= 1, nameof(SessionOptions), nameof(InboxBytes), "Give at least 1 byte.");
            OptionCheck.Require(OutboxBytes >= 1, nameof(SessionOptions), nameof(OutboxBytes), "Give at least 1 byte.");
            OptionCheck.Require(
                TextCapacity >= 1 && TextCapacity <= LargestTextCapacity, nameof(SessionOptions), nameof(TextCapacity), "Give from 1 to 16,777,216 chars.");
            OptionCheck.Require(Client != null, nameof(SessionOptions), nameof(Client), "Give a name and a version, such as mygame/1.0.");
            var copy = (SessionOptions)MemberwiseClone();
            copy.Reconnect = Reconnect?.Checked();
            copy.Headers = new Dictionary<string, string>(Headers);
            return copy;
        }

        /// <summary>Makes the transport of one connection.</summary>
        internal ITransport NewTransport()
        {
            if (CreateTransport != null)
            {
                return CreateTransport(this)
                    ?? throw new InvalidOperationException("SessionOptions.CreateTransport gave null; let it give a new transport each time.");
            }

            var headers = new Dictionary<string, string>(Headers);
            if (Token != null && SendTokenAsHeader)
            {
                headers["Authorization"] = "Bearer " + Token;
            }

            return new ClientWebSocketTransport(Address, headers, KeepAlive);
        }

        /// <summary>Writes the first frame.</summary>
        internal void WriteHello(MsgPackWriter writer, string session, long epoch, long seq)
        {
            ClientFrames.Hello(writer, new[] { ClientFrames.Version }, Client, SendTokenAsHeader ? null : Token, session, epoch, seq);
        }
    }
}
