namespace Loquent.Core.Wire
{
    /// <summary>
    /// Finds where a msgpack value ends, without building anything. A message is frames end to end, and only msgpack itself
    /// tells where one stops.
    /// </summary>
    /// <remarks>
    /// The walk is iterative with a stack of fixed size, so that neither a length of 4 GiB nor nesting without end costs more
    /// than the message's own bytes. An instance serves one thread at a time; a walk allocates nothing.
    /// </remarks>
    internal sealed class ValueWalk
    {
        /// <summary>Levels of arrays and maps in one frame, the frame itself being the first.</summary>
        internal const int MaxDepth = 16;

        private const string Beyond = "a value goes beyond the end of the message";
        private const string TooDeep = "arrays and maps are nested deeper than 16 levels";
        private const string NotMsgPack = "the byte 0xc1 is never used in msgpack";

        /// <summary>How many values are still to come, level by level.</summary>
        private readonly long[] missing = new long[MaxDepth];

        /// <summary>Why the last walk found no end; null after one that did.</summary>
        internal string Reason { get; private set; }

        /// <summary>Finds the offset just behind the value that begins at <paramref name="start"/>.</summary>
        /// <param name="bytes">Holds the message.</param>
        /// <param name="start">Where the value begins.</param>
        /// <param name="end">Where the message ends.</param>
        /// <param name="valueEnd">The offset behind the value; <paramref name="start"/> if there is none.</param>
        /// <returns>False if framing is lost: not msgpack, beyond the end, or nested too deep. <see cref="Reason"/> says which.</returns>
        internal bool TryFindEnd(byte[] bytes, int start, int end, out int valueEnd)
        {
            Reason = null;
            valueEnd = start;
            long at = start;
            int depth = 0;
            while (true)
            {
                if (at >= end)
                {
                    return Lost(Beyond);
                }

                byte head = bytes[at];
                at++;
                if (head == MsgPackFormat.NeverUsed)
                {
                    return Lost(NotMsgPack);
                }

                if (!TryReadHead(bytes, head, at, end, out long payload, out long count))
                {
                    return Lost(Beyond);
                }

                at += payload;
                if (at > end || count > end - at)
                {
                    // Every value takes a byte at least: more values than bytes can't be.
                    return Lost(Beyond);
                }

                if (depth >= MaxDepth && IsContainer(head))
                {
                    return Lost(TooDeep);
                }

                if (count > 0)
                {
                    missing[depth++] = count;
                    continue;
                }

                while (depth > 0 && --missing[depth - 1] == 0)
                {
                    depth--;
                }

                if (depth == 0)
                {
                    valueEnd = (int)at;
                    return true;
                }
            }
        }

        private static bool IsContainer(byte head)
        {
            return (head >= MsgPackFormat.FixMap && head < MsgPackFormat.FixText)
                || (head >= MsgPackFormat.Array16 && head <= MsgPackFormat.Map32);
        }

        /// <summary>Tells how many bytes follow a head before the next value starts, and how many values it holds.</summary>
        private static bool TryReadHead(byte[] bytes, byte head, long at, int end, out long payload, out long count)
        {
            payload = 0;
            count = 0;
            if (head < MsgPackFormat.FixMap || head >= MsgPackFormat.NegativeFix)
            {
                return true;
            }

            if (head < MsgPackFormat.FixArray)
            {
                count = (head & 0x0f) * 2;
                return true;
            }

            if (head < MsgPackFormat.FixText)
            {
                count = head & 0x0f;
                return true;
            }

            if (head < MsgPackFormat.Nil)
            {
                payload = head & 0x1f;
                return true;
            }

            switch (head)
            {
                case MsgPackFormat.Unsigned8:
                case MsgPackFormat.Signed8:
                    payload = 1;
                    return true;
                case MsgPackFormat.Unsigned16:
                case MsgPackFormat.Signed16:
                    payload = 2;
                    return true;
                case MsgPackFormat.Unsigned32:
                case MsgPackFormat.Signed32:
                case MsgPackFormat.Float32:
                    payload = 4;
                    return true;
                case MsgPackFormat.Unsigned64:
                case MsgPackFormat.Signed64:
                case MsgPackFormat.Float64:
                    payload = 8;
                    return true;
                case MsgPackFormat.Bytes8:
                case MsgPackFormat.Text8:
                    return TrySized(bytes, at, end, 1, 0, out payload);
                case MsgPackFormat.Bytes16:
                case MsgPackFormat.Text16:
                    return TrySized(bytes, at, end, 2, 0, out payload);
                case MsgPackFormat.Bytes32:
                case MsgPackFormat.Text32:
                    return TrySized(bytes, at, end, 4, 0, out payload);
                case MsgPackFormat.Ext8:
                    return TrySized(bytes, at, end, 1, 1, out payload);
                case MsgPackFormat.Ext16:
                    return TrySized(bytes, at, end, 2, 1, out payload);
                case MsgPackFormat.Ext32:
                    return TrySized(bytes, at, end, 4, 1, out payload);
                case MsgPackFormat.Array16:
                    payload = 2;
                    return TryLength(bytes, at, end, 2, out count);
                case MsgPackFormat.Array32:
                    payload = 4;
                    return TryLength(bytes, at, end, 4, out count);
                case MsgPackFormat.Map16:
                    payload = 2;
                    return TryEntries(bytes, at, end, 2, out count);
                case MsgPackFormat.Map32:
                    payload = 4;
                    return TryEntries(bytes, at, end, 4, out count);
                default:
                    if (head >= MsgPackFormat.FixExt1 && head <= MsgPackFormat.FixExt16)
                    {
                        payload = 1 + (1 << (head - MsgPackFormat.FixExt1));
                    }

                    return true; // nil, false, true: the head is all
            }
        }

        private static bool TrySized(byte[] bytes, long at, int end, int width, int extra, out long payload)
        {
            bool whole = TryLength(bytes, at, end, width, out long length);
            payload = width + extra + length;
            return whole;
        }

        private static bool TryEntries(byte[] bytes, long at, int end, int width, out long count)
        {
            bool whole = TryLength(bytes, at, end, width, out long entries);
            count = entries * 2;
            return whole;
        }

        private static bool TryLength(byte[] bytes, long at, int end, int width, out long length)
        {
            length = 0;
            if (at + width > end)
            {
                return false;
            }

            for (int i = 0; i < width; i++)
            {
                length = (length << 8) | bytes[at + i];
            }

            return true;
        }

        private bool Lost(string reason)
        {
            Reason = reason;
            return false;
        }
    }
}
