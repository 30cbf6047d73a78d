using System;

namespace UnityEngine
{
    /// <summary>The points whose product with the normal is minus the distance.</summary>
    public struct Plane : IFormattable
    {
        private Vector3 m_Normal;
        private float m_Distance;

        public Plane(Vector3 inNormal, Vector3 inPoint)
        {
            m_Normal = Vector3.Normalize(inNormal);
            m_Distance = -Vector3.Dot(m_Normal, inPoint);
        }

        public Plane(Vector3 inNormal, float d)
        {
            m_Normal = Vector3.Normalize(inNormal);
            m_Distance = d;
        }

        public Vector3 normal
        {
            get => m_Normal;
            set => m_Normal = value;
        }

        public float distance
        {
            get => m_Distance;
            set => m_Distance = value;
        }

        public Vector3 ClosestPointOnPlane(Vector3 point) => point - (normal * GetDistanceToPoint(point));

        public float GetDistanceToPoint(Vector3 point) => Vector3.Dot(normal, point) + distance;

        public bool GetSide(Vector3 point) => GetDistanceToPoint(point) > 0;

        public bool SameSide(Vector3 inPt0, Vector3 inPt1) => GetSide(inPt0) == GetSide(inPt1);

        public bool Raycast(Ray ray, out float enter)
        {
            float towards = Vector3.Dot(ray.direction, normal);
            if (Mathf.Approximately(towards, 0))
            {
                enter = 0;
                return false;
            }

            enter = -GetDistanceToPoint(ray.origin) / towards;
            return enter > 0;
        }

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider) =>
            "(normal:" + normal.ToString(format, formatProvider) + ", distance:" + distance.ToString(format, formatProvider) + ")";
    }
}
