using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    public enum QueryTriggerInteraction
    {
        UseGlobal = 0,
        Ignore = 1,
        Collide = 2,
    }

    /// <summary>Where a ray hits.</summary>
    public struct RaycastHit
    {
        private Vector3 m_Point;
        private Vector3 m_Normal;
        private float m_Distance;
        private Collider m_Collider;

        internal RaycastHit(Collider collider, Vector3 point, float distance)
        {
            m_Collider = collider;
            m_Point = point;
            m_Distance = distance;
            m_Normal = (point - collider.bounds.center).normalized;
        }

        public Collider collider => m_Collider;

        public Transform transform => m_Collider == null ? null : m_Collider.transform;

        public Vector3 point
        {
            get => m_Point;
            set => m_Point = value;
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
    }

    /// <summary>Rays and lines against the colliders.</summary>
    public class Physics
    {
        public const int IgnoreRaycastLayer = 4;
        public const int DefaultRaycastLayers = ~IgnoreRaycastLayer;
        public const int AllLayers = -1;

        public static bool queriesHitTriggers { get; set; } = true;

        public static bool Linecast(Vector3 start, Vector3 end) => Linecast(start, end, DefaultRaycastLayers);

        public static bool Linecast(Vector3 start, Vector3 end, int layerMask) =>
            Linecast(start, end, layerMask, QueryTriggerInteraction.UseGlobal);

        public static bool Linecast(Vector3 start, Vector3 end, int layerMask, QueryTriggerInteraction queryTriggerInteraction) =>
            Linecast(start, end, out RaycastHit _, layerMask, queryTriggerInteraction);

        public static bool Linecast(Vector3 start, Vector3 end, out RaycastHit hitInfo) => Linecast(start, end, out hitInfo, DefaultRaycastLayers);

        public static bool Linecast(Vector3 start, Vector3 end, out RaycastHit hitInfo, int layerMask) =>
            Linecast(start, end, out hitInfo, layerMask, QueryTriggerInteraction.UseGlobal);

        public static bool Linecast(
            Vector3 start, Vector3 end, out RaycastHit hitInfo, int layerMask, QueryTriggerInteraction queryTriggerInteraction) =>
            Raycast(start, end - start, out hitInfo, Vector3.Distance(start, end), layerMask, queryTriggerInteraction);

        public static bool Raycast(Vector3 origin, Vector3 direction, out RaycastHit hitInfo, float maxDistance) =>
            Raycast(origin, direction, out hitInfo, maxDistance, DefaultRaycastLayers);

        public static bool Raycast(Vector3 origin, Vector3 direction, out RaycastHit hitInfo, float maxDistance, int layerMask) =>
            Raycast(origin, direction, out hitInfo, maxDistance, layerMask, QueryTriggerInteraction.UseGlobal);

        public static bool Raycast(
            Vector3 origin, Vector3 direction, out RaycastHit hitInfo, float maxDistance, int layerMask, QueryTriggerInteraction queryTriggerInteraction)
        {
            World.RequireMainThread(nameof(Raycast));
            hitInfo = default(RaycastHit);
            float nearest = maxDistance;
            Vector3 way = direction.normalized;
            List<Collider> all = World.Current.Part<Colliders>().All;
            for (int i = 0; i < all.Count; i++)
            {
                if (IsAsked(all[i], layerMask, queryTriggerInteraction) && TryHit(all[i], origin, way, nearest, out RaycastHit hit))
                {
                    hitInfo = hit;
                    nearest = hit.distance;
                }
            }

            return hitInfo.collider != null;
        }

        public static bool Raycast(Vector3 origin, Vector3 direction, float maxDistance) =>
            Raycast(origin, direction, out RaycastHit _, maxDistance);

        public static bool Raycast(Vector3 origin, Vector3 direction, float maxDistance, int layerMask) =>
            Raycast(origin, direction, out RaycastHit _, maxDistance, layerMask);

        public static bool Raycast(Ray ray, out RaycastHit hitInfo) => Raycast(ray, out hitInfo, Mathf.Infinity);

        public static bool Raycast(Ray ray, out RaycastHit hitInfo, float maxDistance) => Raycast(ray.origin, ray.direction, out hitInfo, maxDistance);

        public static bool Raycast(Ray ray, out RaycastHit hitInfo, float maxDistance, int layerMask) =>
            Raycast(ray.origin, ray.direction, out hitInfo, maxDistance, layerMask);

        /// <summary>In no order, as many as the array takes.</summary>
        public static int RaycastNonAlloc(
            Vector3 origin, Vector3 direction, RaycastHit[] results, float maxDistance, int layerMask, QueryTriggerInteraction queryTriggerInteraction)
        {
            int count = 0;
            Vector3 way = direction.normalized;
            List<Collider> all = World.Current.Part<Colliders>().All;
            for (int i = 0; i < all.Count && count < results.Length; i++)
            {
                if (IsAsked(all[i], layerMask, queryTriggerInteraction) && TryHit(all[i], origin, way, maxDistance, out RaycastHit hit))
                {
                    results[count++] = hit;
                }
            }

            return count;
        }

        public static int RaycastNonAlloc(Vector3 origin, Vector3 direction, RaycastHit[] results, float maxDistance, int layerMask) =>
            RaycastNonAlloc(origin, direction, results, maxDistance, layerMask, QueryTriggerInteraction.UseGlobal);

        public static int RaycastNonAlloc(Ray ray, RaycastHit[] results, float maxDistance, int layerMask) =>
            RaycastNonAlloc(ray.origin, ray.direction, results, maxDistance, layerMask);

        public static void SyncTransforms()
        {
        }

        private static bool IsAsked(Collider collider, int layerMask, QueryTriggerInteraction triggers)
        {
            bool hitsTriggers = triggers == QueryTriggerInteraction.UseGlobal ? queriesHitTriggers : triggers == QueryTriggerInteraction.Collide;
            return collider.enabled && collider.Owner.IsActiveInHierarchy && (layerMask & (1 << collider.Owner.layer)) != 0
                && (hitsTriggers || !collider.isTrigger);
        }

        private static bool TryHit(Collider collider, Vector3 origin, Vector3 way, float farthest, out RaycastHit hit)
        {
            hit = default(RaycastHit);
            Matrix4x4 toLocal = collider.transform.worldToLocalMatrix;
            if (!collider.TryHit(toLocal.MultiplyPoint3x4(origin), toLocal.MultiplyVector(way), out float distance) || distance > farthest)
            {
                return false;
            }

            hit = new RaycastHit(collider, origin + (way * distance), distance);
            return true;
        }
    }
}

namespace Loquent.Double
{
    internal sealed class Colliders
    {
        internal List<UnityEngine.Collider> All { get; } = new List<UnityEngine.Collider>();
    }
}
