using System;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// Lays a growing text out in lines and pages, one page at a time, and only what is certain: a word is placed once all of it is there, so it
    /// never jumps from a line's end to the next line. A word wider than a line is placed on lines of its own, character by character.
    /// </summary>
    /// <remarks>
    /// It reads the source where it is, and no further than the page goes; what it holds is bounded by the page. Each code point costs the same,
    /// whatever the length of the text. A line with right-to-left text is placed once it's whole, but for the left-to-right words at its beginning.
    /// </remarks>
    internal sealed class Pager
    {
        /// <summary>A longer character is cut, so that all is bounded.</summary>
        private const int MostPointsOfCluster = 32;

        /// <summary>A word of more characters than this is placed like one wider than a line.</summary>
        private const int MostClustersOfWord = 256;

        /// <summary>A line has no more characters than this, however narrow they are.</summary>
        private const int MostClustersOfLine = 512;

        private const int SoftHyphen = 0xad;
        private const int ZeroWidthSpace = 0x200b;
        private const int WordJoiner = 0x2060;

        private readonly ITextMeasure measure;
        private readonly PageFormat format;
        private readonly ShownText text = new ShownText();
        private readonly LineOrder order = new LineOrder();
        private readonly char[] hyphenChars = { '-' };
        private readonly char[] spaceChars = { ' ' };

        // The word that is being read: its characters, of which the first may be placed already, and the one that may still grow.
        private char[] wordChars = new char[256];
        private PageCluster[] word = new PageCluster[64];
        private int wordLength;
        private int wordCount;
        private int wordTaken;
        private float wordWidth;
        private float wordSpaces;
        private bool wordIsWhole;
        private bool wordIsLong;
        private bool endsWithSoftHyphen;
        private PageCluster open;
        private int openPoints;

        // The line that is being filled.
        private float lineWidth;
        private int lineStart;
        private int line;
        private int lineEndsDue;
        private bool lineHasRightToLeft;
        private PageCluster hyphen;
        private bool hyphenDue;
        private PageCluster space;
        private int spacesDue;

        private GraphemeBreaker graphemes;
        private LineBreaker breaks;
        private PauseFinder pauses;
        private SourcePoint waiting;
        private bool isWaiting;
        private bool isFlushed;
        private bool beginsParagraph;

        // Of the page that is being filled.
        private float pageWidth;
        private int pageLines;

        /// <param name="measure">Measures characters.</param>
        /// <param name="format">What a page holds.</param>
        internal Pager(ITextMeasure measure, PageFormat format)
        {
            this.measure = measure;
            this.format = format;
            Restart();
        }

        /// <summary>The page.</summary>
        internal Page Page { get; } = new Page();

        /// <summary>Whether the text is whole and all of it has been placed.</summary>
        internal bool IsDone { get; private set; }

        /// <summary>How many scalar values the source has, once it's done.</summary>
        internal long Scalars => text.Scalars;

        /// <summary>Begins a text anew, on its first page.</summary>
        internal void Restart()
        {
            text.Restart();
            order.BeginParagraph();
            graphemes = default(GraphemeBreaker);
            breaks = default(LineBreaker);
            pauses = default(PauseFinder);
            wordLength = 0;
            wordCount = 0;
            wordTaken = 0;
            wordWidth = 0;
            wordSpaces = 0;
            wordIsWhole = false;
            wordIsLong = false;
            endsWithSoftHyphen = false;
            open = default(PageCluster);
            openPoints = 0;
            isWaiting = false;
            isFlushed = false;
            IsDone = false;
            beginsParagraph = false;
            BeginPage(0);
        }

        /// <summary>Places what is certain, until the page is full.</summary>
        /// <param name="source">Holds the text.</param>
        /// <param name="length">How many chars of the array are text.</param>
        /// <param name="isWhole">Whether no more text will come.</param>
        /// <param name="budget">How many code points may still be read. Counted down.</param>
        internal void Fill(char[] source, int length, bool isWhole, ref int budget)
        {
            while (!Page.IsFull && !IsDone)
            {
                if (!isWaiting && text.TryRead(source, length, isWhole, format.JoinsArabic, ref budget, out SourcePoint point))
                {
                    Take(point);
                }
                else if (!isWaiting && !isFlushed)
                {
                    if (!isWhole || !text.IsDone(length))
                    {
                        return;
                    }

                    CloseCluster();
                    wordIsWhole = true;
                    isFlushed = true;
                }

                if (!PlaceWord())
                {
                    Page.IsFull = true;
                }
                else if (isWaiting)
                {
                    isWaiting = false;
                    Begin(ref waiting);
                }
                else if (isFlushed)
                {
                    EndLine();
                    IsDone = true;
                }
            }
        }

        /// <summary>Turns to the next page. What the full page had no room for goes there with the next <see cref="Fill"/>.</summary>
        internal void TurnPage()
        {
            BeginPage(Page.Number + 1);
        }

        private static bool IsDrawn(int codePoint, bool keepsJoiners)
        {
            switch (codePoint)
            {
                case SoftHyphen:
                case ZeroWidthSpace:
                case WordJoiner:
                    return false;
                case 0x200c:
                case 0x200d:
                    return keepsJoiners;
                default:
                    return keepsJoiners || codePoint < 0xfe00 || codePoint > 0xfe0f;
            }
        }

        private void BeginPage(int number)
        {
            Page.Begin(number);
            pageWidth = format.Width;
            pageLines = format.Lines;
            lineWidth = 0;
            lineStart = 0;
            line = 0;
            lineEndsDue = 0;
            lineHasRightToLeft = false;
            hyphenDue = false;
            spacesDue = 0;
        }

        /// <summary>Takes the next code point: it ends what is before it, and waits until that has been placed.</summary>
        private void Take(SourcePoint point)
        {
            waiting = point;
            isWaiting = true;
            if (point.CodePoint == '\n')
            {
                CloseCluster();
                wordIsWhole = true;
                return;
            }

            bool boundary = graphemes.Next(point.Record) | point.CodePoint == ' '; // a space stays one behind a prefix too
            bool mayBreak = breaks.Next(point.Record) != LineBreak.None;
            if (boundary || openPoints == MostPointsOfCluster)
            {
                CloseCluster();
                wordIsWhole = boundary && mayBreak;
            }
        }

        /// <summary>Begins with the code point that waited: a line end, or more of the word.</summary>
        private void Begin(ref SourcePoint point)
        {
            if (point.CodePoint == '\n')
            {
                graphemes = default(GraphemeBreaker);
                breaks = default(LineBreaker);
                beginsParagraph = true;
                hyphenDue = false;
                if (Page.Placed > 0)
                {
                    EndLine();
                    lineEndsDue = Math.Min(lineEndsDue + 1, SafeText.MostLineEnds);
                }

                order.BeginParagraph();
                return;
            }

            if (openPoints++ == 0)
            {
                open.Start = wordLength;
                open.Count = 0;
                open.FirstPoint = point.CodePoint;
                open.Record = point.Record;
            }

            open.SourceEnd = point.Position;
            open.ScalarEnd = point.Scalars;
            if (IsDrawn(point.CodePoint, format.KeepsJoiners))
            {
                if (wordLength + 2 > wordChars.Length)
                {
                    Array.Resize(ref wordChars, wordChars.Length * 2);
                }

                int count = CodePoints.Write(point.CodePoint, wordChars, wordLength);
                wordLength += count;
                open.Count += count;
            }
        }

        /// <summary>The character that was open has ended, and belongs to the word.</summary>
        private void CloseCluster()
        {
            if (openPoints == 0)
            {
                return;
            }

            openPoints = 0;
            endsWithSoftHyphen = open.FirstPoint == SoftHyphen;
            if (endsWithSoftHyphen)
            {
                hyphen = open;
                hyphen.Start = 0;
                hyphen.Count = 1;
                hyphen.FirstPoint = '-';
                hyphen.Record = CodePoints.Record('-');
                hyphen.Width = WidthOf(hyphenChars, 0, 1);
            }

            if (open.Count == 0)
            {
                return; // it only says where a line may be broken
            }

            open.Width = WidthOf(wordChars, open.Start, open.Count);
            if (open.IsSpace)
            {
                wordSpaces += open.Width;
            }
            else
            {
                wordWidth += wordSpaces + open.Width;
                wordSpaces = 0;
            }

            if (wordCount == word.Length)
            {
                Array.Resize(ref word, word.Length * 2);
            }

            word[wordCount++] = open;
        }

        private float WidthOf(char[] chars, int start, int count)
        {
            float width = measure.Width(chars, start, count);
            return width > 0 ? width : 0; // also for what is no number
        }

        /// <summary>Places the word if it's whole, or as much as there is of it if it's longer than a line.</summary>
        /// <returns>False if the page has no room for it.</returns>
        private bool PlaceWord()
        {
            bool wasLong = wordIsLong;
            wordIsLong |= wordWidth > pageWidth || wordCount > MostClustersOfWord;
            if (openPoints > 0 || (!wordIsWhole && !wordIsLong))
            {
                return true;
            }

            int visible = wordCount;
            while (visible > wordTaken && word[visible - 1].IsSpace)
            {
                visible--;
            }

            if (visible > wordTaken && !wasLong && !FitsLine(wordWidth + (endsWithSoftHyphen ? hyphen.Width : 0), visible))
            {
                WrapLine();
            }

            for (; wordTaken < visible; wordTaken++)
            {
                if (word[wordTaken].IsSpace)
                {
                    AddSpace(ref word[wordTaken]);
                    continue;
                }

                if (wordIsLong && !FitsLine(word[wordTaken].Width, 1))
                {
                    WrapLine();
                }

                if (!OpenLine())
                {
                    return false;
                }

                PlaceSpaces();
                Place(wordChars, ref word[wordTaken]);
            }

            for (; wordTaken < wordCount; wordTaken++)
            {
                AddSpace(ref word[wordTaken]);
            }

            hyphenDue |= wordIsWhole && endsWithSoftHyphen && spacesDue == 0;
            ShowLine();
            wordLength = 0;
            wordCount = 0;
            wordTaken = 0;
            wordWidth = 0;
            wordSpaces = 0;
            wordIsLong &= !wordIsWhole;
            wordIsWhole = false;
            return true;
        }

        /// <summary>Tells whether so much more fits on the line. On one that is empty, whatever comes has its place.</summary>
        private bool FitsLine(float width, int count)
        {
            int placed = Page.Placed - lineStart;
            return placed == 0 || lineEndsDue > 0
                || (lineWidth + (spacesDue * space.Width) + width <= pageWidth && placed + spacesDue + count <= MostClustersOfLine);
        }

        /// <summary>Ends a line because the next word doesn't fit. Spaces at its end aren't placed.</summary>
        private void WrapLine()
        {
            if (hyphenDue)
            {
                Place(hyphenChars, ref hyphen);
            }

            EndLine();
            lineEndsDue = 1;
        }

        /// <summary>Begins the lines that are due.</summary>
        /// <returns>False if the page has no room for them.</returns>
        private bool OpenLine()
        {
            if (lineEndsDue == 0)
            {
                return true;
            }

            if (line + lineEndsDue >= pageLines)
            {
                return false;
            }

            for (; lineEndsDue > 0; lineEndsDue--)
            {
                Page.DrawLineEnd();
                line++;
            }

            lineStart = Page.Placed;
            lineWidth = 0;
            lineHasRightToLeft = false;
            return true;
        }

        /// <summary>Spaces are placed once something follows them on the line.</summary>
        private void AddSpace(ref PageCluster cluster)
        {
            space = cluster;
            space.Start = 0;
            spacesDue++;
        }

        /// <summary>Places the spaces before a word; none where a line begins.</summary>
        private void PlaceSpaces()
        {
            for (; spacesDue > 0; spacesDue--)
            {
                if (Page.Placed > lineStart)
                {
                    Place(spaceChars, ref space);
                }
            }
        }

        private void Place(char[] from, ref PageCluster cluster)
        {
            hyphenDue = false;
            cluster.Pause = pauses.Next(cluster.FirstPoint, cluster.Record, Page.Placed == lineStart, beginsParagraph);
            beginsParagraph = false;
            BidiClass bidi = CodePoints.Bidi(cluster.Record);
            lineHasRightToLeft |= order.Turns(bidi);
            lineWidth += cluster.Width;
            Page.Place(from, ref cluster);
        }

        /// <summary>Shows what has been placed on the line, if nothing that may follow can move it.</summary>
        private void ShowLine()
        {
            if (order.IsPlain && !lineHasRightToLeft && Page.ClusterCount < Page.Placed)
            {
                ShowPlaced(false);
            }
        }

        /// <summary>The line is whole: shows the rest of it.</summary>
        private void EndLine()
        {
            spacesDue = 0;
            hyphenDue = false;
            if (Page.ClusterCount < Page.Placed)
            {
                order.Settle();
                ShowPlaced(lineHasRightToLeft || !order.IsLeftToRight);
            }

            order.EndLine();
        }

        private void ShowPlaced(bool turns)
        {
            if (Page.ClusterCount == 0)
            {
                Page.IsRightToLeft = !order.IsLeftToRight;
            }

            if (turns)
            {
                order.Draw(Page, lineStart);
            }
            else
            {
                for (int i = Page.ClusterCount; i < Page.Placed; i++)
                {
                    Page.Draw(i, '\0');
                }
            }

            Page.LineCount = line + 1;
            Page.Show(Page.Placed);
        }
    }
}
