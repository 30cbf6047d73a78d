using System;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// The code points to show of a growing text: <see cref="SafeText"/>, with Arabic letters in the forms in which they join. A letter's form
    /// depends on the next letter, so one letter, with its marks, is held back until that is there.
    /// </summary>
    internal sealed class ShownText
    {
        private const int Room = 64;

        private readonly SafeText safe = new SafeText();
        private readonly SourcePoint[] queue = new SourcePoint[Room];
        private int start;
        private int ready;
        private int end;
        private int held;
        private bool heldJoinsBefore;
        private bool lastJoins;

        internal ShownText()
        {
            Restart();
        }

        private bool HoldsLetter => held >= 0;

        /// <summary>Begins a text anew.</summary>
        internal void Restart()
        {
            safe.Restart();
            start = 0;
            ready = 0;
            end = 0;
            held = -1;
            lastJoins = false;
        }

        /// <summary>Tells whether nothing is left of a text that is whole.</summary>
        internal bool IsDone(int length)
        {
            return safe.Position == length && start == end;
        }

        /// <summary>How many scalar values the source has, once all is read.</summary>
        internal long Scalars => safe.Scalars;

        /// <summary>Reads the next code point to show.</summary>
        /// <param name="source">Holds the text.</param>
        /// <param name="length">How many chars of the array are text.</param>
        /// <param name="isWhole">Whether no more text will come.</param>
        /// <param name="joins">Whether Arabic letters get their forms.</param>
        /// <param name="budget">How many code points may still be read from the source. Counted down.</param>
        /// <param name="point">The code point, if there is one.</param>
        /// <returns>Whether there is one that is certain.</returns>
        internal bool TryRead(char[] source, int length, bool isWhole, bool joins, ref int budget, out SourcePoint point)
        {
            while (start == ready)
            {
                point = default(SourcePoint);
                if (!safe.TryRead(source, length, isWhole, ref budget, out point.CodePoint, out point.Record))
                {
                    if (!isWhole || !HoldsLetter || safe.Position < length)
                    {
                        return false;
                    }

                    Release(false);
                    continue;
                }

                point.Position = safe.Position;
                point.Scalars = safe.Scalars;
                JoiningType joining = joins ? CodePoints.Joining(point.Record) : JoiningType.None;
                if (!HoldsLetter && joining == JoiningType.None)
                {
                    lastJoins = false;
                    return true; // nearly always
                }

                Add(point, joining);
            }

            point = queue[start++];
            if (start == end)
            {
                start = 0;
                ready = 0;
                end = 0;
            }

            return true;
        }

        private void Add(SourcePoint point, JoiningType joining)
        {
            if (joining == JoiningType.Transparent)
            {
                if (HoldsLetter && end == Room)
                {
                    Release(false); // never with the marks that SafeText lets through
                }

                Enqueue(point, !HoldsLetter);
                return;
            }

            bool joinsBehind = joining == JoiningType.Right || joining == JoiningType.Dual || joining == JoiningType.Causing;
            if (HoldsLetter && queue[held].CodePoint == ArabicForms.Lam)
            {
                int ligature = ArabicForms.LamAlef(point.CodePoint, heldJoinsBefore);
                if (ligature != 0)
                {
                    ReleaseLigature(ligature, point);
                    return;
                }
            }

            Release(joinsBehind);
            bool joinsBefore = lastJoins && joinsBehind;
            lastJoins = joining == JoiningType.Dual || joining == JoiningType.Left || joining == JoiningType.Causing;
            bool hasForms = ArabicForms.Has(point.CodePoint);
            if (hasForms && joining == JoiningType.Dual)
            {
                Enqueue(point, false);
                held = end - 1;
                heldJoinsBefore = joinsBefore;
                return;
            }

            if (hasForms)
            {
                Change(ref point, ArabicForms.Of(point.CodePoint, joinsBefore, false));
            }

            Enqueue(point, true);
        }

        /// <summary>Gives the held letter its form.</summary>
        private void Release(bool joinsBehind)
        {
            if (HoldsLetter)
            {
                Change(ref queue[held], ArabicForms.Of(queue[held].CodePoint, heldJoinsBefore, joinsBehind));
                held = -1;
                ready = end;
            }
        }

        /// <summary>Makes one of the held lam and an alef; it stands for all that was read since.</summary>
        private void ReleaseLigature(int ligature, SourcePoint alef)
        {
            Change(ref queue[held], ligature);
            for (int i = held; i < end; i++)
            {
                queue[i].Position = alef.Position;
                queue[i].Scalars = alef.Scalars;
            }

            held = -1;
            ready = end;
            lastJoins = false;
        }

        private void Enqueue(SourcePoint point, bool isReady)
        {
            if (end == Room)
            {
                Array.Copy(queue, start, queue, 0, end - start);
                held -= HoldsLetter ? start : 0;
                ready -= start;
                end -= start;
                start = 0;
            }

            queue[end++] = point;
            ready = isReady ? end : ready;
        }

        private static void Change(ref SourcePoint point, int codePoint)
        {
            point.CodePoint = codePoint;
            point.Record = CodePoints.Record(codePoint);
        }
    }
}
