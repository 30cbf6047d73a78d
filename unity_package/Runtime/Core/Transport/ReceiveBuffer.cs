using System;
using Loquent.Core.Failures;

namespace Loquent.Core.Transport
{
    /// <summary>
    /// Takes one message from a transport. It grows as needed up to a limit, and is used again for later messages. One thread at a time
    /// may use it.
    /// </summary>
    public sealed class ReceiveBuffer
    {
        /// <summary>Arrays up to this size in bytes are kept from message to message.</summary>
        internal const int KeptBytes = 64 * 1024;

        private const int FirstBytes = 2 * 1024;

        /// <summary>Makes an empty buffer.</summary>
        /// <param name="maxBytes">The largest message that is taken, in bytes; at least 1.</param>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is less than 1.</exception>
        public ReceiveBuffer(int maxBytes)
        {
            if (maxBytes < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(maxBytes), maxBytes, "A message has at least one byte.");
            }

            MaxBytes = maxBytes;
            Bytes = new byte[Math.Min(FirstBytes, maxBytes)];
        }

        /// <summary>The largest message that is taken, in bytes.</summary>
        public int MaxBytes { get; }

        /// <summary>Holds the message in its first <see cref="Count"/> bytes. Another array after the buffer has grown.</summary>
        public byte[] Bytes { get; private set; }

        /// <summary>How many bytes of the message are there.</summary>
        public int Count { get; private set; }

        /// <summary>Called when bytes have come, also when they aren't a whole message yet.</summary>
        internal Action Filled { get; set; }

        /// <summary>Gives room behind what is there. Say with <see cref="Advance"/> how much of it was filled.</summary>
        /// <returns>At least one byte of room.</returns>
        /// <exception cref="ProtocolException">The message is larger than <see cref="MaxBytes"/>.</exception>
        public ArraySegment<byte> Reserve()
        {
            if (Count == MaxBytes)
            {
                throw new ProtocolException(
                    "The server sent a message of more than " + MaxBytes + " bytes. If that is meant, raise SessionOptions.MaxMessageBytes.");
            }

            if (Count == Bytes.Length)
            {
                byte[] larger = new byte[(int)Math.Min(MaxBytes, Bytes.Length * 2L)];
                Buffer.BlockCopy(Bytes, 0, larger, 0, Count);
                Bytes = larger;
            }

            return new ArraySegment<byte>(Bytes, Count, Bytes.Length - Count);
        }

        /// <summary>Takes the first bytes of what <see cref="Reserve"/> gave as filled.</summary>
        /// <param name="count">How many, from 0 to the room that was given.</param>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is none of these.</exception>
        public void Advance(int count)
        {
            if (count < 0 || count > Bytes.Length - Count)
            {
                throw new ArgumentOutOfRangeException(nameof(count), count, "Fill no more than Reserve gave.");
            }

            Count += count;
            if (count > 0)
            {
                Filled?.Invoke();
            }
        }

        /// <summary>Appends bytes that are there already, for a transport that gets its messages whole.</summary>
        /// <param name="bytes">Holds them.</param>
        /// <param name="start">Where they begin.</param>
        /// <param name="count">How many there are.</param>
        /// <exception cref="ProtocolException">The message is larger than <see cref="MaxBytes"/>.</exception>
        public void Append(byte[] bytes, int start, int count)
        {
            while (count > 0)
            {
                ArraySegment<byte> room = Reserve();
                int now = Math.Min(room.Count, count);
                Buffer.BlockCopy(bytes, start, room.Array, room.Offset, now);
                Advance(now);
                start += now;
                count -= now;
            }
        }

        /// <summary>Empties the buffer for the next message. An array that a large one left is let go.</summary>
        internal void Reset()
        {
            Count = 0;
            Filled = null;
            if (Bytes.Length > KeptBytes)
            {
                Bytes = new byte[Math.Min(FirstBytes, MaxBytes)];
            }
        }
    }
}
