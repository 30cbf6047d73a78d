namespace Loquent.Core.Reveal
{
    /// <summary>
    /// Finds the boundaries of extended grapheme clusters (UAX #29), code point by code point: what a reader takes for one character. Whether a
    /// boundary stands before a code point depends on that and on what came before, never on what follows: so the end of a cluster is certain as soon
    /// as the next code point is there.
    /// </summary>
    internal struct GraphemeBreaker
    {
        private bool begun;
        private GraphemeClass before;
        private bool oddRegionalIndicators;
        private Emoji emoji;
        private Conjunct conjunct;

        /// <summary>How much of Extended_Pictographic Extend* ZWJ stands at the end (GB11).</summary>
        private enum Emoji
        {
            None,
            Begun,
            Joined,
        }

        /// <summary>How much of Consonant (Extend | Linker)* stands at the end, and whether a linker is in it (GB9c of Unicode 15.1).</summary>
        private enum Conjunct
        {
            None,
            Begun,
            Linked,
        }

        /// <summary>Takes the next code point.</summary>
        /// <param name="record">Its record.</param>
        /// <returns>Whether a boundary stands before it. There's one at the start of text.</returns>
        internal bool Next(int record)
        {
            GraphemeClass next = CodePoints.Grapheme(record);
            bool boundary = !begun || IsBoundary(next);
            begun = true;
            before = next;
            bool extends = next == GraphemeClass.Extend || next == GraphemeClass.Linker || next == GraphemeClass.ExtendWithoutClass;
            oddRegionalIndicators = next == GraphemeClass.RegionalIndicator && !oddRegionalIndicators;
            if (next == GraphemeClass.Pictographic)
            {
                emoji = Emoji.Begun;
            }
            else if (emoji != Emoji.Begun || !extends)
            {
                emoji = emoji == Emoji.Begun && next == GraphemeClass.Joiner ? Emoji.Joined : Emoji.None;
            }

            if (next == GraphemeClass.Consonant)
            {
                conjunct = Conjunct.Begun;
            }
            else if (conjunct != Conjunct.None && next != GraphemeClass.Extend && next != GraphemeClass.Joiner)
            {
                conjunct = next == GraphemeClass.Linker ? Conjunct.Linked : Conjunct.None;
            }

            return boundary;
        }

        private static bool IsControl(GraphemeClass value)
        {
            return value == GraphemeClass.Control || value == GraphemeClass.CarriageReturn || value == GraphemeClass.LineFeed;
        }

        private bool IsBoundary(GraphemeClass next)
        {
            if (before == GraphemeClass.Other && next == GraphemeClass.Other)
            {
                return true; // nearly always
            }

            if (IsControl(before) || IsControl(next))
            {
                return before != GraphemeClass.CarriageReturn || next != GraphemeClass.LineFeed;
            }

            switch (next)
            {
                case GraphemeClass.Extend:
                case GraphemeClass.ExtendWithoutClass:
                case GraphemeClass.Linker:
                case GraphemeClass.Joiner:
                case GraphemeClass.SpacingMark:
                    return false;
                case GraphemeClass.HangulL:
                case GraphemeClass.HangulLV:
                case GraphemeClass.HangulLVT:
                    return before != GraphemeClass.HangulL && before != GraphemeClass.Prepend;
                case GraphemeClass.HangulV:
                    return before != GraphemeClass.HangulL && before != GraphemeClass.HangulV && before != GraphemeClass.HangulLV
                        && before != GraphemeClass.Prepend;
                case GraphemeClass.HangulT:
                    return before != GraphemeClass.HangulV && before != GraphemeClass.HangulLV && before != GraphemeClass.HangulT
                        && before != GraphemeClass.HangulLVT && before != GraphemeClass.Prepend;
                case GraphemeClass.Consonant:
                    return conjunct != Conjunct.Linked && before != GraphemeClass.Prepend;
                case GraphemeClass.Pictographic:
                    return emoji != Emoji.Joined && before != GraphemeClass.Prepend;
                case GraphemeClass.RegionalIndicator:
                    return !oddRegionalIndicators && before != GraphemeClass.Prepend;
                default:
                    return before != GraphemeClass.Prepend;
            }
        }
    }
}
