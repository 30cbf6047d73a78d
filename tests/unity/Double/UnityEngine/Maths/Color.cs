using System;
using System.Globalization;

namespace UnityEngine
{
    /// <summary>A colour in floats, from 0 to 1.</summary>
    public struct Color : IEquatable<Color>, IFormattable
    {
        public float r;
        public float g;
        public float b;
        public float a;

        public Color(float r, float g, float b, float a)
        {
            this.r = r;
            this.g = g;
            this.b = b;
            this.a = a;
        }

        public Color(float r, float g, float b)
            : this(r, g, b, 1)
        {
        }

        public static Color red => new Color(1, 0, 0, 1);

        public static Color green => new Color(0, 1, 0, 1);

        public static Color blue => new Color(0, 0, 1, 1);

        public static Color white => new Color(1, 1, 1, 1);

        public static Color black => new Color(0, 0, 0, 1);

        public static Color yellow => new Color(1, 235f / 255f, 4f / 255f, 1);

        public static Color cyan => new Color(0, 1, 1, 1);

        public static Color magenta => new Color(1, 0, 1, 1);

        public static Color gray => new Color(.5f, .5f, .5f, 1);

        public static Color grey => gray;

        public static Color clear => new Color(0, 0, 0, 0);

        public float grayscale => (0.299f * r) + (0.587f * g) + (0.114f * b);

        public float maxColorComponent => Mathf.Max(Mathf.Max(r, g), b);

        public float this[int index] => ((Vector4)this)[index];

        public static implicit operator Vector4(Color c) => new Vector4(c.r, c.g, c.b, c.a);

        public static implicit operator Color(Vector4 v) => new Color(v.x, v.y, v.z, v.w);

        public static Color operator +(Color a, Color b) => new Color(a.r + b.r, a.g + b.g, a.b + b.b, a.a + b.a);

        public static Color operator -(Color a, Color b) => new Color(a.r - b.r, a.g - b.g, a.b - b.b, a.a - b.a);

        public static Color operator *(Color a, Color b) => new Color(a.r * b.r, a.g * b.g, a.b * b.b, a.a * b.a);

        public static Color operator *(Color a, float b) => new Color(a.r * b, a.g * b, a.b * b, a.a * b);

        public static Color operator *(float b, Color a) => a * b;

        public static Color operator /(Color a, float b) => new Color(a.r / b, a.g / b, a.b / b, a.a / b);

        public static bool operator ==(Color lhs, Color rhs) => (Vector4)lhs == (Vector4)rhs;

        public static bool operator !=(Color lhs, Color rhs) => !(lhs == rhs);

        public static Color Lerp(Color a, Color b, float t) => LerpUnclamped(a, b, Mathf.Clamp01(t));

        public static Color LerpUnclamped(Color a, Color b, float t) => a + ((b - a) * t);

        public bool Equals(Color other) => r.Equals(other.r) && g.Equals(other.g) && b.Equals(other.b) && a.Equals(other.a);

        public override bool Equals(object other) => other is Color && Equals((Color)other);

        public override int GetHashCode() => ((Vector4)this).GetHashCode();

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider)
        {
            format = string.IsNullOrEmpty(format) ? "F3" : format;
            formatProvider = formatProvider ?? CultureInfo.InvariantCulture;
            return "RGBA(" + r.ToString(format, formatProvider) + ", " + g.ToString(format, formatProvider) + ", " + b.ToString(format, formatProvider)
                + ", " + a.ToString(format, formatProvider) + ")";
        }
    }
}
