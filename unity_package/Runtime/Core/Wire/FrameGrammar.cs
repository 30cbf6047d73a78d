using System.Collections.Generic;

namespace Loquent.Core.Wire
{
    /// <summary>
    /// The frame table of loquent.v1, as protocol/frames.toml has it (a test compares them): the frames that one side receives.
    /// </summary>
    internal sealed class FrameGrammar
    {
        /// <summary>The largest integer of type uint: 2⁵³ − 1.</summary>
        internal const long LargestUInt = (1L << 53) - 1;

        internal static readonly MapShape Options = new MapShape(
            Entry("player", ValueShape.Text),
            Entry("player_name", ValueShape.Text),
            Entry("locale", ValueShape.Text),
            Entry("max_tokens", ValueShape.UInt));

        internal static readonly MapShape Limits = new MapShape(
            Entry("message_bytes", ValueShape.UInt),
            Entry("text_bytes", ValueShape.UInt),
            Entry("conversations", ValueShape.UInt),
            Entry("turns", ValueShape.UInt),
            Entry("images", ValueShape.UInt),
            Entry("image_bytes", ValueShape.UInt),
            Entry("beat_ms", ValueShape.UInt),
            Entry("grace_ms", ValueShape.UInt));

        internal static readonly MapShape Usage = new MapShape(
            Entry("prompt_tokens", ValueShape.UInt),
            Entry("cached_tokens", ValueShape.UInt),
            Entry("reply_tokens", ValueShape.UInt),
            Entry("first_ms", ValueShape.UInt),
            Entry("total_ms", ValueShape.UInt));

        /// <summary>What a client sends; a server receives these.</summary>
        internal static readonly FrameGrammar FromClient = new FrameGrammar(
            new FrameShape(
                FrameKind.Hello,
                Field("versions", ValueShape.ListOf(ValueShape.U32)),
                Field("client", ValueShape.Text),
                Field("token", ValueShape.Optional(ValueShape.Text)),
                Field("resume", ValueShape.Optional(ValueShape.TupleOf(ValueShape.Text, ValueShape.UInt, ValueShape.UInt)))),
            new FrameShape(
                FrameKind.Open,
                Field("conversation", ValueShape.U32),
                Field("character", ValueShape.Text),
                Field("options", Options)),
            new FrameShape(
                FrameKind.Say,
                Field("conversation", ValueShape.U32),
                Field("turn", ValueShape.U32),
                Field("text", ValueShape.Text),
                Field("images", ValueShape.ListOf(ValueShape.Bytes))),
            new FrameShape(
                FrameKind.Decide,
                Field("conversation", ValueShape.U32),
                Field("turn", ValueShape.U32),
                Field("question", ValueShape.Text),
                Field("options", ValueShape.ListOf(ValueShape.Text)),
                Field("images", ValueShape.ListOf(ValueShape.Bytes))),
            new FrameShape(
                FrameKind.Cancel,
                Field("turn", ValueShape.U32),
                Field("shown", ValueShape.UInt)),
            new FrameShape(
                FrameKind.Ack,
                Field("seq", ValueShape.UInt)),
            new FrameShape(
                FrameKind.Close,
                Field("conversation", ValueShape.U32)));

        /// <summary>What a server sends; a client receives these.</summary>
        internal static readonly FrameGrammar FromServer = new FrameGrammar(
            new FrameShape(
                FrameKind.Welcome,
                Field("version", ValueShape.U32),
                Field("session", ValueShape.Text),
                Field("epoch", ValueShape.UInt),
                Field("resumed", ValueShape.Bool),
                Field("limits", Limits)),
            new FrameShape(
                FrameKind.Opened,
                Field("seq", ValueShape.UInt),
                Field("conversation", ValueShape.U32),
                Field("name", ValueShape.Text),
                Field("cues", ValueShape.ListOf(ValueShape.Text)),
                Field("history", ValueShape.ListOf(ValueShape.TupleOf(ValueShape.Text, ValueShape.Text)))),
            new FrameShape(
                FrameKind.Begin,
                Field("seq", ValueShape.UInt),
                Field("conversation", ValueShape.U32),
                Field("turn", ValueShape.U32)),
            new FrameShape(
                FrameKind.Text,
                Field("seq", ValueShape.UInt),
                Field("turn", ValueShape.U32),
                Field("text", ValueShape.Text),
                Field("tokens", ValueShape.U32)),
            new FrameShape(
                FrameKind.Cue,
                Field("seq", ValueShape.UInt),
                Field("turn", ValueShape.U32),
                Field("name", ValueShape.Text),
                Field("argument", ValueShape.Optional(ValueShape.Text))),
            new FrameShape(
                FrameKind.Decision,
                Field("seq", ValueShape.UInt),
                Field("turn", ValueShape.U32),
                Field("index", ValueShape.U32),
                Field("probabilities", ValueShape.ListOf(ValueShape.Number))),
            new FrameShape(
                FrameKind.End,
                Field("seq", ValueShape.UInt),
                Field("turn", ValueShape.U32),
                Field("reason", ValueShape.Text),
                Field("usage", Usage)),
            new FrameShape(
                FrameKind.Fault,
                Field("seq", ValueShape.UInt),
                Field("refers", ValueShape.Optional(ValueShape.TupleOf(ValueShape.U32, ValueShape.U32))),
                Field("code", ValueShape.Text),
                Field("message", ValueShape.Text),
                Field("retry_after_ms", ValueShape.Optional(ValueShape.UInt))),
            new FrameShape(
                FrameKind.Goaway,
                Field("closes_in_ms", ValueShape.UInt)),
            new FrameShape(
                FrameKind.Beat));

        private readonly FrameShape[] byKind;

        private FrameGrammar(params FrameShape[] shapes)
        {
            Shapes = shapes;
            int largest = 0;
            foreach (FrameShape shape in shapes)
            {
                largest = System.Math.Max(largest, (int)shape.Kind);
            }

            byKind = new FrameShape[largest + 1];
            foreach (FrameShape shape in shapes)
            {
                byKind[(int)shape.Kind] = shape;
            }
        }

        /// <summary>All frames of this side, by kind.</summary>
        internal IReadOnlyList<FrameShape> Shapes { get; }

        /// <summary>Finds a frame's shape; null for a kind that isn't known.</summary>
        internal FrameShape Find(ulong kind)
        {
            return kind < (ulong)byKind.Length ? byKind[kind] : null;
        }

        private static FieldShape Field(string name, ValueShape value)
        {
            return new FieldShape(name, value);
        }

        private static KeyValuePair<string, ValueShape> Entry(string key, ValueShape value)
        {
            return new KeyValuePair<string, ValueShape>(key, value);
        }
    }
}
