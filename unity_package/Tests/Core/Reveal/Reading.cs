using System.Collections.Generic;
using System.Text;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>A reply that comes and is revealed, with a clock of its own.</summary>
    internal sealed class Reading
    {
        internal Reading(float width = 40, int lines = 4)
        {
            Format = new PageFormat(width) { Lines = lines };
            Reveal = new ReplyReveal(new FixedMeasure(), Format, Settings);
            Reveal.CueReached += cue => Cues.Add(cue.Name + "@" + Now.ToString("0.00"));
            Reveal.PageTurned += () => Pages.Add(LastPage);
        }

        internal RevealSettings Settings { get; } = new RevealSettings();

        internal PageFormat Format { get; }

        internal ReplyReveal Reveal { get; }

        /// <summary>What has come.</summary>
        internal TextBuffer Text { get; private set; } = new TextBuffer(8);

        /// <summary>Seconds.</summary>
        internal double Now { get; private set; }

        /// <summary>Cues that have been reached, and when.</summary>
        internal List<string> Cues { get; } = new List<string>();

        /// <summary>Pages that have been turned, as they were.</summary>
        internal List<string> Pages { get; } = new List<string>();

        /// <summary>What can be seen, in the order of reading.</summary>
        internal string Seen
        {
            get
            {
                var seen = new StringBuilder();
                for (int i = 0; i < Reveal.Page.Length && Reveal.Page.ClusterOf(i) < Reveal.VisibleClusters; i++)
                {
                    seen.Append(Reveal.Page.Chars[i]);
                }

                return seen.ToString();
            }
        }

        private string LastPage { get; set; } = string.Empty;

        internal Reading Receive(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Text.Append(bytes, 0, bytes.Length);
            Reveal.Receive(Text);
            return this;
        }

        internal Reading Whole(string text)
        {
            Receive(text);
            Reveal.End();
            return this;
        }

        internal Reading Cue(string name)
        {
            Reveal.Receive(new Cue(name, null, Text.Length));
            return this;
        }

        /// <summary>Lets frames pass, the last one as long as is left.</summary>
        internal Reading Pass(double seconds, double frame = 1.0 / 72)
        {
            for (double left = seconds; left > 0; left -= frame)
            {
                double step = left < frame ? left : frame;
                Now += step;
                Frame(step);
            }

            return this;
        }

        /// <summary>Lets frames pass until all is shown, and for no longer than a time.</summary>
        internal Reading UntilComplete(double atMost = 600)
        {
            for (double end = Now + atMost; !Reveal.IsComplete;)
            {
                Assert.That(Now, Is.LessThan(end), "The reveal isn't complete; it has shown " + Reveal.ShownChars + " chars.");
                Pass(1.0 / 72);
            }

            return this;
        }

        internal Reading Clear()
        {
            Reveal.Clear();
            Text = new TextBuffer(8);
            return this;
        }

        private void Frame(double step)
        {
            // A page that turns has been noted as it was.
            LastPage = Reveal.Page.ToString();
            Reveal.Advance(step);
        }
    }
}
