using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Transport;

namespace Loquent.Tests.Fakes
{
    /// <summary>The client's end of a connection to a <see cref="LocalServer"/>.</summary>
    internal sealed class LocalConnection : ITransport
    {
        private readonly LocalServer server;
        private readonly Queue<byte[]> waiting = new Queue<byte[]>();
        private TaskCompletionSource<Received> receiving;
        private ReceiveBuffer into;
        private Exception broken;

        internal LocalConnection(LocalServer server)
        {
            this.server = server;
        }

        /// <inheritdoc/>
        public bool RunsInBackground => false;

        /// <inheritdoc/>
        public int? CloseCode => null;

        /// <inheritdoc/>
        public string CloseReason => null;

        /// <summary>With which code the client has closed it; null if it hasn't.</summary>
        internal int? ClosedWith { get; private set; }

        /// <inheritdoc/>
        public Task ConnectAsync(CancellationToken cancellation)
        {
            return server.IsThere
                ? Task.CompletedTask
                : Task.FromException(new UnreachableException("Can't reach the test's server: is it running?"));
        }

        /// <inheritdoc/>
        public Task<Received> ReceiveAsync(ReceiveBuffer buffer)
        {
            if (waiting.Count > 0)
            {
                byte[] message = waiting.Dequeue();
                buffer.Append(message, 0, message.Length);
                return Task.FromResult(Received.Binary);
            }

            if (broken != null)
            {
                return Task.FromException<Received>(broken);
            }

            receiving = new TaskCompletionSource<Received>();
            into = buffer;
            return receiving.Task;
        }

        /// <inheritdoc/>
        public Task SendAsync(byte[] bytes, int start, int count)
        {
            if (broken != null)
            {
                return Task.FromException(broken);
            }

            server.Receive(this, bytes, start, count);
            return Task.CompletedTask;
        }

        /// <inheritdoc/>
        public Task CloseAsync(int code, string reason)
        {
            ClosedWith = code;
            Finish(Received.Close);
            return Task.CompletedTask;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Break(new ObjectDisposedException(nameof(LocalConnection)));
        }

        internal void Deliver(byte[] message)
        {
            if (receiving == null)
            {
                waiting.Enqueue(message);
                return;
            }

            into.Append(message, 0, message.Length);
            Finish(Received.Binary);
        }

        internal void Break(Exception error)
        {
            broken = broken ?? error;
            TaskCompletionSource<Received> now = receiving;
            receiving = null;
            now?.TrySetException(broken);
        }

        private void Finish(Received kind)
        {
            TaskCompletionSource<Received> now = receiving;
            receiving = null;
            now?.TrySetResult(kind);
        }
    }
}
