namespace Loquent.Core.Reveal
{
    /// <summary>
    /// Finds where a line may be broken, by the rules of UAX #14 (Unicode 15.0) with their default tailoring, code point by code point. Whether it
    /// may be broken before a code point depends on that and on what came before, never on what follows.
    /// </summary>
    /// <remarks>
    /// Small kana don't begin a line (strict kinsoku). Scripts written without spaces whose words only a dictionary knows, such as Thai, break at
    /// spaces and zero width spaces only.
    /// </remarks>
    internal struct LineBreaker
    {
        private bool begun;
        private LineClass before;
        private LineClass beforeSpaces;
        private bool afterJoiner;
        private bool oddRegionalIndicators;
        private bool hebrewAndHyphen;

        /// <summary>Takes the next code point.</summary>
        /// <param name="record">Its record.</param>
        /// <returns>Whether a line may, or must, be broken before it.</returns>
        internal LineBreak Next(int record)
        {
            LineClass next = CodePoints.Line(record);
            bool isMark = next == LineClass.CombiningMark || next == LineClass.Joiner;
            LineBreak result = LineBreak.None;
            bool attaches = false;
            if (begun)
            {
                attaches = isMark && !IsBreakOrSpace(before); // LB9
                result = attaches ? LineBreak.None : Judge(isMark ? LineClass.Alphabetic : next);
            }

            begun = true;
            afterJoiner = next == LineClass.Joiner;
            if (attaches)
            {
                return result;
            }

            if (isMark)
            {
                next = LineClass.Alphabetic; // LB10
            }

            oddRegionalIndicators = next == LineClass.RegionalIndicator && !oddRegionalIndicators;
            hebrewAndHyphen = before == LineClass.HebrewLetter && (next == LineClass.Hyphen || next == LineClass.BreakAfter);
            before = next;
            beforeSpaces = next == LineClass.Space ? beforeSpaces : next;
            return result;
        }

        private static bool IsBreak(LineClass value)
        {
            return value == LineClass.MandatoryBreak || value == LineClass.CarriageReturn || value == LineClass.LineFeed
                || value == LineClass.NextLine;
        }

        private static bool IsBreakOrSpace(LineClass value)
        {
            return IsBreak(value) || value == LineClass.Space || value == LineClass.ZeroWidthSpace;
        }

        private static bool IsLetter(LineClass value)
        {
            return value == LineClass.Alphabetic || value == LineClass.HebrewLetter;
        }

        private static bool IsHangul(LineClass value)
        {
            return value >= LineClass.HangulLV && value <= LineClass.HangulT;
        }

        private static bool IsIdeograph(LineClass value)
        {
            return value == LineClass.Ideographic || value == LineClass.UnassignedPictographic || value == LineClass.EmojiBase
                || value == LineClass.EmojiModifier;
        }

        private static bool IsOpen(LineClass value)
        {
            return value == LineClass.Open || value == LineClass.WideOpen;
        }

        private static bool IsClose(LineClass value)
        {
            return value == LineClass.Close || value == LineClass.CloseParenthesis || value == LineClass.WideCloseParenthesis;
        }

        /// <summary>LB4 to LB18: what spaces, line ends and joiners say.</summary>
        private LineBreak Judge(LineClass next)
        {
            if (IsBreak(before))
            {
                bool pair = before == LineClass.CarriageReturn && next == LineClass.LineFeed;
                return pair ? LineBreak.None : LineBreak.Mandatory; // LB4, LB5
            }

            if (IsBreak(next) || next == LineClass.Space || next == LineClass.ZeroWidthSpace)
            {
                return LineBreak.None; // LB6, LB7
            }

            bool allowed;
            if (beforeSpaces == LineClass.ZeroWidthSpace)
            {
                allowed = true; // LB8
            }
            else if (afterJoiner || next == LineClass.WordJoiner || before == LineClass.WordJoiner || before == LineClass.Glue)
            {
                allowed = false; // LB8a, LB11, LB12
            }
            else if (next == LineClass.Glue && before != LineClass.Space && before != LineClass.BreakAfter && before != LineClass.Hyphen)
            {
                allowed = false; // LB12a
            }
            else if (IsClose(next) || next == LineClass.Exclamation || next == LineClass.InfixSeparator || next == LineClass.BreakSymbol)
            {
                allowed = false; // LB13
            }
            else if (IsOpen(beforeSpaces)
                || (beforeSpaces == LineClass.Quotation && IsOpen(next))
                || (IsClose(beforeSpaces) && next == LineClass.NonStarter)
                || (beforeSpaces == LineClass.BreakBoth && next == LineClass.BreakBoth))
            {
                allowed = false; // LB14 to LB17
            }
            else
            {
                allowed = before == LineClass.Space || AllowsBetween(next); // LB18
            }

            return allowed ? LineBreak.Allowed : LineBreak.None;
        }

        /// <summary>LB19 to LB31: two that touch.</summary>
        private bool AllowsBetween(LineClass next)
        {
            if (next == LineClass.Quotation || before == LineClass.Quotation)
            {
                return false; // LB19
            }

            if (next == LineClass.Contingent || before == LineClass.Contingent)
            {
                return true; // LB20
            }

            if (next == LineClass.BreakAfter || next == LineClass.Hyphen || next == LineClass.NonStarter || next == LineClass.Inseparable
                || before == LineClass.BreakBefore || hebrewAndHyphen)
            {
                return false; // LB21, LB21a, LB22
            }

            if (IsLetter(next))
            {
                // LB21b, LB23, LB24, LB28, LB29, LB30
                return !(IsLetter(before) || before == LineClass.Numeric || before == LineClass.Prefix || before == LineClass.Postfix
                    || before == LineClass.InfixSeparator || before == LineClass.CloseParenthesis
                    || (before == LineClass.BreakSymbol && next == LineClass.HebrewLetter));
            }

            if (next == LineClass.Numeric)
            {
                // LB23, LB25, LB30
                return !(IsLetter(before) || before == LineClass.Postfix || before == LineClass.Prefix || before == LineClass.Hyphen
                    || before == LineClass.InfixSeparator || before == LineClass.Numeric || before == LineClass.BreakSymbol
                    || before == LineClass.CloseParenthesis);
            }

            if (next == LineClass.Postfix || next == LineClass.Prefix)
            {
                // LB23a, LB24, LB25, LB27
                return !(IsLetter(before) || IsClose(before) || before == LineClass.Numeric
                    || (next == LineClass.Postfix && (IsIdeograph(before) || IsHangul(before))));
            }

            if (IsOpen(next))
            {
                // LB25, LB30
                return !(before == LineClass.Postfix || before == LineClass.Prefix
                    || (next == LineClass.Open && (IsLetter(before) || before == LineClass.Numeric)));
            }

            if (IsHangul(next))
            {
                return !(before == LineClass.Prefix || JoinsHangul(next)); // LB26, LB27
            }

            if (IsIdeograph(next))
            {
                // LB23a, LB30b
                return !(before == LineClass.Prefix || (next == LineClass.EmojiModifier
                    && (before == LineClass.EmojiBase || before == LineClass.UnassignedPictographic)));
            }

            return next != LineClass.RegionalIndicator || !oddRegionalIndicators; // LB30a, LB31
        }

        private bool JoinsHangul(LineClass next)
        {
            switch (before)
            {
                case LineClass.HangulL:
                    return next != LineClass.HangulT;
                case LineClass.HangulV:
                case LineClass.HangulLV:
                    return next == LineClass.HangulV || next == LineClass.HangulT;
                case LineClass.HangulT:
                case LineClass.HangulLVT:
                    return next == LineClass.HangulT;
                default:
                    return false;
            }
        }
    }
}
