using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Transport;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>
    /// A transport in memory. Without background everything happens on the calling thread, at once: tests of laws need no waiting. With
    /// background it behaves as a socket does: for tests of races.
    /// </summary>
    internal sealed class FakeTransport : ITransport
    {
        private readonly object gate = new object();
        private readonly Queue<Action<ReceiveBuffer>> waiting = new Queue<Action<ReceiveBuffer>>();
        private readonly Queue<Received> kinds = new Queue<Received>();
        private readonly TaskCompletionSource<bool> connected = new TaskCompletionSource<bool>();
        private TaskCompletionSource<Received> receiving;
        private ReceiveBuffer into;
        private Exception broken;
        private int sendsUnderWay;

        internal FakeTransport(bool runsInBackground = false)
        {
            RunsInBackground = runsInBackground;
            connected.SetResult(true);
        }

        /// <summary>Called with each message that is sent.</summary>
        internal Action<byte[]> Sent { get; set; } = message => { };

        /// <summary>What connecting waits for; completed unless told.</summary>
        internal Task Connecting { get; set; } = Task.CompletedTask;

        /// <summary>The thread that connecting began on; 0 before.</summary>
        internal int ConnectingThread { get; private set; }

        /// <summary>What each sending waits for; completed unless told.</summary>
        internal Func<Task> Sending { get; set; } = () => Task.CompletedTask;

        /// <summary>Whether a close is answered by the peer's close.</summary>
        internal bool AnswersClose { get; set; } = true;

        internal int? ClosedWith { get; private set; }

        internal bool IsDisposed { get; private set; }

        /// <summary>The greatest number of sends that were under way at one time.</summary>
        internal int MostSendsAtOnce { get; private set; }

        /// <summary>How many messages wait to be received.</summary>
        internal int WaitingCount
        {
            get
            {
                lock (gate)
                {
                    return waiting.Count;
                }
            }
        }

        public bool RunsInBackground { get; }

        public int? CloseCode { get; private set; }

        public string CloseReason { get; private set; }

        public async Task ConnectAsync(CancellationToken cancellation)
        {
            ConnectingThread = Thread.CurrentThread.ManagedThreadId;
            var cancelled = new TaskCompletionSource<bool>();
            using (cancellation.Register(() => cancelled.TrySetResult(true)))
            {
                await Task.WhenAny(Connecting, cancelled.Task);
                cancellation.ThrowIfCancellationRequested();
                await Connecting;
            }
        }

        public Task<Received> ReceiveAsync(ReceiveBuffer buffer)
        {
            lock (gate)
            {
                if (waiting.Count > 0)
                {
                    waiting.Dequeue()(buffer);
                    return Task.FromResult(kinds.Dequeue());
                }

                receiving = new TaskCompletionSource<Received>(
                    RunsInBackground ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
                if (broken != null)
                {
                    receiving.SetException(broken);
                }

                into = buffer;
                return receiving.Task;
            }
        }

        public async Task SendAsync(byte[] bytes, int start, int count)
        {
            MostSendsAtOnce = Math.Max(MostSendsAtOnce, Interlocked.Increment(ref sendsUnderWay));
            await Sending();
            if (IsDisposed)
            {
                throw new ObjectDisposedException(nameof(FakeTransport));
            }

            var copy = new byte[count];
            Buffer.BlockCopy(bytes, start, copy, 0, count);
            Interlocked.Decrement(ref sendsUnderWay);
            Sent(copy);
        }

        public async Task CloseAsync(int code, string reason)
        {
            MostSendsAtOnce = Math.Max(MostSendsAtOnce, Interlocked.Increment(ref sendsUnderWay));
            await Sending();
            Interlocked.Decrement(ref sendsUnderWay);
            ClosedWith = code;
            if (AnswersClose)
            {
                CloseByPeer(code, string.Empty);
            }
        }

        public void Dispose()
        {
            IsDisposed = true;
            Break(new ObjectDisposedException(nameof(FakeTransport)));
        }

        internal void Deliver(byte[] message)
        {
            Deliver(Received.Binary, buffer => buffer.Append(message, 0, message.Length));
        }

        /// <summary>Lets a part of a message come, while somebody waits for it.</summary>
        internal void DeliverPart(byte[] part)
        {
            lock (gate)
            {
                into.Append(part, 0, part.Length);
            }
        }

        internal void DeliverText()
        {
            Deliver(Received.Text, buffer => buffer.Append(new byte[] { 104, 105 }, 0, 2));
        }

        internal void CloseByPeer(int code, string reason)
        {
            CloseCode = code;
            CloseReason = reason;
            Deliver(Received.Close, buffer => { });
        }

        /// <summary>Lets the network break, now and for all that follows.</summary>
        internal void Break(Exception error)
        {
            TaskCompletionSource<Received> now;
            lock (gate)
            {
                broken = error;
                now = receiving;
            }

            now?.TrySetException(error);
        }

        internal void Break()
        {
            Break(new ConnectionLostException("The test broke the connection."));
        }

        private void Deliver(Received kind, Action<ReceiveBuffer> fill)
        {
            TaskCompletionSource<Received> now;
            lock (gate)
            {
                now = receiving;
                receiving = null;
                if (now == null)
                {
                    waiting.Enqueue(fill);
                    kinds.Enqueue(kind);
                    return;
                }
            }

            try
            {
                fill(into);
                now.TrySetResult(kind);
            }
            catch (ProtocolException tooLarge)
            {
                now.TrySetException(tooLarge);
            }
        }
    }
}
