using Loquent.Double;

namespace UnityEngine
{
    /// <summary>What rays hit. The double's colliders are where their GameObjects are, without waiting for a physics step.</summary>
    public class Collider : Component
    {
        [SerializeField]
        private bool isOn = true;

        public bool enabled
        {
            get => isOn;
            set => isOn = value;
        }

        public bool isTrigger { get; set; }

        public Bounds bounds => Renderer.InWorld(transform.localToWorldMatrix, LocalBounds);

        internal virtual Bounds LocalBounds => default(Bounds);

        internal override void WhenAttached()
        {
            base.WhenAttached();
            World.Current.Part<Colliders>().All.Add(this);
        }

        internal override void WhenDestroyed() => World.Current.Part<Colliders>().All.Remove(this);

        /// <summary>Where a line from inside its own space enters it; the ray's direction needn't have the length 1.</summary>
        internal virtual bool TryHit(Vector3 origin, Vector3 way, out float share)
        {
            var ray = new Ray(origin, way);
            float length = way.magnitude;
            bool hits = LocalBounds.IntersectRay(ray, out float distance);
            share = distance / length;
            return hits && distance >= 0; // from inside nothing is hit, as in Unity
        }
    }

    public class BoxCollider : Collider
    {
        [SerializeField]
        private Vector3 middle;
        [SerializeField]
        private Vector3 whole = Vector3.one;

        public Vector3 center
        {
            get => middle;
            set => middle = value;
        }

        public Vector3 size
        {
            get => whole;
            set => whole = value;
        }

        internal override Bounds LocalBounds => new Bounds(middle, whole);
    }

    public class SphereCollider : Collider
    {
        [SerializeField]
        private Vector3 middle;
        [SerializeField]
        private float reach = 0.5f;

        public Vector3 center
        {
            get => middle;
            set => middle = value;
        }

        public float radius
        {
            get => reach;
            set => reach = value;
        }

        internal override Bounds LocalBounds => new Bounds(middle, Vector3.one * reach * 2);

        internal override bool TryHit(Vector3 origin, Vector3 way, out float share)
        {
            Vector3 from = origin - middle;
            float a = way.sqrMagnitude;
            float b = Vector3.Dot(from, way);
            float inside = (b * b) - (a * (from.sqrMagnitude - (reach * reach)));
            share = inside < 0 ? 0 : (-b - Mathf.Sqrt(inside)) / a;
            return inside >= 0 && share >= 0;
        }
    }

    /// <summary>The double hits its box.</summary>
    public class CapsuleCollider : Collider
    {
        [SerializeField]
        private Vector3 middle;
        [SerializeField]
        private float reach = 0.5f;
        [SerializeField]
        private float length = 2;
        [SerializeField]
        private int axis = 1;

        public Vector3 center
        {
            get => middle;
            set => middle = value;
        }

        public float radius
        {
            get => reach;
            set => reach = value;
        }

        public float height
        {
            get => length;
            set => length = value;
        }

        public int direction
        {
            get => axis;
            set => axis = value;
        }

        internal override Bounds LocalBounds
        {
            get
            {
                Vector3 size = Vector3.one * reach * 2;
                size[axis] = Mathf.Max(length, reach * 2);
                return new Bounds(middle, size);
            }
        }
    }
}
