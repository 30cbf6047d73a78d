using System;
using System.Collections.Generic;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <summary>
    /// What has been asked of the server and may not have arrived: opens, says, decides, cancels and closes, in the order in which they were
    /// sent. When the session is resumed, all of it is sent again, in that order: a cancel goes before the say that follows it.
    /// </summary>
    /// <remarks>
    /// <para>
    /// What the server answers has arrived, and so has everything in front of it: frames go one after the other over one connection, and each new
    /// connection begins with all that is here. So an answer lets go of its frame and of all before it. Cancels and closes, which
    /// nothing answers, are let go of in this way, and a cancel also when its turn has ended as cancelled.
    /// </para>
    /// <para>
    /// Nothing is dropped for lack of room; who asks for more when too much is here is refused. Cancels and closes are always taken: there is one
    /// at most for each turn and each conversation. It's used under the session's lock.
    /// </para>
    /// </remarks>
    internal sealed class Unconfirmed
    {
        private readonly List<Kept> frames = new List<Kept>();
        private readonly Dictionary<ulong, int> askedAgain = new Dictionary<ulong, int>();

        /// <summary>How many bytes are kept.</summary>
        internal long Bytes { get; private set; }

        /// <summary>Keeps a frame behind all others.</summary>
        /// <param name="kind">Open, say, decide, cancel or close.</param>
        /// <param name="number">Its conversation for open and close, otherwise its turn.</param>
        /// <param name="bytes">The frame.</param>
        internal void Add(FrameKind kind, uint number, byte[] bytes)
        {
            frames.Add(new Kept(Key(kind, number), bytes));
            Bytes += bytes.Length;
        }

        /// <summary>Keeps a cancel. If one of the same turn is here it's replaced, where it is: what follows it relies on it.</summary>
        internal void AddCancel(uint turn, byte[] bytes)
        {
            int index = Find(FrameKind.Cancel, turn);
            if (index < 0)
            {
                Add(FrameKind.Cancel, turn, bytes);
                return;
            }

            Bytes += bytes.Length - frames[index].Bytes.Length;
            frames[index] = new Kept(frames[index].Key, bytes);
        }

        /// <summary>The server has answered a frame: lets go of it and of all in front of it.</summary>
        internal void Confirm(FrameKind kind, uint number)
        {
            int count = Find(kind, number) + 1;
            for (int i = 0; i < count; i++)
            {
                Bytes -= frames[i].Bytes.Length;
            }

            frames.RemoveRange(0, count);
        }

        /// <summary>Lets go of a cancel whose turn has ended.</summary>
        internal void DropCancel(uint turn)
        {
            int index = Find(FrameKind.Cancel, turn);
            if (index >= 0)
            {
                Bytes -= frames[index].Bytes.Length;
                frames.RemoveAt(index);
            }
        }

        /// <summary>Sends everything again over a new connection.</summary>
        internal void SendAgain(Action<byte[]> send)
        {
            foreach (Kept kept in frames)
            {
                askedAgain.TryGetValue(kept.Key, out int times);
                askedAgain[kept.Key] = times + 1;
                send(kept.Bytes);
            }
        }

        /// <summary>
        /// Tells, once for each time, whether a frame was sent again in this session. That the server refuses the second is then no news: the first one had
        /// arrived, and may have been answered already by what the server had kept. The refusal itself may come over a later connection.
        /// </summary>
        internal bool TakeAskedAgain(FrameKind kind, uint number)
        {
            ulong key = Key(kind, number);
            if (!askedAgain.TryGetValue(key, out int times))
            {
                return false;
            }

            if (times == 1)
            {
                askedAgain.Remove(key);
            }
            else
            {
                askedAgain[key] = times - 1;
            }

            return true;
        }

        /// <summary>Forgets everything, with the session on the server.</summary>
        internal void Clear()
        {
            frames.Clear();
            askedAgain.Clear();
            Bytes = 0;
        }

        /// <summary>Says and decides share their numbers, so they share their keys.</summary>
        private static ulong Key(FrameKind kind, uint number)
        {
            return ((ulong)(kind == FrameKind.Decide ? FrameKind.Say : kind) << 32) | number;
        }

        private int Find(FrameKind kind, uint number)
        {
            ulong key = Key(kind, number);
            for (int i = 0; i < frames.Count; i++)
            {
                if (frames[i].Key == key)
                {
                    return i;
                }
            }

            return -1;
        }

        private struct Kept
        {
            internal readonly ulong Key;
            internal readonly byte[] Bytes;

            internal Kept(ulong key, byte[] bytes)
            {
                Key = key;
                Bytes = bytes;
            }
        }
    }
}
