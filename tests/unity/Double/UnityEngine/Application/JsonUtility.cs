using System;
using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Loquent.Double;

namespace UnityEngine
{
    /// <summary>Objects of JSON: serialized fields by their names. Unknown names are skipped, missing ones stay as they are. Any thread may read.</summary>
    public static class JsonUtility
    {
        public static T FromJson<T>(string json) => (T)FromJson(json, typeof(T));

        public static object FromJson(string json, Type type)
        {
            if (string.IsNullOrEmpty(json))
            {
                return null;
            }

            return new JsonText(json).ReadAll(type);
        }
    }
}

namespace Loquent.Double
{
    /// <summary>Reads a JSON text into objects.</summary>
    internal sealed class JsonText
    {
        private readonly string text;
        private int at;

        internal JsonText(string text) => this.text = text;

        internal object ReadAll(Type type)
        {
            SkipSpace();
            object read = Read(type);
            SkipSpace();
            return at == text.Length ? read : throw Wrong("The document root must not follow by other values.");
        }

        /// <summary>Reads a value; with null for its type it's skipped.</summary>
        private object Read(Type type)
        {
            switch (at < text.Length ? text[at] : '\0')
            {
                case '{':
                    return ReadObject(type);
                case '[':
                    return ReadList(type);
                case '"':
                    string read = ReadText();
                    return type == typeof(string) ? read : null;
                case '\0':
                    throw Wrong("The document is empty.");
                default:
                    return ReadWord(type);
            }
        }

        private object ReadObject(Type type)
        {
            bool isWanted = type != null && !type.IsPrimitive && type != typeof(string) && !typeof(IList).IsAssignableFrom(type);
            object made = isWanted ? Activator.CreateInstance(type, true) : null;
            at++;
            for (SkipSpace(); Peek() != '}'; SkipSpace())
            {
                string name = ReadText();
                Expect(':');
                FieldInfo field = made == null ? null : Array.Find(Serialization.FieldsOf(type), one => one.Name == name);
                object value = Read(field?.FieldType);
                if (value != null)
                {
                    field?.SetValue(made, value);
                }

                SkipSpace();
                if (Peek() == ',')
                {
                    at++;
                }
                else if (Peek() != '}')
                {
                    throw Wrong("Missing a comma or '}' after an object member.");
                }
            }

            at++;
            return made;
        }

        private object ReadList(Type type)
        {
            bool isWanted = type != null && type.IsGenericType && typeof(IList).IsAssignableFrom(type);
            var made = isWanted ? (IList)Activator.CreateInstance(type) : null;
            at++;
            for (SkipSpace(); Peek() != ']'; SkipSpace())
            {
                object item = Read(isWanted ? type.GetGenericArguments()[0] : null);
                made?.Add(item);
                SkipSpace();
                if (Peek() == ',')
                {
                    at++;
                }
                else if (Peek() != ']')
                {
                    throw Wrong("Missing a comma or ] after an array element.");
                }
            }

            at++;
            return made;
        }

        private object ReadWord(Type type)
        {
            int start = at;
            while (at < text.Length && ",]} \t\r\n".IndexOf(text[at]) < 0)
            {
                at++;
            }

            string word = text.Substring(start, at - start);
            if (word == "null")
            {
                return null;
            }

            if (word == "true" || word == "false")
            {
                return type == typeof(bool) ? (object)(word == "true") : null;
            }

            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            {
                throw Wrong("Invalid value.");
            }

            return type != null && type.IsPrimitive && type != typeof(bool) ? Convert.ChangeType(number, type, CultureInfo.InvariantCulture) : null;
        }

        private string ReadText()
        {
            SkipSpace();
            if (Peek() != '"')
            {
                throw Wrong("Missing a name for object member.");
            }

            var read = new StringBuilder();
            for (at++; Peek() != '"'; at++)
            {
                char next = Peek();
                if (next == '\\')
                {
                    next = ReadEscaped();
                }

                read.Append(next);
            }

            at++;
            return read.ToString();
        }

        private char ReadEscaped()
        {
            at++;
            switch (Peek())
            {
                case 'n':
                    return '\n';
                case 't':
                    return '\t';
                case 'r':
                    return '\r';
                case 'b':
                    return '\b';
                case 'f':
                    return '\f';
                case 'u':
                    at += 4;
                    return (char)int.Parse(text.Substring(at - 3, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                default:
                    return Peek();
            }
        }

        private void Expect(char wanted)
        {
            SkipSpace();
            if (Peek() != wanted)
            {
                throw Wrong("Missing a colon after a name of object member.");
            }

            at++;
            SkipSpace();
        }

        private char Peek() => at < text.Length ? text[at] : throw Wrong("The document ends too soon.");

        private void SkipSpace()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
        }

        private static ArgumentException Wrong(string what) => new ArgumentException("JSON parse error: " + what);
    }
}
