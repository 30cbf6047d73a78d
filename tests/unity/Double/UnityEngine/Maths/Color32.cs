using System;
using System.Globalization;

namespace UnityEngine
{
    /// <summary>A colour in bytes.</summary>
    public struct Color32 : IFormattable
    {
        public byte r;
        public byte g;
        public byte b;
        public byte a;

        public Color32(byte r, byte g, byte b, byte a)
        {
            this.r = r;
            this.g = g;
            this.b = b;
            this.a = a;
        }

        public byte this[int index]
        {
            get => index == 0 ? r : index == 1 ? g : index == 2 ? b : index == 3 ? a : throw new IndexOutOfRangeException("Invalid Color32 index!");
        }

        public static implicit operator Color32(Color c) => new Color32(ToByte(c.r), ToByte(c.g), ToByte(c.b), ToByte(c.a));

        public static implicit operator Color(Color32 c) => new Color(c.r / 255f, c.g / 255f, c.b / 255f, c.a / 255f);

        public static Color32 Lerp(Color32 a, Color32 b, float t) => LerpUnclamped(a, b, Mathf.Clamp01(t));

        public static Color32 LerpUnclamped(Color32 a, Color32 b, float t) =>
            new Color32(
                (byte)(a.r + ((b.r - a.r) * t)), (byte)(a.g + ((b.g - a.g) * t)), (byte)(a.b + ((b.b - a.b) * t)), (byte)(a.a + ((b.a - a.a) * t)));

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider)
        {
            formatProvider = formatProvider ?? CultureInfo.InvariantCulture;
            return "RGBA(" + r.ToString(format, formatProvider) + ", " + g.ToString(format, formatProvider) + ", " + b.ToString(format, formatProvider)
                + ", " + a.ToString(format, formatProvider) + ")";
        }

        private static byte ToByte(float value) => (byte)Mathf.Round(Mathf.Clamp01(value) * 255f);
    }
}
