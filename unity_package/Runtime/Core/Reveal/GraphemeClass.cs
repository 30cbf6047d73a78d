namespace Loquent.Core.Reveal
{
    /// <summary>
    /// The values of Grapheme_Cluster_Break in UAX #29, divided where Extended_Pictographic and Indic_Conjunct_Break divide them. The numbers are
    /// those of tests/unity/unicode_tables.py.
    /// </summary>
    internal enum GraphemeClass
    {
        Other,
        CarriageReturn,
        LineFeed,
        Control,

        /// <summary>A combining mark or the like, with a combining class.</summary>
        Extend,
        Joiner,
        RegionalIndicator,
        Prepend,
        SpacingMark,
        HangulL,
        HangulV,
        HangulT,
        HangulLV,
        HangulLVT,
        Pictographic,

        /// <summary>A letter of a script with conjuncts.</summary>
        Consonant,

        /// <summary>The sign that binds two such letters; it extends as well.</summary>
        Linker,

        /// <summary>Extends, but isn't allowed inside of a conjunct.</summary>
        ExtendWithoutClass,
    }
}
