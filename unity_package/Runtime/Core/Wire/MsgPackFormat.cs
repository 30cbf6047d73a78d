namespace Loquent.Core.Wire
{
    /// <summary>
    /// The head bytes of msgpack's formats. The fix formats are ranges; the constant is the first byte of the range.
    /// See https://github.com/msgpack/msgpack/blob/master/spec.md.
    /// </summary>
    internal static class MsgPackFormat
    {
        internal const byte FixMap = 0x80;
        internal const byte FixArray = 0x90;
        internal const byte FixText = 0xa0;
        internal const byte Nil = 0xc0;
        internal const byte NeverUsed = 0xc1;
        internal const byte False = 0xc2;
        internal const byte True = 0xc3;
        internal const byte Bytes8 = 0xc4;
        internal const byte Bytes16 = 0xc5;
        internal const byte Bytes32 = 0xc6;
        internal const byte Ext8 = 0xc7;
        internal const byte Ext16 = 0xc8;
        internal const byte Ext32 = 0xc9;
        internal const byte Float32 = 0xca;
        internal const byte Float64 = 0xcb;
        internal const byte Unsigned8 = 0xcc;
        internal const byte Unsigned16 = 0xcd;
        internal const byte Unsigned32 = 0xce;
        internal const byte Unsigned64 = 0xcf;
        internal const byte Signed8 = 0xd0;
        internal const byte Signed16 = 0xd1;
        internal const byte Signed32 = 0xd2;
        internal const byte Signed64 = 0xd3;
        internal const byte FixExt1 = 0xd4;
        internal const byte FixExt16 = 0xd8;
        internal const byte Text8 = 0xd9;
        internal const byte Text16 = 0xda;
        internal const byte Text32 = 0xdb;
        internal const byte Array16 = 0xdc;
        internal const byte Array32 = 0xdd;
        internal const byte Map16 = 0xde;
        internal const byte Map32 = 0xdf;
        internal const byte NegativeFix = 0xe0;
    }
}
