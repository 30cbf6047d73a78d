using System;
using Loquent.Core.Wire;

namespace Loquent.Core.Transport
{
    /// <summary>
    /// One received message with the places of its frames, checked already: what goes from the receiving thread to the session's, and
    /// back into the pool.
    /// </summary>
    internal sealed class Message
    {
        private const int KeptFrames = 1024;
        private const int MergedBytes = 16 * 1024;

        private FrameRef[] frames = new FrameRef[16];
        private int next;
        private int skippedCount;
        private string skippedReason;

        internal Message(int maxBytes)
        {
            Buffer = new ReceiveBuffer(maxBytes);
        }

        internal ReceiveBuffer Buffer { get; }

        /// <summary>How many received messages it's made of.</summary>
        internal int Parts { get; private set; } = 1;

        /// <summary>When it came, in milliseconds of the session's clock; the first of its parts.</summary>
        internal long ArrivedAt { get; set; }

        /// <summary>What of it had to be skipped, a sentence; null if nothing.</summary>
        internal string Skipped => skippedCount <= 1 ? skippedReason : skippedReason + " (And " + (skippedCount - 1) + " more in this message.)";

        /// <summary>Why the rest of the message can't be read; null if it can.</summary>
        internal string FramingReason { get; private set; }

        /// <summary>Whether there is anything in it for the session.</summary>
        internal bool IsEmpty => FrameCount == 0 && skippedCount == 0;

        /// <summary>How many frames it has.</summary>
        internal int FrameCount { get; private set; }

        /// <summary>Goes over the bytes and notes where the frames are. Beats have done what they are for by coming, and are left out.</summary>
        internal void Decode(FrameDecoder decoder)
        {
            decoder.Start(Buffer.Bytes, 0, Buffer.Count);
            while (true)
            {
                switch (decoder.Next())
                {
                    case Outcome.Frame:
                        if (decoder.Shape.Kind != FrameKind.Beat)
                        {
                            Add(new FrameRef(decoder.Shape.Kind, decoder.FieldsStart, decoder.FrameEnd));
                        }

                        break;
                    case Outcome.Malformed:
                        Skip(decoder.Reason);
                        break;
                    case Outcome.FramingLost:
                        FramingReason = decoder.Reason;
                        return;
                    default:
                        return;
                }
            }
        }

        /// <summary>Notes that something was skipped.</summary>
        internal void Skip(string reason)
        {
            skippedReason = skippedReason ?? reason;
            skippedCount++;
        }

        /// <summary>Takes the frames of the message behind this one, if both are small and whole. Not while this one is read.</summary>
        /// <returns>Whether it did; then the other one isn't needed any more.</returns>
        internal bool TryMerge(Message behind)
        {
            int offset = Buffer.Count;
            if (skippedCount + behind.skippedCount > 0 || FramingReason != null || behind.FramingReason != null
                || offset + (long)behind.Buffer.Count > Math.Min(MergedBytes, Buffer.MaxBytes))
            {
                return false;
            }

            Buffer.Append(behind.Buffer.Bytes, 0, behind.Buffer.Count);
            for (int i = 0; i < behind.FrameCount; i++)
            {
                FrameRef frame = behind.frames[i];
                Add(new FrameRef(frame.Kind, offset + frame.FieldsStart, offset + frame.End));
            }

            Parts += behind.Parts;
            return true;
        }

        /// <summary>Takes the next frame; false behind the last.</summary>
        internal bool TryNext(out FrameKind kind, out MsgPackReader fields)
        {
            if (next == FrameCount)
            {
                kind = default(FrameKind);
                fields = default(MsgPackReader);
                return false;
            }

            FrameRef frame = frames[next++];
            kind = frame.Kind;
            fields = new MsgPackReader(Buffer.Bytes, frame.FieldsStart, frame.End);
            return true;
        }

        /// <summary>Makes it ready for another message.</summary>
        internal void Reset()
        {
            Buffer.Reset();
            if (frames.Length > KeptFrames)
            {
                frames = new FrameRef[16];
            }

            next = 0;
            Parts = 1;
            FrameCount = 0;
            skippedCount = 0;
            skippedReason = null;
            FramingReason = null;
        }

        private void Add(FrameRef frame)
        {
            if (FrameCount == frames.Length)
            {
                Array.Resize(ref frames, frames.Length * 2);
            }

            frames[FrameCount++] = frame;
        }

        private struct FrameRef
        {
            internal readonly FrameKind Kind;
            internal readonly int FieldsStart;
            internal readonly int End;

            internal FrameRef(FrameKind kind, int fieldsStart, int end)
            {
                Kind = kind;
                FieldsStart = fieldsStart;
                End = end;
            }
        }
    }
}
