using System;
using System.Globalization;

namespace UnityEngine
{
    /// <summary>A rotation. Euler angles are applied about z, then x, then y, in degrees.</summary>
    public struct Quaternion : IEquatable<Quaternion>, IFormattable
    {
        public const float kEpsilon = 0.000001F;
        public float x;
        public float y;
        public float z;
        public float w;

        public Quaternion(float x, float y, float z, float w)
        {
            this.x = x;
            this.y = y;
            this.z = z;
            this.w = w;
        }

        public static Quaternion identity => new Quaternion(0, 0, 0, 1);

        public Quaternion normalized => Normalize(this);

        public Vector3 eulerAngles
        {
            get => ToEuler(this);
            set => this = Euler(value);
        }

        public float this[int index]
        {
            get
            {
                switch (index)
                {
                    case 0:
                        return x;
                    case 1:
                        return y;
                    case 2:
                        return z;
                    case 3:
                        return w;
                    default:
                        throw new IndexOutOfRangeException("Invalid Quaternion index!");
                }
            }
        }

        /// <summary>First <paramref name="rhs"/>, then <paramref name="lhs"/>.</summary>
        public static Quaternion operator *(Quaternion lhs, Quaternion rhs) =>
            new Quaternion(
                (lhs.w * rhs.x) + (lhs.x * rhs.w) + (lhs.y * rhs.z) - (lhs.z * rhs.y),
                (lhs.w * rhs.y) + (lhs.y * rhs.w) + (lhs.z * rhs.x) - (lhs.x * rhs.z),
                (lhs.w * rhs.z) + (lhs.z * rhs.w) + (lhs.x * rhs.y) - (lhs.y * rhs.x),
                (lhs.w * rhs.w) - (lhs.x * rhs.x) - (lhs.y * rhs.y) - (lhs.z * rhs.z));

        public static Vector3 operator *(Quaternion rotation, Vector3 point)
        {
            var axis = new Vector3(rotation.x, rotation.y, rotation.z);
            Vector3 twice = 2 * Vector3.Cross(axis, point);
            return point + (rotation.w * twice) + Vector3.Cross(axis, twice);
        }

        public static bool operator ==(Quaternion lhs, Quaternion rhs) => Dot(lhs, rhs) > 1 - kEpsilon;

        public static bool operator !=(Quaternion lhs, Quaternion rhs) => !(lhs == rhs);

        public static float Dot(Quaternion a, Quaternion b) => (a.x * b.x) + (a.y * b.y) + (a.z * b.z) + (a.w * b.w);

        public static Quaternion Euler(Vector3 euler) => Euler(euler.x, euler.y, euler.z);

        public static Quaternion Euler(float x, float y, float z) =>
            AngleAxis(y, Vector3.up) * AngleAxis(x, Vector3.right) * AngleAxis(z, Vector3.forward);

        public static Quaternion AngleAxis(float angle, Vector3 axis)
        {
            float length = axis.magnitude;
            if (length < kEpsilon)
            {
                return identity;
            }

            float half = angle * Mathf.Deg2Rad * 0.5f;
            Vector3 part = axis / length * Mathf.Sin(half);
            return new Quaternion(part.x, part.y, part.z, Mathf.Cos(half));
        }

        public static Quaternion FromToRotation(Vector3 fromDirection, Vector3 toDirection)
        {
            Vector3 from = fromDirection.normalized;
            Vector3 to = toDirection.normalized;
            Vector3 axis = Vector3.Cross(from, to);
            if (axis.sqrMagnitude > Vector3.kEpsilonNormalSqrt)
            {
                return AngleAxis(Vector3.Angle(from, to), axis);
            }

            if (Vector3.Dot(from, to) >= 0)
            {
                return identity;
            }

            Vector3 aside = Vector3.Cross(from, Mathf.Abs(from.x) < 0.9f ? Vector3.right : Vector3.up);
            return AngleAxis(180, aside);
        }

        public static Quaternion LookRotation(Vector3 forward) => LookRotation(forward, Vector3.up);

        public static Quaternion LookRotation(Vector3 forward, Vector3 upwards)
        {
            Vector3 ahead = forward.normalized;
            if (ahead.sqrMagnitude == 0)
            {
                Debug.Log("Look rotation viewing vector is zero");
                return identity;
            }

            Vector3 aside = Vector3.Cross(upwards, ahead);
            if (aside.sqrMagnitude < Vector3.kEpsilonNormalSqrt)
            {
                return FromToRotation(Vector3.forward, ahead); // the upward direction says nothing
            }

            aside = aside.normalized;
            return Matrix4x4.RotationOf(aside, Vector3.Cross(ahead, aside), ahead);
        }

        public static Quaternion Inverse(Quaternion rotation) => new Quaternion(-rotation.x, -rotation.y, -rotation.z, rotation.w);

        public static Quaternion Lerp(Quaternion a, Quaternion b, float t) => LerpUnclamped(a, b, Mathf.Clamp01(t));

        public static Quaternion LerpUnclamped(Quaternion a, Quaternion b, float t)
        {
            float sign = Dot(a, b) < 0 ? -1 : 1;
            return Normalize(
                new Quaternion(
                    Mathf.LerpUnclamped(a.x, b.x * sign, t),
                    Mathf.LerpUnclamped(a.y, b.y * sign, t),
                    Mathf.LerpUnclamped(a.z, b.z * sign, t),
                    Mathf.LerpUnclamped(a.w, b.w * sign, t)));
        }

        public static Quaternion Slerp(Quaternion a, Quaternion b, float t) => SlerpUnclamped(a, b, Mathf.Clamp01(t));

        public static Quaternion SlerpUnclamped(Quaternion a, Quaternion b, float t)
        {
            float dot = Dot(a, b);
            float sign = dot < 0 ? -1 : 1;
            dot *= sign;
            if (dot > 0.9995f)
            {
                return LerpUnclamped(a, b, t);
            }

            float angle = Mathf.Acos(dot);
            float share = Mathf.Sin(angle);
            float of = Mathf.Sin((1 - t) * angle) / share;
            float to = sign * Mathf.Sin(t * angle) / share;
            return new Quaternion((a.x * of) + (b.x * to), (a.y * of) + (b.y * to), (a.z * of) + (b.z * to), (a.w * of) + (b.w * to));
        }

        public static Quaternion RotateTowards(Quaternion from, Quaternion to, float maxDegreesDelta)
        {
            float angle = Angle(from, to);
            return angle == 0 ? to : SlerpUnclamped(from, to, Mathf.Min(1, maxDegreesDelta / angle));
        }

        /// <summary>0 when the two are equal by ==, as in Unity: less than a sixth of a degree isn't seen.</summary>
        public static float Angle(Quaternion a, Quaternion b)
        {
            float dot = Mathf.Min(Mathf.Abs(Dot(a, b)), 1);
            return dot > 1 - kEpsilon ? 0 : Mathf.Acos(dot) * 2 * Mathf.Rad2Deg;
        }

        public static Quaternion Normalize(Quaternion q)
        {
            float length = Mathf.Sqrt(Dot(q, q));
            return length < Mathf.Epsilon ? identity : new Quaternion(q.x / length, q.y / length, q.z / length, q.w / length);
        }

        public void Set(float newX, float newY, float newZ, float newW) => this = new Quaternion(newX, newY, newZ, newW);

        public void SetLookRotation(Vector3 view) => this = LookRotation(view);

        public void SetLookRotation(Vector3 view, Vector3 up) => this = LookRotation(view, up);

        public void SetFromToRotation(Vector3 fromDirection, Vector3 toDirection) => this = FromToRotation(fromDirection, toDirection);

        public void Normalize() => this = Normalize(this);

        public void ToAngleAxis(out float angle, out Vector3 axis)
        {
            Quaternion unit = Normalize(this);
            var part = new Vector3(unit.x, unit.y, unit.z);
            float length = part.magnitude;
            angle = 2 * Mathf.Atan2(length, unit.w) * Mathf.Rad2Deg;
            axis = length < kEpsilon ? Vector3.right : part / length;
        }

        public bool Equals(Quaternion other) => x == other.x && y == other.y && z == other.z && w == other.w;

        public override bool Equals(object other) => other is Quaternion && Equals((Quaternion)other);

        public override int GetHashCode() => x.GetHashCode() ^ (y.GetHashCode() << 2) ^ (z.GetHashCode() >> 2) ^ (w.GetHashCode() >> 1);

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider)
        {
            format = string.IsNullOrEmpty(format) ? "F5" : format;
            formatProvider = formatProvider ?? CultureInfo.InvariantCulture;
            return "(" + x.ToString(format, formatProvider) + ", " + y.ToString(format, formatProvider) + ", " + z.ToString(format, formatProvider) + ", "
                + w.ToString(format, formatProvider) + ")";
        }

        private static Vector3 ToEuler(Quaternion rotation)
        {
            Matrix4x4 m = Matrix4x4.Rotate(Normalize(rotation));
            float sine = -m.m12;
            Vector3 radians;
            if (Mathf.Abs(sine) < 0.999999f)
            {
                radians = new Vector3(Mathf.Asin(sine), Mathf.Atan2(m.m02, m.m22), Mathf.Atan2(m.m10, m.m11));
            }
            else
            {
                // Straight up or down: what is about y and what about z can't be told apart, so all is about y.
                radians = new Vector3(sine > 0 ? Mathf.PI / 2 : -Mathf.PI / 2, Mathf.Atan2(-m.m20, m.m00), 0);
            }

            Vector3 degrees = radians * Mathf.Rad2Deg;
            return new Vector3(Positive(degrees.x), Positive(degrees.y), Positive(degrees.z));
        }

        private static float Positive(float degrees) => degrees < -0.005729578f ? degrees + 360 : degrees;
    }
}
