namespace Loquent.Core.Reveal
{
    /// <summary>
    /// The values of Bidi_Class in UAX #9, without the explicit ones: none of them is let through. The numbers are those of
    /// tests/unity/unicode_tables.py.
    /// </summary>
    internal enum BidiClass
    {
        Left,
        Right,
        ArabicLetter,
        EuropeanNumber,
        EuropeanSeparator,
        EuropeanTerminator,
        ArabicNumber,
        CommonSeparator,
        NonspacingMark,
        BoundaryNeutral,
        ParagraphSeparator,
        SegmentSeparator,
        WhiteSpace,
        OtherNeutral,
    }
}
