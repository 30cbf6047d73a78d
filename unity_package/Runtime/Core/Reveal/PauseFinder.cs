namespace Loquent.Core.Reveal
{
    /// <summary>
    /// Finds where a reader pauses. A pause comes behind the quotes and brackets that close what has ended. Behind the points, commas and colons of
    /// Western scripts it comes only if a space or the line's end follows: not in 3.14, 12:30 or a.txt.
    /// </summary>
    internal struct PauseFinder
    {
        private PauseKind pending;
        private bool needsSpace;
        private bool afterSpace;
        private bool afterDot;

        /// <summary>Takes the next character.</summary>
        /// <param name="codePoint">Its first code point.</param>
        /// <param name="record">The record of that.</param>
        /// <param name="beginsLine">Whether a line begins with it.</param>
        /// <param name="beginsParagraph">Whether a line end of the text comes before it.</param>
        /// <returns>The pause before it.</returns>
        internal PauseKind Next(int codePoint, int record, bool beginsLine, bool beginsParagraph)
        {
            PauseKind found = PauseKind.None;
            PauseKind own = KindOf(codePoint);
            bool isSpace = CodePoints.Line(record) == LineClass.Space;
            if (beginsParagraph)
            {
                found = PauseKind.Paragraph;
                pending = PauseKind.None;
            }
            else if (own >= PauseKind.Sentence && pending >= PauseKind.Sentence && !beginsLine)
            {
                // Signs in a row make one pause, behind the last.
                own = codePoint == '.' && afterDot ? PauseKind.Ellipsis : own > pending ? own : pending;
                pending = PauseKind.None;
            }
            else if (beginsLine || !Closes(record))
            {
                found = isSpace || beginsLine || !needsSpace ? pending : PauseKind.None;
                pending = PauseKind.None;
            }

            if (own != PauseKind.None)
            {
                pending = own;
                needsSpace = !CodePoints.IsWide(record) && own != PauseKind.Ellipsis && (own != PauseKind.Dash || codePoint == '-');
            }

            afterSpace = isSpace || beginsLine;
            afterDot = codePoint == '.';
            return found;
        }

        private static bool Closes(int record)
        {
            LineClass value = CodePoints.Line(record);
            return value == LineClass.Quotation || value == LineClass.CloseParenthesis || value == LineClass.WideCloseParenthesis
                || value == LineClass.Close;
        }

        private PauseKind KindOf(int codePoint)
        {
            switch (codePoint)
            {
                case ',':
                case ';':
                case ':':
                case 0x060c: // Arabic comma and semicolon
                case 0x061b:
                case 0x3001: // ideographic comma
                case 0xff0c: // wide comma, colon, semicolon
                case 0xff1a:
                case 0xff1b:
                    return PauseKind.Comma;
                case '-':
                    return afterSpace ? PauseKind.Dash : PauseKind.None;
                case 0x2013:
                case 0x2014:
                case 0x2015:
                    return PauseKind.Dash;
                case '.':
                case '!':
                case '?':
                case 0x061f: // Arabic question mark
                case 0x06d4: // Arabic full stop
                case 0x0964: // danda
                case 0x0965:
                case 0x203c: // pairs of ! and ?
                case 0x2047:
                case 0x2048:
                case 0x2049:
                case 0x3002: // ideographic full stop
                case 0xff01: // wide ! . ?
                case 0xff0e:
                case 0xff1f:
                    return PauseKind.Sentence;
                case 0x2025:
                case 0x2026:
                case 0x22ef:
                    return PauseKind.Ellipsis;
                default:
                    return PauseKind.None;
            }
        }
    }
}
