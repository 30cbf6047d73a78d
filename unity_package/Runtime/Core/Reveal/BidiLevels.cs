using System;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// The levels of the characters of a line, and the order in which they are drawn: the implicit part of UAX #9 (rules P2, P3, W1 to W7, N0 to N2,
    /// I1, I2, L1, L2). There are no explicit embeddings, overrides or isolates: <see cref="SafeText"/> lets none through. Its arrays grow with the
    /// longest line, and are used again.
    /// </summary>
    internal sealed class BidiLevels
    {
        /// <summary>So many brackets may be open at once (BD16).</summary>
        private const int MostOpenBrackets = 63;

        private readonly int[] openClosings = new int[MostOpenBrackets];
        private readonly int[] openPlaces = new int[MostOpenBrackets];
        private BidiClass[] resolved = new BidiClass[128];
        private int[] closings = new int[128];
        private byte[] levels = new byte[128];

        /// <summary>Gives a character's level: even for left to right, odd for right to left.</summary>
        internal int this[int index] => levels[index];

        /// <summary>Gives the level of a paragraph: that of its first strong character, or 0.</summary>
        internal static int ParagraphLevel(BidiClass[] types, int count)
        {
            for (int i = 0; i < count; i++)
            {
                if (types[i] == BidiClass.Left || types[i] == BidiClass.Right || types[i] == BidiClass.ArabicLetter)
                {
                    return types[i] == BidiClass.Left ? 0 : 1;
                }
            }

            return 0;
        }

        /// <summary>Resolves the levels.</summary>
        /// <param name="types">The characters' classes.</param>
        /// <param name="points">The characters.</param>
        /// <param name="count">How many there are.</param>
        /// <param name="paragraph">The paragraph's level, 0 or 1.</param>
        /// <param name="before">What strong character stands before: Left, Right or ArabicLetter.</param>
        internal void Resolve(BidiClass[] types, int[] points, int count, int paragraph, BidiClass before)
        {
            if (count > resolved.Length)
            {
                int size = Math.Max(count, resolved.Length * 2);
                resolved = new BidiClass[size];
                closings = new int[size];
                levels = new byte[size];
            }

            Array.Copy(types, resolved, count);
            ResolveWeak(count, before);
            BidiClass embedding = paragraph == 0 ? BidiClass.Left : BidiClass.Right;
            BidiClass start = before == BidiClass.Left ? BidiClass.Left : BidiClass.Right;
            ResolveBrackets(types, points, count, embedding, start);
            ResolveNeutral(count, embedding, start);
            for (int i = 0; i < count; i++)
            {
                bool isNumber = resolved[i] == BidiClass.EuropeanNumber || resolved[i] == BidiClass.ArabicNumber;
                int up = paragraph == 0 ? (resolved[i] == BidiClass.Right ? 1 : isNumber ? 2 : 0) : (resolved[i] == BidiClass.Right ? 0 : 1);
                levels[i] = (byte)(paragraph + up); // I1, I2
            }

            bool isEnd = true;
            for (int i = count - 1; i >= 0; i--)
            {
                bool separates = types[i] == BidiClass.ParagraphSeparator || types[i] == BidiClass.SegmentSeparator;
                isEnd = separates || (isEnd && types[i] == BidiClass.WhiteSpace);
                levels[i] = isEnd ? (byte)paragraph : levels[i]; // L1
            }
        }

        /// <summary>Gives the order in which the characters are drawn, from left to right (L2).</summary>
        /// <param name="visual">Gets the characters' numbers.</param>
        /// <param name="count">How many there are.</param>
        internal void Order(int[] visual, int count)
        {
            int highest = 0;
            for (int i = 0; i < count; i++)
            {
                visual[i] = i;
                highest = Math.Max(highest, levels[i]);
            }

            for (int level = highest; level > 0; level--)
            {
                for (int i = 0; i < count; i++)
                {
                    int start = i;
                    while (i < count && levels[visual[i]] >= level)
                    {
                        i++;
                    }

                    for (int low = start, high = i - 1; low < high; low++, high--)
                    {
                        int swapped = visual[low];
                        visual[low] = visual[high];
                        visual[high] = swapped;
                    }
                }
            }
        }

        private static bool IsNeutral(BidiClass type)
        {
            return type == BidiClass.ParagraphSeparator || type == BidiClass.SegmentSeparator || type == BidiClass.WhiteSpace
                || type == BidiClass.OtherNeutral;
        }

        /// <summary>What a type counts as for neutrals beside it: numbers are right to left.</summary>
        private static BidiClass AsStrong(BidiClass type)
        {
            return type == BidiClass.Left ? BidiClass.Left : BidiClass.Right;
        }

        private void ResolveWeak(int count, BidiClass before)
        {
            BidiClass last = before == BidiClass.ArabicLetter ? BidiClass.Right : before;
            BidiClass strong = before;
            for (int i = 0; i < count; i++)
            {
                BidiClass type = resolved[i];
                type = type == BidiClass.NonspacingMark ? last : type; // W1
                last = type;
                if (type == BidiClass.Left || type == BidiClass.Right || type == BidiClass.ArabicLetter)
                {
                    strong = type;
                }

                type = type == BidiClass.EuropeanNumber && strong == BidiClass.ArabicLetter ? BidiClass.ArabicNumber : type; // W2
                resolved[i] = type == BidiClass.ArabicLetter ? BidiClass.Right : type; // W3
            }

            for (int i = 1; i + 1 < count; i++)
            {
                bool between = resolved[i - 1] == resolved[i + 1];
                bool joins = (resolved[i] == BidiClass.EuropeanSeparator && resolved[i - 1] == BidiClass.EuropeanNumber)
                    || (resolved[i] == BidiClass.CommonSeparator
                        && (resolved[i - 1] == BidiClass.EuropeanNumber || resolved[i - 1] == BidiClass.ArabicNumber));
                resolved[i] = between && joins ? resolved[i - 1] : resolved[i]; // W4
            }

            strong = before;
            for (int i = 0; i < count; i++)
            {
                int start = i;
                while (i < count && resolved[i] == BidiClass.EuropeanTerminator)
                {
                    i++;
                }

                bool touches = (start > 0 && resolved[start - 1] == BidiClass.EuropeanNumber)
                    || (i < count && resolved[i] == BidiClass.EuropeanNumber);
                for (int j = start; j < i; j++)
                {
                    resolved[j] = touches ? BidiClass.EuropeanNumber : BidiClass.OtherNeutral; // W5, W6
                }

                if (i < count && (resolved[i] == BidiClass.EuropeanSeparator || resolved[i] == BidiClass.CommonSeparator))
                {
                    resolved[i] = BidiClass.OtherNeutral; // W6
                }
            }

            for (int i = 0; i < count; i++)
            {
                if (resolved[i] == BidiClass.Left || resolved[i] == BidiClass.Right)
                {
                    strong = resolved[i];
                }
                else if (resolved[i] == BidiClass.EuropeanNumber && strong == BidiClass.Left)
                {
                    resolved[i] = BidiClass.Left; // W7
                }
            }
        }

        /// <summary>N0: both brackets of a pair get one direction.</summary>
        private void ResolveBrackets(BidiClass[] types, int[] points, int count, BidiClass embedding, BidiClass start)
        {
            int open = 0;
            Array.Clear(closings, 0, count);
            for (int i = 0; i < count; i++)
            {
                if (resolved[i] != BidiClass.OtherNeutral || types[i] != BidiClass.OtherNeutral)
                {
                    continue;
                }

                int closing = Mirrors.Closing(points[i]);
                if (closing != 0)
                {
                    if (open == MostOpenBrackets)
                    {
                        Array.Clear(closings, 0, count); // BD16 gives up
                        return;
                    }

                    openClosings[open] = closing;
                    openPlaces[open++] = i;
                    continue;
                }

                closing = Mirrors.AsClosing(points[i]);
                for (int j = open - 1; closing != 0 && j >= 0; j--)
                {
                    if (openClosings[j] == closing)
                    {
                        closings[openPlaces[j]] = i;
                        open = j;
                        break;
                    }
                }
            }

            BidiClass context = start;
            for (int i = 0; i < count; i++)
            {
                if (closings[i] > 0)
                {
                    BidiClass direction = DirectionOfPair(i, closings[i], embedding, context);
                    if (direction != BidiClass.OtherNeutral)
                    {
                        Turn(types, i, count, direction);
                        Turn(types, closings[i], count, direction);
                    }
                }

                context = IsNeutral(resolved[i]) ? context : AsStrong(resolved[i]);
            }
        }

        private BidiClass DirectionOfPair(int open, int close, BidiClass embedding, BidiClass context)
        {
            bool other = false;
            for (int i = open + 1; i < close; i++)
            {
                if (IsNeutral(resolved[i]))
                {
                    continue;
                }

                if (AsStrong(resolved[i]) == embedding)
                {
                    return embedding;
                }

                other = true;
            }

            return !other ? BidiClass.OtherNeutral : context == embedding ? embedding : Opposite(embedding);
        }

        private static BidiClass Opposite(BidiClass direction)
        {
            return direction == BidiClass.Left ? BidiClass.Right : BidiClass.Left;
        }

        /// <summary>Gives a bracket its direction, and the marks on it.</summary>
        private void Turn(BidiClass[] types, int at, int count, BidiClass direction)
        {
            resolved[at] = direction;
            for (int i = at + 1; i < count && types[i] == BidiClass.NonspacingMark; i++)
            {
                resolved[i] = direction;
            }
        }

        /// <summary>N1 and N2: neutrals between two of one direction take that, others the paragraph's.</summary>
        private void ResolveNeutral(int count, BidiClass embedding, BidiClass start)
        {
            BidiClass last = start;
            for (int i = 0; i < count; i++)
            {
                int first = i;
                while (i < count && IsNeutral(resolved[i]))
                {
                    i++;
                }

                BidiClass next = i < count ? AsStrong(resolved[i]) : embedding;
                for (int j = first; j < i; j++)
                {
                    resolved[j] = last == next ? last : embedding;
                }

                last = next;
            }
        }
    }
}
