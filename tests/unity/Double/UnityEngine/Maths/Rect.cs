using System;
using System.Globalization;

namespace UnityEngine
{
    /// <summary>A rectangle, by its corner of the smallest x and y, and its size.</summary>
    public struct Rect : IEquatable<Rect>, IFormattable
    {
        private float m_XMin;
        private float m_YMin;
        private float m_Width;
        private float m_Height;

        public Rect(float x, float y, float width, float height)
        {
            m_XMin = x;
            m_YMin = y;
            m_Width = width;
            m_Height = height;
        }

        public Rect(Vector2 position, Vector2 size)
            : this(position.x, position.y, size.x, size.y)
        {
        }

        public Rect(Rect source)
            : this(source.x, source.y, source.width, source.height)
        {
        }

        public static Rect zero => default(Rect);

        public float x
        {
            get => m_XMin;
            set => m_XMin = value;
        }

        public float y
        {
            get => m_YMin;
            set => m_YMin = value;
        }

        public float width
        {
            get => m_Width;
            set => m_Width = value;
        }

        public float height
        {
            get => m_Height;
            set => m_Height = value;
        }

        public Vector2 position
        {
            get => new Vector2(x, y);
            set
            {
                x = value.x;
                y = value.y;
            }
        }

        public Vector2 size
        {
            get => new Vector2(width, height);
            set
            {
                width = value.x;
                height = value.y;
            }
        }

        public Vector2 center
        {
            get => position + (size / 2);
            set => position = value - (size / 2);
        }

        public Vector2 min
        {
            get => new Vector2(xMin, yMin);
            set
            {
                xMin = value.x;
                yMin = value.y;
            }
        }

        public Vector2 max
        {
            get => new Vector2(xMax, yMax);
            set
            {
                xMax = value.x;
                yMax = value.y;
            }
        }

        public float xMin
        {
            get => x;
            set
            {
                width += x - value;
                x = value;
            }
        }

        public float yMin
        {
            get => y;
            set
            {
                height += y - value;
                y = value;
            }
        }

        public float xMax
        {
            get => x + width;
            set => width = value - x;
        }

        public float yMax
        {
            get => y + height;
            set => height = value - y;
        }

        public static bool operator ==(Rect lhs, Rect rhs) => lhs.Equals(rhs);

        public static bool operator !=(Rect lhs, Rect rhs) => !(lhs == rhs);

        public static Rect MinMaxRect(float xmin, float ymin, float xmax, float ymax) => new Rect(xmin, ymin, xmax - xmin, ymax - ymin);

        public void Set(float x, float y, float width, float height) => this = new Rect(x, y, width, height);

        public bool Contains(Vector2 point) => point.x >= xMin && point.x < xMax && point.y >= yMin && point.y < yMax;

        public bool Contains(Vector3 point) => Contains((Vector2)point);

        public bool Overlaps(Rect other) => other.xMax > xMin && other.xMin < xMax && other.yMax > yMin && other.yMin < yMax;

        public bool Equals(Rect other) => x.Equals(other.x) && y.Equals(other.y) && width.Equals(other.width) && height.Equals(other.height);

        public override bool Equals(object other) => other is Rect && Equals((Rect)other);

        public override int GetHashCode() => x.GetHashCode() ^ (width.GetHashCode() << 2) ^ (y.GetHashCode() >> 2) ^ (height.GetHashCode() >> 1);

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider)
        {
            format = string.IsNullOrEmpty(format) ? "F2" : format;
            formatProvider = formatProvider ?? CultureInfo.InvariantCulture;
            return "(x:" + x.ToString(format, formatProvider) + ", y:" + y.ToString(format, formatProvider) + ", width:"
                + width.ToString(format, formatProvider) + ", height:" + height.ToString(format, formatProvider) + ")";
        }
    }
}
