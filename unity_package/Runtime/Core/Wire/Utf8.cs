using System.Text;

namespace Loquent.Core.Wire
{
    /// <summary>
    /// UTF-8, strictly as RFC 3629 has it: no overlong form, no surrogate, nothing beyond U+10FFFF, nothing cut.
    /// Without allocation but where a string is asked for.
    /// </summary>
    internal static class Utf8
    {
        /// <summary>Tells whether a range of bytes is valid UTF-8.</summary>
        internal static bool IsValid(byte[] bytes, int start, int count)
        {
            int at = start;
            int end = start + count;
            while (at < end)
            {
                byte lead = bytes[at++];
                if (lead < 0x80)
                {
                    continue;
                }

                // The first continuation byte's range rules out overlong forms, surrogates and what lies beyond U+10FFFF.
                int more;
                byte lowest = 0x80;
                byte highest = 0xbf;
                if (lead >= 0xc2 && lead <= 0xdf)
                {
                    more = 1;
                }
                else if (lead >= 0xe0 && lead <= 0xef)
                {
                    more = 2;
                    lowest = lead == 0xe0 ? (byte)0xa0 : lowest;
                    highest = lead == 0xed ? (byte)0x9f : highest;
                }
                else if (lead >= 0xf0 && lead <= 0xf4)
                {
                    more = 3;
                    lowest = lead == 0xf0 ? (byte)0x90 : lowest;
                    highest = lead == 0xf4 ? (byte)0x8f : highest;
                }
                else
                {
                    return false;
                }

                if (more > end - at || bytes[at] < lowest || bytes[at] > highest)
                {
                    return false;
                }

                for (int i = 1; i < more; i++)
                {
                    if ((bytes[at + i] & 0xc0) != 0x80)
                    {
                        return false;
                    }
                }

                at += more;
            }

            return true;
        }

        /// <summary>Decodes valid UTF-8 into UTF-16. <paramref name="into"/> needs room for one char a byte.</summary>
        /// <param name="bytes">Holds the text.</param>
        /// <param name="start">Where the text begins.</param>
        /// <param name="count">Its length in bytes.</param>
        /// <param name="into">Takes the chars.</param>
        /// <param name="at">Where the first char goes.</param>
        /// <param name="scalars">How many Unicode scalar values the text has.</param>
        /// <returns>How many chars were written.</returns>
        internal static int Decode(byte[] bytes, int start, int count, char[] into, int at, out int scalars)
        {
            int first = at;
            int end = start + count;
            int pairs = 0;
            while (start < end)
            {
                int lead = bytes[start++];
                if (lead < 0x80)
                {
                    into[at++] = (char)lead;
                }
                else if (lead < 0xe0)
                {
                    into[at++] = (char)(((lead & 0x1f) << 6) | (bytes[start++] & 0x3f));
                }
                else if (lead < 0xf0)
                {
                    into[at++] = (char)(((lead & 0x0f) << 12) | ((bytes[start] & 0x3f) << 6) | (bytes[start + 1] & 0x3f));
                    start += 2;
                }
                else
                {
                    int scalar = ((lead & 0x07) << 18) | ((bytes[start] & 0x3f) << 12)
                        | ((bytes[start + 1] & 0x3f) << 6) | (bytes[start + 2] & 0x3f);
                    scalar -= 0x10000;
                    into[at++] = (char)(0xd800 | (scalar >> 10));
                    into[at++] = (char)(0xdc00 | (scalar & 0x3ff));
                    start += 3;
                    pairs++;
                }
            }

            scalars = at - first - pairs;
            return at - first;
        }

        /// <summary>Makes a string of valid UTF-8.</summary>
        internal static string ToText(byte[] bytes, int start, int count)
        {
            return count == 0 ? string.Empty : Encoding.UTF8.GetString(bytes, start, count);
        }

        /// <summary>Length in bytes of a string as <see cref="Encode"/> writes it.</summary>
        internal static int ByteCount(string text)
        {
            return Encoding.UTF8.GetByteCount(text);
        }

        /// <summary>Encodes a string; a lone surrogate, which isn't text, becomes U+FFFD.</summary>
        /// <returns>How many bytes were written.</returns>
        internal static int Encode(string text, byte[] into, int at)
        {
            return Encoding.UTF8.GetBytes(text, 0, text.Length, into, at);
        }
    }
}
