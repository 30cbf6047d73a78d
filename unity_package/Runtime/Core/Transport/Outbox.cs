using System;
using System.Collections.Generic;
using System.Threading;
using Loquent.Core.Wire;

namespace Loquent.Core.Transport
{
    /// <summary>
    /// Frames on their way to the one sender: whatever waits when the socket is free leaves as one message, as far as the server takes it.
    /// Adding and taking allocate nothing once the buffers are large enough.
    /// </summary>
    internal sealed class Outbox
    {
        /// <summary>Arrays up to this size in bytes are kept when they are empty.</summary>
        internal const int KeptBytes = 256 * 1024;

        /// <summary>Size in bytes of the first array.</summary>
        internal const int FirstBytes = 1024;

        private readonly object gate = new object();
        private readonly Queue<int> lengths = new Queue<int>(64);
        private readonly int maxBytes;
        private byte[] bytes = new byte[FirstBytes];
        private int start;
        private int end;
        private long maxMessageBytes = long.MaxValue;
        private bool closing;
        private bool closeTaken;
        private bool over;

        /// <param name="maxBytes">How many bytes may wait before frames that may be refused are.</param>
        internal Outbox(int maxBytes)
        {
            this.maxBytes = maxBytes;
        }

        /// <summary>The largest message that the server takes, in bytes.</summary>
        internal long MaxMessageBytes
        {
            get
            {
                lock (gate)
                {
                    return maxMessageBytes;
                }
            }

            set
            {
                lock (gate)
                {
                    maxMessageBytes = value;
                }
            }
        }

        /// <summary>The code to close with.</summary>
        internal int CloseCode { get; private set; }

        /// <summary>The words to close with.</summary>
        internal string CloseReason { get; private set; }

        /// <summary>Whether there is something for the sender to do.</summary>
        internal bool HasWork
        {
            get
            {
                lock (gate)
                {
                    return !over && IsPending;
                }
            }
        }

        /// <summary>How many bytes wait.</summary>
        internal int WaitingBytes
        {
            get
            {
                lock (gate)
                {
                    return end - start;
                }
            }
        }

        private bool IsPending => end > start || (closing && !closeTaken);

        /// <summary>Adds one frame and wakes the sender.</summary>
        /// <param name="frame">Holds the frame, and only that.</param>
        /// <param name="mustFit">Whether the frame is to be refused when too much waits already.</param>
        /// <returns>False if it was refused. Once the connection is over, frames are taken and go nowhere.</returns>
        internal bool TryAdd(MsgPackWriter frame, bool mustFit)
        {
            return TryAdd(frame.Bytes, frame.Length, mustFit);
        }

        /// <summary>Adds one frame that is there as bytes, in the same way.</summary>
        internal bool TryAdd(byte[] frame, int count, bool mustFit)
        {
            lock (gate)
            {
                if (closing || over)
                {
                    return true;
                }

                if (mustFit && end > start && count > maxBytes - (end - start))
                {
                    return false;
                }

                Reserve(count);
                Buffer.BlockCopy(frame, 0, bytes, end, count);
                end += count;
                lengths.Enqueue(count);
                Monitor.Pulse(gate);
                return true;
            }
        }

        /// <summary>Asks for the close, once everything that waits has been sent. Later frames go nowhere. The first call counts.</summary>
        internal void Close(int code, string reason)
        {
            lock (gate)
            {
                if (!closing)
                {
                    closing = true;
                    CloseCode = code;
                    CloseReason = reason;
                    Monitor.Pulse(gate);
                }
            }
        }

        /// <summary>Says that nothing can be sent any more: the sender ends.</summary>
        internal void Complete()
        {
            lock (gate)
            {
                over = true;
                Monitor.PulseAll(gate);
            }
        }

        /// <summary>Blocks until there is something for the sender to do. Only for a thread of its own.</summary>
        /// <returns>False when it's over.</returns>
        internal bool WaitForWork()
        {
            lock (gate)
            {
                while (!over && !IsPending)
                {
                    Monitor.Wait(gate);
                }

                return !over;
            }
        }

        /// <summary>Takes as many whole frames as the server takes in one message, and one in any case.</summary>
        /// <param name="into">Gets the message; replaced by a larger array if need be.</param>
        /// <returns>The length of the message; 0 if nothing waits.</returns>
        internal int Take(ref byte[] into)
        {
            lock (gate)
            {
                int count = 0;
                while (!over && lengths.Count > 0 && (count == 0 || count + (long)lengths.Peek() <= maxMessageBytes))
                {
                    count += lengths.Dequeue();
                }

                if (into.Length < count)
                {
                    into = new byte[Math.Max(count, Math.Min(into.Length * 2L, int.MaxValue / 2))];
                }

                Buffer.BlockCopy(bytes, start, into, 0, count);
                start += count;
                if (start == end)
                {
                    start = end = 0;
                    bytes = bytes.Length > KeptBytes ? new byte[FirstBytes] : bytes;
                }

                return count;
            }
        }

        /// <summary>Takes the close when it's time for it: true once, after all frames have been taken.</summary>
        internal bool TryTakeClose()
        {
            lock (gate)
            {
                bool now = closing && !closeTaken && !over && start == end;
                closeTaken |= now;
                return now;
            }
        }

        private void Reserve(int count)
        {
            if (count <= bytes.Length - end)
            {
                return;
            }

            int waiting = end - start;
            byte[] target = bytes;
            if (waiting + (long)count > bytes.Length / 2)
            {
                target = new byte[Math.Max(checked(waiting + count), Math.Min(bytes.Length * 2L, int.MaxValue / 2))];
            }

            Buffer.BlockCopy(bytes, start, target, 0, waiting);
            bytes = target;
            start = 0;
            end = waiting;
        }
    }
}
