using System;
using System.Globalization;

namespace UnityEngine
{
    /// <summary>Three floats. Unity's space is left-handed: x to the right, y up, z forward.</summary>
    public struct Vector3 : IEquatable<Vector3>, IFormattable
    {
        public const float kEpsilon = 0.00001F;
        public const float kEpsilonNormalSqrt = 1e-15F;
        public float x;
        public float y;
        public float z;

        public Vector3(float x, float y, float z)
        {
            this.x = x;
            this.y = y;
            this.z = z;
        }

        public Vector3(float x, float y)
            : this(x, y, 0)
        {
        }

        public static Vector3 zero => new Vector3(0, 0, 0);

        public static Vector3 one => new Vector3(1, 1, 1);

        public static Vector3 forward => new Vector3(0, 0, 1);

        public static Vector3 back => new Vector3(0, 0, -1);

        public static Vector3 up => new Vector3(0, 1, 0);

        public static Vector3 down => new Vector3(0, -1, 0);

        public static Vector3 left => new Vector3(-1, 0, 0);

        public static Vector3 right => new Vector3(1, 0, 0);

        public static Vector3 positiveInfinity => one * float.PositiveInfinity;

        public static Vector3 negativeInfinity => one * float.NegativeInfinity;

        public float magnitude => Mathf.Sqrt(sqrMagnitude);

        public float sqrMagnitude => (x * x) + (y * y) + (z * z);

        public Vector3 normalized => Normalize(this);

        public float this[int index]
        {
            get => index == 0 ? x : index == 1 ? y : index == 2 ? z : throw new IndexOutOfRangeException("Invalid Vector3 index!");
            set
            {
                switch (index)
                {
                    case 0:
                        x = value;
                        break;
                    case 1:
                        y = value;
                        break;
                    case 2:
                        z = value;
                        break;
                    default:
                        throw new IndexOutOfRangeException("Invalid Vector3 index!");
                }
            }
        }

        public static Vector3 operator +(Vector3 a, Vector3 b) => new Vector3(a.x + b.x, a.y + b.y, a.z + b.z);

        public static Vector3 operator -(Vector3 a, Vector3 b) => new Vector3(a.x - b.x, a.y - b.y, a.z - b.z);

        public static Vector3 operator -(Vector3 a) => new Vector3(-a.x, -a.y, -a.z);

        public static Vector3 operator *(Vector3 a, float d) => new Vector3(a.x * d, a.y * d, a.z * d);

        public static Vector3 operator *(float d, Vector3 a) => new Vector3(a.x * d, a.y * d, a.z * d);

        public static Vector3 operator /(Vector3 a, float d) => new Vector3(a.x / d, a.y / d, a.z / d);

        /// <summary>Near enough to be one, as in Unity.</summary>
        public static bool operator ==(Vector3 lhs, Vector3 rhs) => (lhs - rhs).sqrMagnitude < kEpsilon * kEpsilon;

        public static bool operator !=(Vector3 lhs, Vector3 rhs) => !(lhs == rhs);

        public static Vector3 Lerp(Vector3 a, Vector3 b, float t) => LerpUnclamped(a, b, Mathf.Clamp01(t));

        public static Vector3 LerpUnclamped(Vector3 a, Vector3 b, float t) => a + ((b - a) * t);

        public static Vector3 Slerp(Vector3 a, Vector3 b, float t) => SlerpUnclamped(a, b, Mathf.Clamp01(t));

        public static Vector3 SlerpUnclamped(Vector3 a, Vector3 b, float t)
        {
            float from = a.magnitude;
            float to = b.magnitude;
            if (from < kEpsilon || to < kEpsilon)
            {
                return LerpUnclamped(a, b, t);
            }

            Vector3 axis = Cross(a, b);
            if (axis.sqrMagnitude < kEpsilonNormalSqrt)
            {
                if (Dot(a, b) > 0)
                {
                    return LerpUnclamped(a, b, t);
                }

                axis = Cross(a, Mathf.Abs(a.x) < Mathf.Abs(a.y) ? right : up); // opposite: any way round is as short
            }

            Vector3 direction = Quaternion.AngleAxis(Angle(a, b) * t, axis) * (a / from);
            return direction * Mathf.LerpUnclamped(from, to, t);
        }

        public static Vector3 MoveTowards(Vector3 current, Vector3 target, float maxDistanceDelta)
        {
            Vector3 way = target - current;
            float distance = way.magnitude;
            return distance == 0 || (maxDistanceDelta >= 0 && distance <= maxDistanceDelta) ? target : current + (way / distance * maxDistanceDelta);
        }

        public static Vector3 RotateTowards(Vector3 current, Vector3 target, float maxRadiansDelta, float maxMagnitudeDelta)
        {
            float angle = Angle(current, target) * Mathf.Deg2Rad;
            float length = Mathf.MoveTowards(current.magnitude, target.magnitude, maxMagnitudeDelta);
            float share = angle == 0 ? 1 : Mathf.Min(1, maxRadiansDelta / angle);
            return SlerpUnclamped(current.normalized, target.normalized, share) * length;
        }

        public static Vector3 SmoothDamp(Vector3 current, Vector3 target, ref Vector3 currentVelocity, float smoothTime) =>
            SmoothDamp(current, target, ref currentVelocity, smoothTime, Mathf.Infinity, Time.deltaTime);

        public static Vector3 SmoothDamp(Vector3 current, Vector3 target, ref Vector3 currentVelocity, float smoothTime, float maxSpeed) =>
            SmoothDamp(current, target, ref currentVelocity, smoothTime, maxSpeed, Time.deltaTime);

        /// <summary>As <see cref="Mathf.SmoothDamp(float, float, ref float, float, float, float)"/>, the speed being limited by length.</summary>
        public static Vector3 SmoothDamp(Vector3 current, Vector3 target, ref Vector3 currentVelocity, float smoothTime, float maxSpeed, float deltaTime)
        {
            smoothTime = Mathf.Max(0.0001f, smoothTime);
            float omega = 2f / smoothTime;
            float x = omega * deltaTime;
            float decay = 1f / (1f + x + (0.48f * x * x) + (0.235f * x * x * x));
            Vector3 change = ClampMagnitude(current - target, maxSpeed * smoothTime);
            Vector3 goal = current - change;
            Vector3 step = (currentVelocity + (omega * change)) * deltaTime;
            currentVelocity = (currentVelocity - (omega * step)) * decay;
            Vector3 output = goal + ((change + step) * decay);
            if (Dot(target - current, output - target) > 0)
            {
                output = target;
                currentVelocity = (output - target) / deltaTime;
            }

            return output;
        }

        public static Vector3 Scale(Vector3 a, Vector3 b) => new Vector3(a.x * b.x, a.y * b.y, a.z * b.z);

        /// <summary>By the left hand: Cross(right, up) is forward.</summary>
        public static Vector3 Cross(Vector3 lhs, Vector3 rhs) =>
            new Vector3((lhs.y * rhs.z) - (lhs.z * rhs.y), (lhs.z * rhs.x) - (lhs.x * rhs.z), (lhs.x * rhs.y) - (lhs.y * rhs.x));

        public static float Dot(Vector3 lhs, Vector3 rhs) => (lhs.x * rhs.x) + (lhs.y * rhs.y) + (lhs.z * rhs.z);

        public static Vector3 Reflect(Vector3 inDirection, Vector3 inNormal) => inDirection - (2 * Dot(inNormal, inDirection) * inNormal);

        public static Vector3 Normalize(Vector3 value)
        {
            float length = value.magnitude;
            return length > kEpsilon ? value / length : zero;
        }

        public static Vector3 Project(Vector3 vector, Vector3 onNormal)
        {
            float square = Dot(onNormal, onNormal);
            return square < Mathf.Epsilon ? zero : onNormal * (Dot(vector, onNormal) / square);
        }

        public static Vector3 ProjectOnPlane(Vector3 vector, Vector3 planeNormal)
        {
            float square = Dot(planeNormal, planeNormal);
            return square < Mathf.Epsilon ? vector : vector - (planeNormal * (Dot(vector, planeNormal) / square));
        }

        public static float Angle(Vector3 from, Vector3 to)
        {
            float length = Mathf.Sqrt(from.sqrMagnitude * to.sqrMagnitude);
            return length < kEpsilonNormalSqrt ? 0 : Mathf.Acos(Mathf.Clamp(Dot(from, to) / length, -1, 1)) * Mathf.Rad2Deg;
        }

        public static float SignedAngle(Vector3 from, Vector3 to, Vector3 axis) => Angle(from, to) * Mathf.Sign(Dot(axis, Cross(from, to)));

        public static float Distance(Vector3 a, Vector3 b) => (a - b).magnitude;

        public static Vector3 ClampMagnitude(Vector3 vector, float maxLength) =>
            vector.sqrMagnitude > maxLength * maxLength ? vector / vector.magnitude * maxLength : vector;

        public static float Magnitude(Vector3 vector) => vector.magnitude;

        public static float SqrMagnitude(Vector3 vector) => vector.sqrMagnitude;

        public static Vector3 Min(Vector3 lhs, Vector3 rhs) => new Vector3(Mathf.Min(lhs.x, rhs.x), Mathf.Min(lhs.y, rhs.y), Mathf.Min(lhs.z, rhs.z));

        public static Vector3 Max(Vector3 lhs, Vector3 rhs) => new Vector3(Mathf.Max(lhs.x, rhs.x), Mathf.Max(lhs.y, rhs.y), Mathf.Max(lhs.z, rhs.z));

        public void Set(float newX, float newY, float newZ)
        {
            x = newX;
            y = newY;
            z = newZ;
        }

        public void Scale(Vector3 scale) => this = Scale(this, scale);

        public void Normalize() => this = Normalize(this);

        public bool Equals(Vector3 other) => x == other.x && y == other.y && z == other.z;

        public override bool Equals(object other) => other is Vector3 && Equals((Vector3)other);

        public override int GetHashCode() => x.GetHashCode() ^ (y.GetHashCode() << 2) ^ (z.GetHashCode() >> 2);

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider)
        {
            format = string.IsNullOrEmpty(format) ? "F2" : format;
            formatProvider = formatProvider ?? CultureInfo.InvariantCulture;
            return "(" + x.ToString(format, formatProvider) + ", " + y.ToString(format, formatProvider) + ", " + z.ToString(format, formatProvider) + ")";
        }
    }
}
