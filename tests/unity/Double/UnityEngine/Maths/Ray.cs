using System;

namespace UnityEngine
{
    /// <summary>A line that begins somewhere. Its direction has the length 1.</summary>
    public struct Ray : IFormattable
    {
        private Vector3 m_Origin;
        private Vector3 m_Direction;

        public Ray(Vector3 origin, Vector3 direction)
        {
            m_Origin = origin;
            m_Direction = direction.normalized;
        }

        public Vector3 origin
        {
            get => m_Origin;
            set => m_Origin = value;
        }

        public Vector3 direction
        {
            get => m_Direction;
            set => m_Direction = value.normalized;
        }

        public Vector3 GetPoint(float distance) => origin + (direction * distance);

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider) =>
            "Origin: " + origin.ToString(format, formatProvider) + ", Dir: " + direction.ToString(format, formatProvider);
    }
}
