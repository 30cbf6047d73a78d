using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>
    /// Reads the JSON of the test vectors: null, bool, long, double (where there is a fraction or an exponent), string, list, and map.
    /// </summary>
    internal sealed class Json
    {
        private readonly string text;
        private int at;

        private Json(string text)
        {
            this.text = text;
        }

        internal static object Parse(string text)
        {
            var json = new Json(text);
            object value = json.Value();
            json.Blanks();
            if (json.at != text.Length)
            {
                throw json.Wrong("the end");
            }

            return value;
        }

        /// <summary>Compares two values, and what they hold.</summary>
        internal static bool AreEqual(object one, object other)
        {
            if (one is List<object> list && other is List<object> otherList)
            {
                bool same = list.Count == otherList.Count;
                for (int i = 0; same && i < list.Count; i++)
                {
                    same = AreEqual(list[i], otherList[i]);
                }

                return same;
            }

            if (one is Dictionary<string, object> map && other is Dictionary<string, object> otherMap)
            {
                bool same = map.Count == otherMap.Count;
                foreach (KeyValuePair<string, object> entry in map)
                {
                    same = same && otherMap.TryGetValue(entry.Key, out object value) && AreEqual(entry.Value, value);
                }

                return same;
            }

            return Equals(one, other);
        }

        private object Value()
        {
            Blanks();
            switch (Peek())
            {
                case '[':
                    return List();
                case '{':
                    return Map();
                case '"':
                    return Text();
                case 'n':
                    return Word("null", null);
                case 't':
                    return Word("true", true);
                case 'f':
                    return Word("false", false);
                default:
                    return Number();
            }
        }

        private List<object> List()
        {
            var list = new List<object>();
            at++;
            while (!Ends(']'))
            {
                list.Add(Value());
            }

            return list;
        }

        private Dictionary<string, object> Map()
        {
            var map = new Dictionary<string, object>();
            at++;
            while (!Ends('}'))
            {
                Blanks();
                string key = Text();
                Blanks();
                Take(':');
                map.Add(key, Value());
            }

            return map;
        }

        private bool Ends(char end)
        {
            Blanks();
            if (Peek() == ',')
            {
                at++;
                return false;
            }

            if (Peek() != end)
            {
                return false;
            }

            at++;
            return true;
        }

        private string Text()
        {
            Take('"');
            var made = new StringBuilder();
            while (Peek() != '"')
            {
                char next = text[at++];
                if (next != '\\')
                {
                    made.Append(next);
                    continue;
                }

                char escape = text[at++];
                if (escape == 'u')
                {
                    made.Append((char)int.Parse(text.Substring(at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    at += 4;
                }
                else
                {
                    int known = "nrtbf\"\\/".IndexOf(escape);
                    made.Append(known < 0 ? throw Wrong("an escape") : "\n\r\t\b\f\"\\/"[known]);
                }
            }

            at++;
            return made.ToString();
        }

        private object Number()
        {
            int start = at;
            while (at < text.Length && "+-.0123456789eE".IndexOf(text[at]) >= 0)
            {
                at++;
            }

            string number = text.Substring(start, at - start);
            if (number.Length == 0)
            {
                throw Wrong("a value");
            }

            return number.IndexOfAny(new[] { '.', 'e', 'E' }) >= 0
                ? (object)double.Parse(number, CultureInfo.InvariantCulture)
                : long.Parse(number, CultureInfo.InvariantCulture);
        }

        private object Word(string word, object value)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
            {
                throw Wrong(word);
            }

            at += word.Length;
            return value;
        }

        private void Take(char wanted)
        {
            if (Peek() != wanted)
            {
                throw Wrong(wanted.ToString());
            }

            at++;
        }

        private char Peek()
        {
            return at < text.Length ? text[at] : throw Wrong("more");
        }

        private void Blanks()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
        }

        private FormatException Wrong(string wanted)
        {
            return new FormatException("JSON: " + wanted + " expected at " + at + " of " + text);
        }
    }
}
