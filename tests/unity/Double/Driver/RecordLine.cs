using System.Globalization;
using System.Text;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>A line of a record, in JSON, as it is written.</summary>
    internal sealed class RecordLine
    {
        private readonly StringBuilder text = new StringBuilder();
        private bool needsComma;

        public override string ToString() => text.ToString();

        internal void BeginObject() => Begin('{');

        internal void EndObject() => End('}');

        internal void BeginArray() => Begin('[');

        internal void EndArray() => End(']');

        internal RecordLine Name(string name)
        {
            Text(name);
            text.Append(':');
            needsComma = false;
            return this;
        }

        /// <summary>To a ten-thousandth.</summary>
        internal void Number(double value)
        {
            Separate();
            text.Append(System.Math.Round(value, 4).ToString("0.####", CultureInfo.InvariantCulture));
        }

        internal void Vector(Vector3 value) => Numbers(value.x, value.y, value.z);

        internal void Numbers(params float[] values)
        {
            BeginArray();
            foreach (float value in values)
            {
                Number(value);
            }

            EndArray();
        }

        internal void Text(string value)
        {
            Separate();
            text.Append('"');
            foreach (char c in value)
            {
                if (c == '"' || c == '\\')
                {
                    text.Append('\\').Append(c);
                }
                else if (c < ' ' || char.IsSurrogate(c) || c == '\u2028' || c == '\u2029')
                {
                    text.Append("\\u").Append(((int)c).ToString("x4"));
                }
                else
                {
                    text.Append(c);
                }
            }

            text.Append('"');
        }

        private void Begin(char bracket)
        {
            Separate();
            text.Append(bracket);
            needsComma = false;
        }

        private void End(char bracket)
        {
            text.Append(bracket);
            needsComma = true;
        }

        private void Separate()
        {
            if (needsComma)
            {
                text.Append(',');
            }

            needsComma = true;
        }
    }
}
