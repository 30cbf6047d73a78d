using System;
using System.Globalization;

namespace UnityEngine
{
    /// <summary>A box along the axes.</summary>
    public struct Bounds : IEquatable<Bounds>, IFormattable
    {
        private Vector3 m_Center;
        private Vector3 m_Extents;

        public Bounds(Vector3 center, Vector3 size)
        {
            m_Center = center;
            m_Extents = size * 0.5f;
        }

        public Vector3 center
        {
            get => m_Center;
            set => m_Center = value;
        }

        public Vector3 size
        {
            get => m_Extents * 2;
            set => m_Extents = value * 0.5f;
        }

        public Vector3 extents
        {
            get => m_Extents;
            set => m_Extents = value;
        }

        public Vector3 min
        {
            get => center - extents;
            set => SetMinMax(value, max);
        }

        public Vector3 max
        {
            get => center + extents;
            set => SetMinMax(min, value);
        }

        public static bool operator ==(Bounds lhs, Bounds rhs) => lhs.center == rhs.center && lhs.extents == rhs.extents;

        public static bool operator !=(Bounds lhs, Bounds rhs) => !(lhs == rhs);

        public void SetMinMax(Vector3 min, Vector3 max)
        {
            extents = (max - min) * 0.5f;
            center = min + extents;
        }

        public void Encapsulate(Vector3 point) => SetMinMax(Vector3.Min(min, point), Vector3.Max(max, point));

        public void Encapsulate(Bounds bounds)
        {
            Encapsulate(bounds.min);
            Encapsulate(bounds.max);
        }

        public void Expand(float amount) => extents += Vector3.one * amount * 0.5f;

        public void Expand(Vector3 amount) => extents += amount * 0.5f;

        public bool Intersects(Bounds bounds) =>
            min.x <= bounds.max.x && max.x >= bounds.min.x && min.y <= bounds.max.y && max.y >= bounds.min.y && min.z <= bounds.max.z
            && max.z >= bounds.min.z;

        public bool IntersectRay(Ray ray) => IntersectRay(ray, out float _);

        /// <summary>By slabs: what of the ray lies between each pair of opposite faces.</summary>
        public bool IntersectRay(Ray ray, out float distance)
        {
            float enter = float.NegativeInfinity;
            float leave = float.PositiveInfinity;
            distance = 0;
            for (int axis = 0; axis < 3; axis++)
            {
                float way = ray.direction[axis];
                if (way == 0)
                {
                    if (ray.origin[axis] < min[axis] || ray.origin[axis] > max[axis])
                    {
                        return false;
                    }

                    continue;
                }

                float one = (min[axis] - ray.origin[axis]) / way;
                float other = (max[axis] - ray.origin[axis]) / way;
                enter = Mathf.Max(enter, Mathf.Min(one, other));
                leave = Mathf.Min(leave, Mathf.Max(one, other));
            }

            distance = enter;
            return enter <= leave && leave >= 0;
        }

        public bool Contains(Vector3 point) =>
            point.x >= min.x && point.x <= max.x && point.y >= min.y && point.y <= max.y && point.z >= min.z && point.z <= max.z;

        public Vector3 ClosestPoint(Vector3 point) => Vector3.Min(Vector3.Max(point, min), max);

        public float SqrDistance(Vector3 point) => (ClosestPoint(point) - point).sqrMagnitude;

        public bool Equals(Bounds other) => center.Equals(other.center) && extents.Equals(other.extents);

        public override bool Equals(object other) => other is Bounds && Equals((Bounds)other);

        public override int GetHashCode() => center.GetHashCode() ^ (extents.GetHashCode() << 2);

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider)
        {
            formatProvider = formatProvider ?? CultureInfo.InvariantCulture;
            return "Center: " + center.ToString(format, formatProvider) + ", Extents: " + extents.ToString(format, formatProvider);
        }
    }
}
