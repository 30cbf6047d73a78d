using System.Collections.Generic;
using System.Threading.Tasks;
using Loquent.Core.Wire;

namespace Loquent.Core.Transport
{
    /// <summary>
    /// Received messages on their way from the receiving thread to the session's: a queue with bounds, and the pool its messages come
    /// from. Nothing is ever dropped: while it's full, the receiver waits, and so, over TCP, does the server. Small messages that wait are put
    /// together, so that many of them cost little more than their bytes.
    /// </summary>
    internal sealed class Inbox
    {
        /// <summary>So many empty messages are kept at most.</summary>
        private const int PooledMessages = 64;

        private readonly object gate = new object();
        private readonly Queue<Message> queue = new Queue<Message>();
        private readonly Stack<Message> pool = new Stack<Message>();
        private readonly int maxMessages;
        private readonly long maxQueuedBytes;
        private readonly int maxMessageBytes;
        private long queuedBytes;
        private int queuedMessages;
        private Message newest;
        private readonly TaskCreationOptions waking;
        private bool over;
        private Message reading;
        private string skipped;
        private TaskCompletionSource<bool> room;
        private TaskCompletionSource<bool> arrival;

        /// <param name="maxMessages">How many messages may wait.</param>
        /// <param name="maxQueuedBytes">How many bytes may wait; one message may go over it.</param>
        /// <param name="maxMessageBytes">How large one message may be.</param>
        /// <param name="inBackground">Whether who waits goes on on a thread of its own, not on the one that wakes it.</param>
        internal Inbox(int maxMessages, long maxQueuedBytes, int maxMessageBytes, bool inBackground)
        {
            waking = inBackground ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None;
            this.maxMessages = maxMessages;
            this.maxQueuedBytes = maxQueuedBytes;
            this.maxMessageBytes = maxMessageBytes;
        }

        private bool IsFull => queuedMessages >= maxMessages || queuedBytes >= maxQueuedBytes;

        /// <summary>Takes an empty message from the pool, or makes one.</summary>
        internal Message Rent()
        {
            lock (gate)
            {
                return pool.Count > 0 ? pool.Pop() : new Message(maxMessageBytes);
            }
        }

        /// <summary>Gives a message back when it has been read.</summary>
        internal void Return(Message message)
        {
            message.Reset();
            lock (gate)
            {
                if (pool.Count < PooledMessages)
                {
                    pool.Push(message);
                }
            }
        }

        /// <summary>Adds a message; wakes who waits for one. For the receiver, when there is room. Once it's over, nobody reads it any more.</summary>
        internal void Add(Message message)
        {
            TaskCompletionSource<bool> waiting;
            bool merged;
            lock (gate)
            {
                if (over)
                {
                    return;
                }

                queuedMessages++;
                queuedBytes += message.Buffer.Count;
                merged = newest != null && newest.TryMerge(message);
                if (!merged)
                {
                    queue.Enqueue(message);
                    newest = message;
                }

                waiting = arrival;
                arrival = null;
            }

            if (merged)
            {
                Return(message);
            }

            waiting?.TrySetResult(true);
        }

        /// <summary>
        /// Takes the next frame of what has come, in order; false if there is none. For one thread at a time. The fields can be read until the
        /// next call.
        /// </summary>
        /// <param name="kind">What frame it is.</param>
        /// <param name="fields">Stands before its first field.</param>
        /// <param name="arrivedAt">When it came, in milliseconds of the session's clock.</param>
        internal bool TryNext(out FrameKind kind, out MsgPackReader fields, out long arrivedAt)
        {
            while (true)
            {
                if (reading == null && !TryTake(out reading))
                {
                    kind = default(FrameKind);
                    fields = default(MsgPackReader);
                    arrivedAt = 0;
                    return false;
                }

                arrivedAt = reading.ArrivedAt;
                if (reading.TryNext(out kind, out fields))
                {
                    return true;
                }

                skipped = reading.Skipped ?? skipped;
                Return(reading);
                reading = null;
            }
        }

        /// <summary>Tells once what had to be skipped lately; null if nothing.</summary>
        internal string TakeSkipped()
        {
            string sentence = skipped;
            skipped = null;
            return sentence;
        }

        /// <summary>Takes the oldest message, with those that were put together with it; false if there is none.</summary>
        internal bool TryTake(out Message message)
        {
            TaskCompletionSource<bool> waiting = null;
            lock (gate)
            {
                if (queue.Count == 0)
                {
                    message = null;
                    return false;
                }

                message = queue.Dequeue();
                newest = queue.Count == 0 ? null : newest;
                queuedMessages -= message.Parts;
                queuedBytes -= message.Buffer.Count;
                if (!IsFull)
                {
                    waiting = room;
                    room = null;
                }
            }

            waiting?.TrySetResult(true);
            return true;
        }

        /// <summary>Completes as soon as there is room for a message, or it's over. Completed already while there is.</summary>
        internal Task RoomAsync()
        {
            lock (gate)
            {
                if (over || !IsFull)
                {
                    return Task.CompletedTask;
                }

                room = room ?? new TaskCompletionSource<bool>(waking);
                return room.Task;
            }
        }

        /// <summary>
        /// Completes when a message is there or comes, or it's over. Ask for it before looking for messages: then none is missed.
        /// </summary>
        internal Task ArrivalAsync()
        {
            lock (gate)
            {
                if (over || queue.Count > 0)
                {
                    return Task.CompletedTask;
                }

                arrival = arrival ?? new TaskCompletionSource<bool>(waking);
                return arrival.Task;
            }
        }

        /// <summary>Says that no message will come any more: wakes everybody. What is there can still be taken.</summary>
        internal void Complete()
        {
            TaskCompletionSource<bool> first;
            TaskCompletionSource<bool> second;
            lock (gate)
            {
                over = true;
                first = room;
                second = arrival;
                room = null;
                arrival = null;
            }

            first?.TrySetResult(true);
            second?.TrySetResult(true);
        }
    }
}
