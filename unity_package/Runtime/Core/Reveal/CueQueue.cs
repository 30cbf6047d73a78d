using System;

namespace Loquent.Core.Reveal
{
    /// <summary>Cues that wait for the reveal to reach them, in the order in which they came.</summary>
    internal sealed class CueQueue
    {
        private Cue[] cues = new Cue[8];
        private int start;
        private int count;

        internal void Add(Cue cue)
        {
            if (count == cues.Length)
            {
                var more = new Cue[count * 2];
                for (int i = 0; i < count; i++)
                {
                    more[i] = cues[(start + i) % count];
                }

                cues = more;
                start = 0;
            }

            cues[(start + count++) % cues.Length] = cue;
        }

        /// <summary>Takes the next cue, if the reveal has come so far.</summary>
        /// <param name="reached">So many chars of the reply have been reached.</param>
        /// <param name="cue">The cue.</param>
        internal bool TryTake(int reached, out Cue cue)
        {
            cue = null;
            if (count == 0 || cues[start].Position > reached)
            {
                return false;
            }

            cue = cues[start];
            cues[start] = null;
            start = (start + 1) % cues.Length;
            count--;
            return true;
        }

        internal void Clear()
        {
            Array.Clear(cues, 0, cues.Length);
            start = 0;
            count = 0;
        }
    }
}
