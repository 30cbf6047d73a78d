using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Loquent.Double;
using UnityEngine;

namespace TMPro
{
    /// <content>How chars become characters: surrogate pairs, escapes, and tags if rich text is on.</content>
    public abstract partial class TMP_Text
    {
        /// <summary>Tags that are obeyed, and so not shown. Of their effects the double has those on size, colour and line ends.</summary>
        private static readonly HashSet<string> Tags = new HashSet<string>
        {
            "a", "align", "allcaps", "alpha", "b", "br", "color", "cspace", "font", "font-weight", "gradient", "i", "indent", "line-height", "line-indent", "link",
            "lowercase", "margin", "mark", "material", "mspace", "nobr", "noparse", "page", "pos", "rotate", "s", "size", "smallcaps", "space", "sprite", "style",
            "sub", "sup", "u", "uppercase", "voffset", "width",
        };

        private char[] chars = new char[8];
        private int charCount;
        private bool isTextInBuffer;
        private Parsed[] parsed = new Parsed[8];
        private int parsedCount;

        public void SetCharArray(char[] sourceText) => SetCharArray(sourceText, 0, sourceText == null ? 0 : sourceText.Length);

        /// <summary>Copies the chars. In the Editor real TextMeshPro makes a string of them as well; the double is a player.</summary>
        public void SetCharArray(char[] sourceText, int start, int length)
        {
            Touch();
            if (sourceText == null)
            {
                length = 0;
            }
            else
            {
                start = Mathf.Clamp(start, 0, sourceText.Length);
                length = Mathf.Clamp(length, 0, sourceText.Length - start);
            }

            Reserve(length);
            if (length > 0)
            {
                Array.Copy(sourceText, start, chars, 0, length);
            }

            TakeBuffer(length);
        }

        public void SetText(char[] sourceText) => SetCharArray(sourceText);

        public void SetText(char[] sourceText, int start, int length) => SetCharArray(sourceText, start, length);

        public void SetText(StringBuilder sourceText)
        {
            int length = sourceText == null ? 0 : sourceText.Length;
            Reserve(length);
            sourceText?.CopyTo(0, chars, 0, length);
            TakeBuffer(length);
        }

#if UNITY_6000_0_OR_NEWER
        public void SetText(string sourceText) => text = sourceText;
#else
        public void SetText(string sourceText, bool syncTextInputBox = true) => text = sourceText;
#endif

        /// <summary>{0} is the number, {0:0} without decimals, {0:0.0} with one. A string for each in the double, none in TextMeshPro.</summary>
        public void SetText(string sourceText, float arg0) => text = string.Format(CultureInfo.InvariantCulture, sourceText, arg0);

        public void SetText(string sourceText, float arg0, float arg1) => text = string.Format(CultureInfo.InvariantCulture, sourceText, arg0, arg1);

        private void Reserve(int length)
        {
            if (chars.Length < length)
            {
                Array.Resize(ref chars, Mathf.NextPowerOfTwo(length));
            }
        }

        private void TakeBuffer(int length)
        {
            charCount = length;
            isTextInBuffer = true;
            Changed();
        }

        private void Parse()
        {
            if (!isTextInBuffer)
            {
                int length = m_text == null ? 0 : m_text.Length;
                Reserve(length);
                m_text?.CopyTo(0, chars, 0, length);
                charCount = length;
            }

            parsedCount = 0;
            if (parsed.Length < charCount)
            {
                Array.Resize(ref parsed, Mathf.NextPowerOfTwo(charCount));
            }

            var style = new Style { Size = m_fontSize, Colour = color };
            for (int at = 0; at < charCount && chars[at] != '\0';)
            {
                at += ParseOne(at, ref style);
            }
        }

        /// <summary>Takes one character, escape or tag.</summary>
        /// <returns>How many chars that was.</returns>
        private int ParseOne(int at, ref Style style)
        {
            char first = chars[at];
            if (first == '\\' && EscapesCount && at + 1 < charCount)
            {
                int length = ParseEscape(at, style);
                if (length > 0)
                {
                    return length;
                }
            }

            if (first == '<' && m_isRichText)
            {
                int length = ParseTag(at, ref style);
                if (length > 0)
                {
                    return length;
                }
            }

            if (char.IsHighSurrogate(first) && at + 1 < charCount && char.IsLowSurrogate(chars[at + 1]))
            {
                Add((uint)char.ConvertToUtf32(first, chars[at + 1]), at, 2, style);
                return 2;
            }

            Add(first, at, 1, style);
            return 1;
        }

#if UNITY_6000_0_OR_NEWER
        /// <summary>Unity 6 looks for escapes in every text, wherever it comes from.</summary>
        private static bool EscapesCount => true;
#else
        /// <summary>2022.3 looks for escapes only in text that was typed into the inspector.</summary>
        private static bool EscapesCount => false;
#endif

        private int ParseEscape(int at, Style style)
        {
            char kind = chars[at + 1];
            if (m_parseCtrlCharacters)
            {
                int found = "\\nrtv".IndexOf(kind);
                if (found >= 0)
                {
                    Add("\\\n\r\t\v"[found], at, found == 0 ? 2 : 1, style);
                    return 2;
                }
            }

            // These count even if control characters aren't parsed.
            int digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
            if (digits == 0 || at + 2 + digits > charCount)
            {
                return 0;
            }

            uint point = 0;
            for (int i = 0; i < digits; i++)
            {
                int digit = "0123456789abcdef".IndexOf(char.ToLowerInvariant(chars[at + 2 + i]));
                if (digit < 0)
                {
                    return 0;
                }

                point = (point << 4) | (uint)digit;
            }

            Add(point, at, digits + 2, style);
            return digits + 2;
        }

        private int ParseTag(int at, ref Style style)
        {
            int end = Array.IndexOf(chars, '>', at, Mathf.Min(charCount - at, 128));
            if (end < 0)
            {
                return 0;
            }

            string tag = new string(chars, at + 1, end - at - 1);
            bool closes = tag.StartsWith("/", StringComparison.Ordinal);
            string name = tag.TrimStart('/').Split('=', ' ')[0].ToLowerInvariant();
            string value = tag.Contains("=") ? tag.Substring(tag.IndexOf('=') + 1).Trim('"') : string.Empty;
            bool isColour = name.StartsWith("#", StringComparison.Ordinal);
            if (style.IsLiteral && !(closes && name == "noparse"))
            {
                return 0;
            }

            if (!isColour && !Tags.Contains(name))
            {
                return 0;
            }

            switch (name)
            {
                case "noparse":
                    style.IsLiteral = !closes;
                    break;
                case "br":
                    Add('\n', at, end - at + 1, style);
                    break;
                case "size":
                    style.Size = closes ? m_fontSize : SizeOf(value, style.Size);
                    break;
                case "alpha":
                    style.Colour.a = byte.TryParse(value.TrimStart('#'), NumberStyles.HexNumber, null, out byte opacity) ? opacity : style.Colour.a;
                    break;
                default:
                    if (isColour || (name == "color" && !closes))
                    {
                        style.Colour = ColourOf(isColour ? name : value, style.Colour);
                    }
                    else if (name == "color")
                    {
                        style.Colour = color;
                    }

                    break;
            }

            return end - at + 1;
        }

        private float SizeOf(string value, float before)
        {
            bool isShare = value.EndsWith("%", StringComparison.Ordinal);
            bool isEm = value.EndsWith("em", StringComparison.Ordinal);
            string number = value.TrimEnd('%', 'e', 'm', 'p', 'x');
            if (!float.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out float size))
            {
                return before;
            }

            bool isRelative = value.StartsWith("+", StringComparison.Ordinal) || value.StartsWith("-", StringComparison.Ordinal);
            return isShare ? m_fontSize * size / 100 : isEm ? m_fontSize * size : isRelative ? m_fontSize + size : size;
        }

        private static Color32 ColourOf(string value, Color32 before)
        {
            if (uint.TryParse(value.TrimStart('#'), NumberStyles.HexNumber, null, out uint bits) && value.Length == 7)
            {
                return new Color32((byte)(bits >> 16), (byte)(bits >> 8), (byte)bits, before.a);
            }

            switch (value)
            {
                case "red":
                    return Color.red;
                case "green":
                    return Color.green;
                case "blue":
                    return Color.blue;
                case "black":
                    return Color.black;
                case "white":
                    return Color.white;
                default:
                    return before;
            }
        }

        private void Add(uint point, int at, int length, Style style)
        {
            if (parsedCount == parsed.Length)
            {
                Array.Resize(ref parsed, parsed.Length * 2);
            }

            parsed[parsedCount++] = new Parsed { Point = point, At = at, Length = length, Size = style.Size, Colour = style.Colour };
        }

        /// <summary>A character of the text, with what tags made of it.</summary>
        private struct Parsed
        {
            internal uint Point;
            internal int At;
            internal int Length;
            internal float Size;
            internal Color32 Colour;
        }

        private struct Style
        {
            internal float Size;
            internal Color32 Colour;
            internal bool IsLiteral;
        }
    }
}
