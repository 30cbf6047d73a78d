using System;
using System.Globalization;

namespace UnityEngine
{
    /// <summary>Two floats.</summary>
    public struct Vector2 : IEquatable<Vector2>, IFormattable
    {
        public const float kEpsilon = 0.00001F;
        public float x;
        public float y;

        public Vector2(float x, float y)
        {
            this.x = x;
            this.y = y;
        }

        public static Vector2 zero => new Vector2(0, 0);

        public static Vector2 one => new Vector2(1, 1);

        public static Vector2 up => new Vector2(0, 1);

        public static Vector2 down => new Vector2(0, -1);

        public static Vector2 left => new Vector2(-1, 0);

        public static Vector2 right => new Vector2(1, 0);

        public float magnitude => Mathf.Sqrt(sqrMagnitude);

        public float sqrMagnitude => (x * x) + (y * y);

        public Vector2 normalized
        {
            get
            {
                Vector2 copy = this;
                copy.Normalize();
                return copy;
            }
        }

        public float this[int index]
        {
            get => index == 0 ? x : index == 1 ? y : throw new IndexOutOfRangeException("Invalid Vector2 index!");
            set
            {
                if (index == 0)
                {
                    x = value;
                }
                else
                {
                    y = index == 1 ? value : throw new IndexOutOfRangeException("Invalid Vector2 index!");
                }
            }
        }

        public static implicit operator Vector2(Vector3 v) => new Vector2(v.x, v.y);

        public static implicit operator Vector3(Vector2 v) => new Vector3(v.x, v.y, 0);

        public static Vector2 operator +(Vector2 a, Vector2 b) => new Vector2(a.x + b.x, a.y + b.y);

        public static Vector2 operator -(Vector2 a, Vector2 b) => new Vector2(a.x - b.x, a.y - b.y);

        public static Vector2 operator *(Vector2 a, Vector2 b) => new Vector2(a.x * b.x, a.y * b.y);

        public static Vector2 operator /(Vector2 a, Vector2 b) => new Vector2(a.x / b.x, a.y / b.y);

        public static Vector2 operator -(Vector2 a) => new Vector2(-a.x, -a.y);

        public static Vector2 operator *(Vector2 a, float d) => new Vector2(a.x * d, a.y * d);

        public static Vector2 operator *(float d, Vector2 a) => new Vector2(a.x * d, a.y * d);

        public static Vector2 operator /(Vector2 a, float d) => new Vector2(a.x / d, a.y / d);

        /// <summary>Near enough to be one, as in Unity.</summary>
        public static bool operator ==(Vector2 lhs, Vector2 rhs) => (lhs - rhs).sqrMagnitude < kEpsilon * kEpsilon;

        public static bool operator !=(Vector2 lhs, Vector2 rhs) => !(lhs == rhs);

        public static Vector2 Lerp(Vector2 a, Vector2 b, float t) => LerpUnclamped(a, b, Mathf.Clamp01(t));

        public static Vector2 LerpUnclamped(Vector2 a, Vector2 b, float t) => a + ((b - a) * t);

        public static float Dot(Vector2 lhs, Vector2 rhs) => (lhs.x * rhs.x) + (lhs.y * rhs.y);

        public static float Distance(Vector2 a, Vector2 b) => (a - b).magnitude;

        public static float SqrMagnitude(Vector2 a) => a.sqrMagnitude;

        public static Vector2 Min(Vector2 lhs, Vector2 rhs) => new Vector2(Mathf.Min(lhs.x, rhs.x), Mathf.Min(lhs.y, rhs.y));

        public static Vector2 Max(Vector2 lhs, Vector2 rhs) => new Vector2(Mathf.Max(lhs.x, rhs.x), Mathf.Max(lhs.y, rhs.y));

        public static Vector2 Scale(Vector2 a, Vector2 b) => a * b;

        public static Vector2 ClampMagnitude(Vector2 vector, float maxLength) =>
            vector.sqrMagnitude > maxLength * maxLength ? vector.normalized * maxLength : vector;

        public static Vector2 MoveTowards(Vector2 current, Vector2 target, float maxDistanceDelta)
        {
            Vector2 way = target - current;
            float distance = way.magnitude;
            return distance == 0 || (maxDistanceDelta >= 0 && distance <= maxDistanceDelta) ? target : current + (way / distance * maxDistanceDelta);
        }

        public static float Angle(Vector2 from, Vector2 to)
        {
            float length = Mathf.Sqrt(from.sqrMagnitude * to.sqrMagnitude);
            return length < 1e-15f ? 0 : Mathf.Acos(Mathf.Clamp(Dot(from, to) / length, -1, 1)) * Mathf.Rad2Deg;
        }

        public static float SignedAngle(Vector2 from, Vector2 to) => Angle(from, to) * Mathf.Sign((from.x * to.y) - (from.y * to.x));

        public void Set(float newX, float newY)
        {
            x = newX;
            y = newY;
        }

        public void Scale(Vector2 scale) => this *= scale;

        public void Normalize()
        {
            float length = magnitude;
            this = length > kEpsilon ? this / length : zero;
        }

        public bool Equals(Vector2 other) => x == other.x && y == other.y;

        public override bool Equals(object other) => other is Vector2 && Equals((Vector2)other);

        public override int GetHashCode() => x.GetHashCode() ^ (y.GetHashCode() << 2);

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider)
        {
            format = string.IsNullOrEmpty(format) ? "F2" : format;
            formatProvider = formatProvider ?? CultureInfo.InvariantCulture;
            return "(" + x.ToString(format, formatProvider) + ", " + y.ToString(format, formatProvider) + ")";
        }
    }
}
