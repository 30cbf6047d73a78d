using System;
using System.Collections.Generic;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;

namespace Loquent.Core.Transport
{
    /// <summary>The transport of every platform with sockets: .NET's own WebSocket client, without compression.</summary>
    public sealed class ClientWebSocketTransport : ITransport
    {
        private readonly ClientWebSocket socket = new ClientWebSocket();
        private readonly Uri address;
        private int disposed;

        /// <summary>Makes a transport that isn't connected yet.</summary>
        /// <param name="address">A <c>ws://</c> or <c>wss://</c> address.</param>
        /// <param name="headers">HTTP headers of the handshake, such as <c>Authorization</c>; null for none.</param>
        /// <param name="keepAlive">How often to say at WebSocket's level that this side lives; zero for never.</param>
        /// <exception cref="ArgumentNullException"><paramref name="address"/> is null.</exception>
        /// <exception cref="ArgumentException"><paramref name="address"/> isn't a ws or wss address.</exception>
        public ClientWebSocketTransport(Uri address, IReadOnlyDictionary<string, string> headers, TimeSpan keepAlive)
        {
            this.address = address ?? throw new ArgumentNullException(nameof(address));
            if (!address.IsAbsoluteUri || (address.Scheme != "ws" && address.Scheme != "wss"))
            {
                throw new ArgumentException(
                    "Give an address that starts with ws:// or wss://, such as ws://127.0.0.1:8765; this is " + address.OriginalString + ".",
                    nameof(address));
            }

            try
            {
                socket.Options.AddSubProtocol(SessionOptions.Subprotocol);
                socket.Options.KeepAliveInterval = keepAlive;
                if (headers != null)
                {
                    foreach (KeyValuePair<string, string> header in headers)
                    {
                        socket.Options.SetRequestHeader(header.Key, header.Value);
                    }
                }
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        /// <inheritdoc/>
        public bool RunsInBackground => true;

        /// <inheritdoc/>
        public int? CloseCode => (int?)socket.CloseStatus;

        /// <inheritdoc/>
        public string CloseReason => socket.CloseStatusDescription;

        /// <inheritdoc/>
        public async Task ConnectAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            using (cancellation.Register(() => cancelled.TrySetResult(true)))
            {
                // Mono's client heeds neither token nor Abort while it waits for the handshake's answer: whoever gives up leaves it behind.
                Task connecting = socket.ConnectAsync(address, cancellation);
                if (await Task.WhenAny(connecting, cancelled.Task).ConfigureAwait(false) != connecting)
                {
                    LeaveBehind(connecting);
                    cancellation.ThrowIfCancellationRequested();
                }

                try
                {
                    await connecting.ConfigureAwait(false);
                }
                catch (Exception error)
                {
                    cancellation.ThrowIfCancellationRequested();
                    throw HandshakeFailure.Explain(error, address.OriginalString);
                }
            }

            if (socket.SubProtocol != SessionOptions.Subprotocol)
            {
                throw new SubprotocolException(
                    "The server at " + address.OriginalString + " doesn't speak " + SessionOptions.Subprotocol
                    + ": check that the address is a Loquent server's, and that its version fits this package's.");
            }
        }

        /// <inheritdoc/>
        public async Task<Received> ReceiveAsync(ReceiveBuffer into)
        {
            try
            {
                while (true)
                {
                    WebSocketReceiveResult result =
                        await socket.ReceiveAsync(into.Reserve(), CancellationToken.None).ConfigureAwait(false);
                    if (result.MessageType == WebSocketMessageType.Close)
                    {
                        return Received.Close;
                    }

                    into.Advance(result.Count);
                    if (result.EndOfMessage)
                    {
                        return result.MessageType == WebSocketMessageType.Text ? Received.Text : Received.Binary;
                    }
                }
            }
            catch (Exception error) when (!(error is LoquentException))
            {
                throw Broken(error);
            }
        }

        /// <inheritdoc/>
        public async Task SendAsync(byte[] bytes, int start, int count)
        {
            try
            {
                await socket.SendAsync(
                    new ArraySegment<byte>(bytes, start, count), WebSocketMessageType.Binary, true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                throw Broken(error);
            }
        }

        /// <inheritdoc/>
        public async Task CloseAsync(int code, string reason)
        {
            if (socket.State != WebSocketState.Open && socket.State != WebSocketState.CloseReceived)
            {
                return;
            }

            try
            {
                await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                throw Broken(error);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
            {
                socket.Abort();
                socket.Dispose();
            }
        }

        /// <summary>Lets go of a socket whose connecting can't be ended, as soon as it ends by itself.</summary>
        private void LeaveBehind(Task connecting)
        {
            Dispose();
            connecting.ContinueWith(
                done =>
                {
                    GC.KeepAlive(done.Exception); // looked at, so that nobody reports it as unobserved
                    socket.Abort();
                    socket.Dispose();
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        private ConnectionLostException Broken(Exception error)
        {
            return new ConnectionLostException(
                "The connection to " + address.OriginalString + " broke: check the network and the server, then connect again. ("
                + error.GetBaseException().Message + ")",
                error,
                CloseCode);
        }
    }
}
