namespace Loquent.Core.Reveal
{
    /// <summary>The values of Joining_Type: to which sides a letter joins. The numbers are those of tests/unity/unicode_tables.py.</summary>
    internal enum JoiningType
    {
        None,

        /// <summary>Joins the letter before it.</summary>
        Right,

        /// <summary>Joins both neighbours.</summary>
        Dual,

        /// <summary>Makes both neighbours join, and has no form of its own.</summary>
        Causing,

        /// <summary>Joins the letter behind it.</summary>
        Left,

        /// <summary>A mark: neighbours join past it.</summary>
        Transparent,
    }
}
