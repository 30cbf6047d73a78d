using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Loquent.Core;

namespace Loquent.EndToEnd
{
    /// <summary>Writes one JSON object as a line of standard output.</summary>
    internal sealed class JsonLine
    {
        private readonly StringBuilder text = new StringBuilder("{");

        internal JsonLine(string name)
        {
            Add("event", name);
        }

        /// <summary>Adds a member: null, a bool, an integer, a string, or a sequence of these or of exchanges.</summary>
        internal JsonLine Add(string name, object value)
        {
            text.Append(text.Length == 1 ? string.Empty : ", ");
            Append(name);
            text.Append(": ");
            Append(value);
            return this;
        }

        internal void Print()
        {
            lock (Console.Out)
            {
                Console.Out.WriteLine(text + "}");
                Console.Out.Flush();
            }
        }

        private void Append(object value)
        {
            if (value == null)
            {
                text.Append("null");
            }
            else if (value is string words)
            {
                Append(words);
            }
            else if (value is bool flag)
            {
                text.Append(flag ? "true" : "false");
            }
            else if (value is Exchange exchange)
            {
                Append(new object[] { exchange.Said, exchange.Reply });
            }
            else if (value is IEnumerable<object> items)
            {
                text.Append('[');
                string separator = string.Empty;
                foreach (object item in items)
                {
                    text.Append(separator);
                    separator = ", ";
                    Append(item);
                }

                text.Append(']');
            }
            else
            {
                text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }

        private void Append(string words)
        {
            text.Append('"');
            foreach (char one in words)
            {
                if (one == '"' || one == '\\')
                {
                    text.Append('\\').Append(one);
                }
                else if (one < ' ' || char.IsSurrogate(one))
                {
                    text.Append("\\u").Append(((int)one).ToString("x4", CultureInfo.InvariantCulture));
                }
                else
                {
                    text.Append(one);
                }
            }

            text.Append('"');
        }
    }
}
