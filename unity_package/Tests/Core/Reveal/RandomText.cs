using System;
using System.Text;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>Makes random text with what is hard about text in it.</summary>
    internal static class RandomText
    {
        private static readonly string[] Pieces =
        {
            "a", "Tür", "innkeeper", "I", " ", " ", " ", "  ", "\n", "\r\n", ".", ",", "?", "!", "...", "…", " — ", "-", "\"", "(", ")", "“", "”",
            "3.14", "$5", "e\u0301", "a\u0301\u0308", "👩‍👩‍👧", "👍🏽", "🇩🇪", "🇫", "❤️", "1️⃣", "你", "好，", "。", "「", "」", "っ", "カー", "한국어",
            "\u1112\u1161\u11ab", "क्षत्रिय", "ที่นี่", "\u00a0", "\u200b", "\u00ad", "\u2060", "\u200d", "\u0301", "\t", "http://a.b/c?d=e",
        };

        private static readonly string[] RightToLeft =
        {
            "שלום", "עולם", "א", "سلام", "لا", "مرحبا", "،", "؟", "42", "١٢", "ה\u05b7", "(ב)", "م\u064e",
        };

        private static readonly string[] Hostile =
        {
            "\ud800", "\udc00", "\u0000", "\u001b[31m", "\u202e", "\u2066", "\u2069", "\ufeff", "\ue000", "\uffff", "\ufdd0", "\U000e0041", "\U000f0000",
            "<size=900>", "</noparse>", "<", "\u0336\u0337\u0338\u0334\u0335\u0301\u0302", "\n\n\n\n", "\u200b\u200b\u200b", "\u2028",
            "\ufe0f\ufe0f", "\u0600", "\u3164", "\U000e0100", "\u034f", "\u200d\u200d",
        };

        /// <summary>Makes text as models write it: left to right.</summary>
        internal static string Good(Random random, int pieces)
        {
            return Of(random, pieces, Pieces);
        }

        /// <summary>Makes text in several directions.</summary>
        internal static string Mixed(Random random, int pieces)
        {
            return Of(random, pieces, Pieces, RightToLeft, RightToLeft);
        }

        /// <summary>Makes text of anything at all.</summary>
        internal static string Any(Random random)
        {
            return Of(random, random.Next(1, 14), Pieces, RightToLeft, Hostile);
        }

        /// <summary>Makes text of anything at all, longer.</summary>
        internal static string Any(Random random, int pieces)
        {
            return Of(random, pieces, Pieces, RightToLeft, Hostile);
        }

        /// <summary>Cuts text into pieces as they may arrive, and never in the middle of a surrogate pair: the next length.</summary>
        internal static int NextLength(Random random, string text, int length)
        {
            length = Math.Min(text.Length, length + random.Next(1, 9));
            bool cut = length < text.Length && char.IsHighSurrogate(text[length - 1]) && char.IsLowSurrogate(text[length]);
            return cut ? length + 1 : length;
        }

        /// <summary>Shows text as code units, for messages.</summary>
        internal static string Show(string text)
        {
            var shown = new StringBuilder();
            foreach (char c in text)
            {
                shown.Append(c >= ' ' && c < 0x7f ? c.ToString() : "\\u" + ((int)c).ToString("x4"));
            }

            return shown.ToString();
        }

        private static string Of(Random random, int pieces, params string[][] sets)
        {
            var text = new StringBuilder();
            for (; pieces > 0; pieces--)
            {
                string[] set = sets[random.Next(sets.Length)];
                text.Append(set[random.Next(set.Length)]);
            }

            return text.ToString();
        }
    }
}
