using System;
using System.Globalization;

namespace UnityEngine
{
    /// <summary>A matrix of four rows and columns; vectors are columns.</summary>
    public struct Matrix4x4 : IEquatable<Matrix4x4>, IFormattable
    {
        public float m00;
        public float m10;
        public float m20;
        public float m30;
        public float m01;
        public float m11;
        public float m21;
        public float m31;
        public float m02;
        public float m12;
        public float m22;
        public float m32;
        public float m03;
        public float m13;
        public float m23;
        public float m33;

        public Matrix4x4(Vector4 column0, Vector4 column1, Vector4 column2, Vector4 column3)
        {
            m00 = column0.x;
            m10 = column0.y;
            m20 = column0.z;
            m30 = column0.w;
            m01 = column1.x;
            m11 = column1.y;
            m21 = column1.z;
            m31 = column1.w;
            m02 = column2.x;
            m12 = column2.y;
            m22 = column2.z;
            m32 = column2.w;
            m03 = column3.x;
            m13 = column3.y;
            m23 = column3.z;
            m33 = column3.w;
        }

        public static Matrix4x4 zero => default(Matrix4x4);

        public static Matrix4x4 identity => Scale(Vector3.one);

        public Matrix4x4 inverse => Inverse(this);

        public Matrix4x4 transpose => Transpose(this);

        public float determinant => Determinant(this);

        public bool isIdentity => this == identity;

        public Quaternion rotation => RotationOf(GetColumn(0), GetColumn(1), GetColumn(2));

        public Vector3 lossyScale => new Vector3(
            ((Vector3)GetColumn(0)).magnitude * Mathf.Sign(Determinant(this)), ((Vector3)GetColumn(1)).magnitude, ((Vector3)GetColumn(2)).magnitude);

        public float this[int row, int column]
        {
            get => GetColumn(column)[row];
            set
            {
                Vector4 changed = GetColumn(column);
                changed[row] = value;
                SetColumn(column, changed);
            }
        }

        public float this[int index]
        {
            get => this[index % 4, index / 4];
            set => this[index % 4, index / 4] = value;
        }

        public static Matrix4x4 operator *(Matrix4x4 lhs, Matrix4x4 rhs) =>
            new Matrix4x4(lhs * rhs.GetColumn(0), lhs * rhs.GetColumn(1), lhs * rhs.GetColumn(2), lhs * rhs.GetColumn(3));

        public static Vector4 operator *(Matrix4x4 lhs, Vector4 vector) =>
            new Vector4(
                (lhs.m00 * vector.x) + (lhs.m01 * vector.y) + (lhs.m02 * vector.z) + (lhs.m03 * vector.w),
                (lhs.m10 * vector.x) + (lhs.m11 * vector.y) + (lhs.m12 * vector.z) + (lhs.m13 * vector.w),
                (lhs.m20 * vector.x) + (lhs.m21 * vector.y) + (lhs.m22 * vector.z) + (lhs.m23 * vector.w),
                (lhs.m30 * vector.x) + (lhs.m31 * vector.y) + (lhs.m32 * vector.z) + (lhs.m33 * vector.w));

        public static bool operator ==(Matrix4x4 lhs, Matrix4x4 rhs) =>
            lhs.GetColumn(0) == rhs.GetColumn(0) && lhs.GetColumn(1) == rhs.GetColumn(1) && lhs.GetColumn(2) == rhs.GetColumn(2)
            && lhs.GetColumn(3) == rhs.GetColumn(3);

        public static bool operator !=(Matrix4x4 lhs, Matrix4x4 rhs) => !(lhs == rhs);

        public static Matrix4x4 Scale(Vector3 vector) =>
            new Matrix4x4(new Vector4(vector.x, 0, 0, 0), new Vector4(0, vector.y, 0, 0), new Vector4(0, 0, vector.z, 0), new Vector4(0, 0, 0, 1));

        public static Matrix4x4 Translate(Vector3 vector)
        {
            Matrix4x4 result = identity;
            result.SetColumn(3, new Vector4(vector.x, vector.y, vector.z, 1));
            return result;
        }

        public static Matrix4x4 Rotate(Quaternion q) =>
            new Matrix4x4(q * Vector3.right, q * Vector3.up, q * Vector3.forward, new Vector4(0, 0, 0, 1));

        public static Matrix4x4 TRS(Vector3 pos, Quaternion q, Vector3 s) =>
            new Matrix4x4(
                q * Vector3.right * s.x, q * Vector3.up * s.y, q * Vector3.forward * s.z, new Vector4(pos.x, pos.y, pos.z, 1));

        public static Matrix4x4 Transpose(Matrix4x4 m) => new Matrix4x4(m.GetRow(0), m.GetRow(1), m.GetRow(2), m.GetRow(3));

        /// <summary>By Gauss and Jordan; zero where there is none.</summary>
        public static Matrix4x4 Inverse(Matrix4x4 m)
        {
            Matrix4x4 result = identity;
            for (int pivot = 0; pivot < 4; pivot++)
            {
                int best = pivot;
                for (int row = pivot + 1; row < 4; row++)
                {
                    best = Math.Abs(m[row, pivot]) > Math.Abs(m[best, pivot]) ? row : best;
                }

                float value = m[best, pivot];
                if (value == 0)
                {
                    return zero;
                }

                Vector4 from = m.GetRow(best) / value;
                Vector4 to = result.GetRow(best) / value;
                m.SetRow(best, m.GetRow(pivot));
                result.SetRow(best, result.GetRow(pivot));
                m.SetRow(pivot, from);
                result.SetRow(pivot, to);
                for (int row = 0; row < 4; row++)
                {
                    if (row != pivot)
                    {
                        float share = m[row, pivot];
                        m.SetRow(row, m.GetRow(row) - (from * share));
                        result.SetRow(row, result.GetRow(row) - (to * share));
                    }
                }
            }

            return result;
        }

        public static float Determinant(Matrix4x4 m)
        {
            float a = (m.m22 * m.m33) - (m.m23 * m.m32);
            float b = (m.m21 * m.m33) - (m.m23 * m.m31);
            float c = (m.m21 * m.m32) - (m.m22 * m.m31);
            float d = (m.m20 * m.m33) - (m.m23 * m.m30);
            float e = (m.m20 * m.m32) - (m.m22 * m.m30);
            float f = (m.m20 * m.m31) - (m.m21 * m.m30);
            return (m.m00 * ((m.m11 * a) - (m.m12 * b) + (m.m13 * c)))
                - (m.m01 * ((m.m10 * a) - (m.m12 * d) + (m.m13 * e)))
                + (m.m02 * ((m.m10 * b) - (m.m11 * d) + (m.m13 * f)))
                - (m.m03 * ((m.m10 * c) - (m.m11 * e) + (m.m12 * f)));
        }

        /// <summary>To the clip space of OpenGL, which looks along −z.</summary>
        public static Matrix4x4 Perspective(float fov, float aspect, float zNear, float zFar)
        {
            float cotangent = 1 / Mathf.Tan(fov * Mathf.Deg2Rad / 2);
            Matrix4x4 result = zero;
            result.m00 = cotangent / aspect;
            result.m11 = cotangent;
            result.m22 = -(zFar + zNear) / (zFar - zNear);
            result.m23 = -2 * zFar * zNear / (zFar - zNear);
            result.m32 = -1;
            return result;
        }

        public static Matrix4x4 Ortho(float left, float right, float bottom, float top, float zNear, float zFar)
        {
            Matrix4x4 result = Scale(new Vector3(2 / (right - left), 2 / (top - bottom), -2 / (zFar - zNear)));
            result.m03 = -(right + left) / (right - left);
            result.m13 = -(top + bottom) / (top - bottom);
            result.m23 = -(zFar + zNear) / (zFar - zNear);
            return result;
        }

        public Vector4 GetColumn(int index)
        {
            switch (index)
            {
                case 0:
                    return new Vector4(m00, m10, m20, m30);
                case 1:
                    return new Vector4(m01, m11, m21, m31);
                case 2:
                    return new Vector4(m02, m12, m22, m32);
                case 3:
                    return new Vector4(m03, m13, m23, m33);
                default:
                    throw new IndexOutOfRangeException("Invalid column index!");
            }
        }

        public Vector4 GetRow(int index) => new Vector4(GetColumn(0)[index], GetColumn(1)[index], GetColumn(2)[index], GetColumn(3)[index]);

        public void SetColumn(int index, Vector4 column)
        {
            switch (index)
            {
                case 0:
                    this = new Matrix4x4(column, GetColumn(1), GetColumn(2), GetColumn(3));
                    break;
                case 1:
                    this = new Matrix4x4(GetColumn(0), column, GetColumn(2), GetColumn(3));
                    break;
                case 2:
                    this = new Matrix4x4(GetColumn(0), GetColumn(1), column, GetColumn(3));
                    break;
                case 3:
                    this = new Matrix4x4(GetColumn(0), GetColumn(1), GetColumn(2), column);
                    break;
                default:
                    throw new IndexOutOfRangeException("Invalid column index!");
            }
        }

        public void SetRow(int index, Vector4 row)
        {
            for (int column = 0; column < 4; column++)
            {
                this[index, column] = row[column];
            }
        }

        public void SetTRS(Vector3 pos, Quaternion q, Vector3 s) => this = TRS(pos, q, s);

        public Vector3 GetPosition() => GetColumn(3);

        public Vector3 MultiplyPoint(Vector3 point)
        {
            Vector4 result = this * new Vector4(point.x, point.y, point.z, 1);
            return (Vector3)result / result.w;
        }

        public Vector3 MultiplyPoint3x4(Vector3 point) => this * new Vector4(point.x, point.y, point.z, 1);

        public Vector3 MultiplyVector(Vector3 vector) => this * (Vector4)vector;

        public bool Equals(Matrix4x4 other) =>
            GetColumn(0).Equals(other.GetColumn(0)) && GetColumn(1).Equals(other.GetColumn(1)) && GetColumn(2).Equals(other.GetColumn(2))
            && GetColumn(3).Equals(other.GetColumn(3));

        public override bool Equals(object other) => other is Matrix4x4 && Equals((Matrix4x4)other);

        public override int GetHashCode() =>
            GetColumn(0).GetHashCode() ^ (GetColumn(1).GetHashCode() << 2) ^ (GetColumn(2).GetHashCode() >> 2) ^ (GetColumn(3).GetHashCode() >> 1);

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider)
        {
            format = string.IsNullOrEmpty(format) ? "F5" : format;
            formatProvider = formatProvider ?? CultureInfo.InvariantCulture;
            string text = string.Empty;
            for (int row = 0; row < 4; row++)
            {
                for (int column = 0; column < 4; column++)
                {
                    text += this[row, column].ToString(format, formatProvider) + (column < 3 ? "\t" : "\n");
                }
            }

            return text;
        }

        /// <summary>Tells the rotation that turns the axes into three directions at right angles, whatever their length.</summary>
        internal static Quaternion RotationOf(Vector3 right, Vector3 up, Vector3 forward)
        {
            right.Normalize();
            up.Normalize();
            forward.Normalize();
            float trace = right.x + up.y + forward.z;
            Quaternion q;
            if (trace > 0)
            {
                float s = Mathf.Sqrt(trace + 1) * 2;
                q = new Quaternion((up.z - forward.y) / s, (forward.x - right.z) / s, (right.y - up.x) / s, s / 4);
            }
            else if (right.x > up.y && right.x > forward.z)
            {
                float s = Mathf.Sqrt(1 + right.x - up.y - forward.z) * 2;
                q = new Quaternion(s / 4, (up.x + right.y) / s, (forward.x + right.z) / s, (up.z - forward.y) / s);
            }
            else if (up.y > forward.z)
            {
                float s = Mathf.Sqrt(1 + up.y - right.x - forward.z) * 2;
                q = new Quaternion((up.x + right.y) / s, s / 4, (forward.y + up.z) / s, (forward.x - right.z) / s);
            }
            else
            {
                float s = Mathf.Sqrt(1 + forward.z - right.x - up.y) * 2;
                q = new Quaternion((forward.x + right.z) / s, (forward.y + up.z) / s, s / 4, (right.y - up.x) / s);
            }

            return Quaternion.Normalize(q);
        }
    }
}
