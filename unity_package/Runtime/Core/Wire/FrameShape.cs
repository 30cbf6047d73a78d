namespace Loquent.Core.Wire
{
    /// <summary>A field of a frame: its name in the specification, and what its value may be.</summary>
    internal sealed class FieldShape
    {
        internal readonly string Name;
        internal readonly ValueShape Value;

        internal FieldShape(string name, ValueShape value)
        {
            Name = name;
            Value = value;
        }
    }

    /// <summary>The grammar of one kind of frame.</summary>
    internal sealed class FrameShape
    {
        internal readonly FrameKind Kind;
        internal readonly FieldShape[] Fields;

        internal FrameShape(FrameKind kind, params FieldShape[] fields)
        {
            Kind = kind;
            Fields = fields;
        }

        /// <summary>The frame's name in the specification.</summary>
        internal string Name => Kind.ToString().ToLowerInvariant();
    }
}
