namespace Loquent.Core.Reveal
{
    /// <summary>
    /// The values of Line_Break in UAX #14 as rule LB1 resolves them (scripts without spaces, such as Thai, count as alphabetic; small kana as
    /// non-starters), divided where East_Asian_Width and Extended_Pictographic divide them. The numbers are those of tests/unity/unicode_tables.py.
    /// </summary>
    internal enum LineClass
    {
        Alphabetic,
        MandatoryBreak,
        CarriageReturn,
        LineFeed,
        NextLine,
        Space,
        ZeroWidthSpace,
        WordJoiner,
        Joiner,
        CombiningMark,
        Glue,
        BreakAfter,
        BreakBefore,
        Hyphen,
        Contingent,
        Close,
        CloseParenthesis,
        Exclamation,
        Inseparable,
        NonStarter,
        Open,
        Quotation,
        InfixSeparator,
        Numeric,
        Postfix,
        Prefix,
        BreakSymbol,
        BreakBoth,
        HebrewLetter,
        Ideographic,
        EmojiBase,
        EmojiModifier,
        HangulLV,
        HangulLVT,
        HangulL,
        HangulV,
        HangulT,
        RegionalIndicator,

        /// <summary>Open, of East Asian width.</summary>
        WideOpen,

        /// <summary>CloseParenthesis, of East Asian width.</summary>
        WideCloseParenthesis,

        /// <summary>Ideographic, reserved for a pictograph to come.</summary>
        UnassignedPictographic,
    }
}
