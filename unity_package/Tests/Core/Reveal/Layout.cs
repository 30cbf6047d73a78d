using System.Collections.Generic;
using Loquent.Core.Reveal;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>Lays text out that grows, and notes what is on each page.</summary>
    internal sealed class Layout
    {
        private readonly char[] chars;
        private readonly Pager pager;

        internal Layout(string text, float width, int lines, bool keepsJoiners = false)
        {
            chars = text.ToCharArray();
            pager = new Pager(new FixedMeasure(), new PageFormat(width) { Lines = lines, KeepsJoiners = keepsJoiners });
        }

        internal Page Page => pager.Page;

        internal bool IsDone => pager.IsDone;

        internal int Length { get; private set; }

        /// <summary>Gives the pages of a whole text, lines parted by U+000A.</summary>
        internal static List<string> Pages(string text, float width, int lines, bool keepsJoiners = false)
        {
            var layout = new Layout(text, width, lines, keepsJoiners);
            var pages = new List<string>();
            while (true)
            {
                layout.Grow(text.Length);
                pages.Add(layout.Page.ToString());
                if (layout.IsDone)
                {
                    return pages;
                }

                layout.TurnPage();
            }
        }

        /// <summary>More of the text has come.</summary>
        internal void Grow(int length)
        {
            Length = length;
            int budget = int.MaxValue;
            pager.Fill(chars, length, length == chars.Length, ref budget);
        }

        internal void TurnPage()
        {
            pager.TurnPage();
        }

        /// <summary>Where each character of the page stands: line, place in the line, and what it is.</summary>
        internal List<string> Places()
        {
            var places = new string[Page.ClusterCount];
            int line = 0;
            int start = 0;
            for (int i = 0; i < Page.Length; i++)
            {
                if (Page.Chars[i] == '\n')
                {
                    line++;
                    start = i + 1;
                }
                else
                {
                    int cluster = Page.ClusterOf(i);
                    places[cluster] = (places[cluster] ?? line + ":" + (i - start) + ":") + Page.Chars[i];
                }
            }

            return new List<string>(places);
        }
    }
}
