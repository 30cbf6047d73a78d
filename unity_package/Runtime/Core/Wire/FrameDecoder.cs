namespace Loquent.Core.Wire
{
    /// <summary>What the next bytes of a message are.</summary>
    internal enum Outcome
    {
        /// <summary>A frame that obeys its grammar.</summary>
        Frame,

        /// <summary>A frame that breaks its grammar, or a value that's no frame. The next frame can be read.</summary>
        Malformed,

        /// <summary>Bytes that can't be read; where the next frame starts is unknown.</summary>
        FramingLost,

        /// <summary>The message is over.</summary>
        End
    }

    /// <summary>
    /// The one place where bytes become frames: goes over a message frame by frame and checks each against the grammar. Frames of
    /// unknown kinds are skipped silently. Nothing is copied: a frame's fields are then read where they are.
    /// </summary>
    /// <remarks>An instance serves one thread at a time, and allocates only the sentence about what's wrong.</remarks>
    internal sealed class FrameDecoder
    {
        private readonly FrameGrammar grammar;
        private readonly ValueWalk walk = new ValueWalk();
        private byte[] bytes;
        private int position;
        private int end;
        private int frameEnd;

        /// <param name="grammar">The frames that this side receives.</param>
        internal FrameDecoder(FrameGrammar grammar)
        {
            this.grammar = grammar;
        }

        /// <summary>The grammar of the frame that came last.</summary>
        internal FrameShape Shape { get; private set; }

        /// <summary>Offset of the first field of the frame that came last, and the end of its bytes.</summary>
        internal int FieldsStart { get; private set; }

        /// <summary>Offset behind the frame that came last.</summary>
        internal int FrameEnd => frameEnd;

        /// <summary>What was wrong with it, a sentence; null after a frame.</summary>
        internal string Reason { get; private set; }

        /// <summary>Begins with a message.</summary>
        internal void Start(byte[] message, int start, int count)
        {
            bytes = message;
            position = start;
            end = start + count;
        }

        /// <summary>Goes on to the next frame of a known kind, or to what else there is.</summary>
        internal Outcome Next()
        {
            Shape = null;
            Reason = null;
            while (position < end)
            {
                if (!walk.TryFindEnd(bytes, position, end, out frameEnd))
                {
                    Reason = "The message can't be read from its byte " + position + " on: " + walk.Reason + ".";
                    position = end;
                    return Outcome.FramingLost;
                }

                var reader = new MsgPackReader(bytes, position, frameEnd);
                position = frameEnd;
                if (!reader.TryReadArray(out int count))
                {
                    return Broken("A frame is a msgpack array; this value isn't one.");
                }

                if (count == 0 || !reader.TryReadUnsigned(ulong.MaxValue, out ulong kind))
                {
                    return Broken("A frame's first element is its kind, a non-negative integer.");
                }

                FrameShape shape = grammar.Find(kind);
                if (shape != null)
                {
                    return Check(shape, count - 1, reader);
                }
            }

            return Outcome.End;
        }

        private Outcome Check(FrameShape shape, int count, MsgPackReader reader)
        {
            FieldsStart = reader.Position;
            for (int i = 0; i < shape.Fields.Length; i++)
            {
                FieldShape field = shape.Fields[i];
                if (i >= count)
                {
                    return Broken(shape.Name + " has " + shape.Fields.Length + " fields; " + field.Name + " is missing.");
                }

                if (!field.Value.Accepts(ref reader, walk))
                {
                    return Broken(shape.Name + "." + field.Name + " must be " + field.Value + ".");
                }
            }

            Shape = shape;
            return Outcome.Frame;
        }

        private Outcome Broken(string reason)
        {
            Reason = reason;
            return Outcome.Malformed;
        }
    }
}
