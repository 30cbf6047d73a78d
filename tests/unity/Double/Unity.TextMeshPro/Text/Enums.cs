using System;

namespace TMPro
{
    public enum HorizontalAlignmentOptions
    {
        Left = 0x1,
        Center = 0x2,
        Right = 0x4,
        Justified = 0x8,
        Flush = 0x10,
        Geometry = 0x20,
    }

    public enum VerticalAlignmentOptions
    {
        Top = 0x100,
        Middle = 0x200,
        Bottom = 0x400,
        Baseline = 0x800,
        Geometry = 0x1000,
        Capline = 0x2000,
    }

    public enum TextAlignmentOptions
    {
        TopLeft = 0x101,
        Top = 0x102,
        TopRight = 0x104,
        TopJustified = 0x108,
        Left = 0x201,
        Center = 0x202,
        Right = 0x204,
        Justified = 0x208,
        BottomLeft = 0x401,
        Bottom = 0x402,
        BottomRight = 0x404,
        BottomJustified = 0x408,
        BaselineLeft = 0x801,
        Baseline = 0x802,
        BaselineRight = 0x804,
        MidlineLeft = 0x1001,
        Midline = 0x1002,
        MidlineRight = 0x1004,
        CaplineLeft = 0x2001,
        Capline = 0x2002,
        CaplineRight = 0x2004,
    }

    public enum TextOverflowModes
    {
        Overflow = 0,
        Ellipsis = 1,
        Masking = 2,
        Truncate = 3,
        ScrollRect = 4,
        Page = 5,
        Linked = 6,
    }

#if UNITY_6000_0_OR_NEWER
    public enum TextWrappingModes
    {
        NoWrap = 0,
        Normal = 1,
        PreserveWhitespace = 2,
        PreserveWhitespaceNoWrap = 3,
    }
#endif

    [Flags]
    public enum FontStyles
    {
        Normal = 0x0,
        Bold = 0x1,
        Italic = 0x2,
        Underline = 0x4,
        LowerCase = 0x8,
        UpperCase = 0x10,
        SmallCaps = 0x20,
        Strikethrough = 0x40,
        Superscript = 0x80,
        Subscript = 0x100,
        Highlight = 0x200,
    }

    [Flags]
    public enum TMP_VertexDataUpdateFlags
    {
        None = 0x0,
        Vertices = 0x1,
        Uv0 = 0x2,
        Uv2 = 0x4,
        Uv4 = 0x8,
        Colors32 = 0x10,
        All = 0xFF,
    }

    public enum TMP_TextElementType
    {
        Character = 0,
        Sprite = 1,
    }
}
