using System;
using System.Threading;
using System.Threading.Tasks;

namespace Loquent.Core.Transport
{
    /// <summary>
    /// One WebSocket, from connecting to its end, and nothing of what goes over it. Write one for a platform that
    /// <see cref="ClientWebSocketTransport"/> doesn't reach, or for tests. The platform must have threads: a browser (WebGL) isn't supported yet.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The session calls <see cref="ConnectAsync"/> once and first. From then on at most one <see cref="ReceiveAsync"/> and, beside it,
    /// at most one of <see cref="SendAsync"/> and <see cref="CloseAsync"/> is under way.
    /// </para>
    /// <para>
    /// <see cref="IDisposable.Dispose"/> may come at any time from any thread, more than once. It must let go of the socket at once, without
    /// waiting for the peer, and make what is under way end soon, with whatever exception.
    /// </para>
    /// </remarks>
    public interface ITransport : IDisposable
    {
        /// <summary>
        /// Whether the calls may come from background threads, as is best. If false, all calls come from the session's own thread, and
        /// the tasks must complete there: for tests, and for a socket that must be used on the caller's thread. Timeouts still come from the
        /// thread pool's timers, so a platform without threads isn't served by this.
        /// </summary>
        bool RunsInBackground { get; }

        /// <summary>The WebSocket close code that the peer sent; null if it sent none (yet).</summary>
        int? CloseCode { get; }

        /// <summary>What the peer said with its close code; empty or null if nothing.</summary>
        string CloseReason { get; }

        /// <summary>Connects, with the subprotocol <c>loquent.v1</c> and without compression.</summary>
        /// <param name="cancellation">Ends the attempt.</param>
        /// <exception cref="Failures.UnreachableException">
        /// No WebSocket could be had at the address. The session tries again, unless it says that this can't help (<c>isTransient</c>).
        /// </exception>
        /// <exception cref="Failures.SubprotocolException">The server didn't select <c>loquent.v1</c>.</exception>
        /// <exception cref="OperationCanceledException">The attempt was ended.</exception>
        Task ConnectAsync(CancellationToken cancellation);

        /// <summary>Waits for the next message and puts it into the buffer, whole.</summary>
        /// <param name="into">Empty; the message goes there.</param>
        /// <exception cref="Failures.ConnectionLostException">The connection broke.</exception>
        /// <exception cref="Failures.ProtocolException">The message is larger than the buffer may get.</exception>
        Task<Received> ReceiveAsync(ReceiveBuffer into);

        /// <summary>Sends one binary message. The array isn't changed before the task has completed.</summary>
        /// <param name="bytes">Holds the message.</param>
        /// <param name="start">Where it begins.</param>
        /// <param name="count">Its length in bytes.</param>
        /// <exception cref="Failures.ConnectionLostException">The connection broke.</exception>
        Task SendAsync(byte[] bytes, int start, int count);

        /// <summary>
        /// Tells the peer that nothing more will be sent, without waiting for its answer: that comes as <see cref="Received.Close"/>.
        /// </summary>
        /// <param name="code">A WebSocket close code, such as 1000.</param>
        /// <param name="reason">A few words, at most 123 bytes of UTF-8.</param>
        Task CloseAsync(int code, string reason);
    }
}
