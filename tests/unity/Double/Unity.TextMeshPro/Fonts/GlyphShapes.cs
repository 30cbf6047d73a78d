using UnityEngine.TextCore;

namespace Loquent.Double
{
    /// <summary>How large the double's glyphs are, in ems: Liberation Sans's advances for ASCII, one em for wide characters, none for marks.</summary>
    internal static class GlyphShapes
    {
        internal const float Ascent = 0.905f;
        internal const float Descent = -0.212f;
        internal const float LineHeight = 1.149f;
        internal const float CapHeight = 0.729f;

        /// <summary>From U+0020 to U+007E, in 2,048ths of an em.</summary>
        private static readonly short[] Ascii =
        {
            569, 569, 727, 1139, 1139, 1821, 1366, 391, 682, 682, 797, 1196, 569, 682, 569, 569, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 569,
            569, 1196, 1196, 1196, 1139, 2079, 1366, 1366, 1479, 1479, 1366, 1251, 1593, 1479, 569, 1024, 1366, 1139, 1706, 1479, 1593, 1366, 1593, 1479, 1366,
            1251, 1479, 1366, 1933, 1366, 1366, 1251, 569, 569, 569, 961, 1139, 682, 1139, 1139, 1024, 1139, 1139, 569, 1139, 1139, 455, 455, 1024, 455, 1706,
            1139, 1139, 1139, 1139, 682, 1024, 569, 1139, 1024, 1479, 1024, 1024, 1024, 684, 532, 684, 1196,
        };

        internal static float Advance(int point)
        {
            if (point >= 0x20 && point <= 0x7E)
            {
                return Ascii[point - 0x20] / 2048f;
            }

            return IsZeroWidth(point) ? 0 : point == 0xA0 ? Ascii[0] / 2048f : IsWide(point) ? 1 : 0.556f;
        }

        internal static GlyphMetrics Metrics(int point, float size)
        {
            float advance = Advance(point) * size;
            bool isEmpty = IsSpace(point) || point < 0x20;
            return isEmpty
                ? new GlyphMetrics(0, 0, 0, 0, advance)
                : new GlyphMetrics(advance == 0 ? 0.3f * size : advance * 0.9f, CapHeight * size, advance * 0.05f, CapHeight * size, advance);
        }

        internal static bool IsSpace(int point)
        {
            return point <= 0xFFFF && (char.IsWhiteSpace((char)point) || point == 0x200B || point == 0x2060 || point == 0xAD);
        }

        internal static bool IsWide(int point)
        {
            return (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) || (point >= 0xAC00 && point <= 0xD7A3)
                || (point >= 0xF900 && point <= 0xFAFF) || (point >= 0xFE30 && point <= 0xFE4F) || (point >= 0xFF00 && point <= 0xFF60)
                || (point >= 0x1F000 && point <= 0x1FAFF) || (point >= 0x20000 && point <= 0x3FFFD);
        }

        private static bool IsZeroWidth(int point)
        {
            if (point < 0x20 || (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F)
                || point == 0x61C || (point >= 0xFE00 && point <= 0xFE0F))
            {
                return true;
            }

            string text = char.ConvertFromUtf32(point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point);
            System.Globalization.UnicodeCategory category = System.Globalization.CharUnicodeInfo.GetUnicodeCategory(text, 0);
            return category == System.Globalization.UnicodeCategory.NonSpacingMark || category == System.Globalization.UnicodeCategory.EnclosingMark;
        }
    }
}
