namespace UnityEngine
{
    /// <summary>What draws. Its bounds in the world are those of its local box, turned and scaled.</summary>
    public class Renderer : Component
    {
        [SerializeField]
        private bool isOn = true;
        private Bounds? given;
        private Bounds? givenInWorld;

        public bool enabled
        {
            get => isOn;
            set => isOn = value;
        }

        public bool forceRenderingOff { get; set; }

        public virtual bool isVisible => enabled && Owner.IsActiveInHierarchy && !forceRenderingOff;

        public Material sharedMaterial { get; set; }

        public Material material
        {
            get => sharedMaterial;
            set => sharedMaterial = value;
        }

        public int sortingOrder { get; set; }

        public Matrix4x4 localToWorldMatrix => Frame.localToWorldMatrix;

        public Bounds localBounds
        {
            get => given ?? OwnBounds;
            set => given = value;
        }

        public Bounds bounds
        {
            get
            {
                Touch();
                return givenInWorld ?? InWorld(Frame.localToWorldMatrix, localBounds);
            }

            set => givenInWorld = value;
        }

        /// <summary>The space of its local bounds.</summary>
        internal virtual Transform Frame => Owner.transform;

        internal virtual Bounds OwnBounds => default(Bounds);

        public void ResetBounds() => givenInWorld = null;

        public void ResetLocalBounds() => given = null;

        internal static Bounds InWorld(Matrix4x4 toWorld, Bounds local)
        {
            var world = new Bounds(toWorld.MultiplyPoint3x4(local.center), Vector3.zero);
            for (int corner = 0; corner < 8; corner++)
            {
                var side = new Vector3((corner & 1) == 0 ? -1 : 1, (corner & 2) == 0 ? -1 : 1, (corner & 4) == 0 ? -1 : 1);
                world.Encapsulate(toWorld.MultiplyPoint3x4(local.center + Vector3.Scale(local.extents, side)));
            }

            return world;
        }
    }

    public class MeshRenderer : Renderer
    {
        internal override Bounds OwnBounds
        {
            get
            {
                var filter = Owner.Find<MeshFilter>();
                return filter == null || filter.sharedMesh == null ? default(Bounds) : filter.sharedMesh.bounds;
            }
        }
    }

    public class SkinnedMeshRenderer : Renderer
    {
        public Transform rootBone { get; set; }

        public Transform[] bones { get; set; } = new Transform[0];

        public Mesh sharedMesh { get; set; }

        public bool updateWhenOffscreen { get; set; }

        internal override Transform Frame => rootBone == null ? base.Frame : rootBone;

        internal override Bounds OwnBounds => sharedMesh == null ? default(Bounds) : sharedMesh.bounds;
    }

    public sealed class MeshFilter : Component
    {
        [SerializeField]
        private Mesh shape;

        public Mesh sharedMesh
        {
            get => shape;
            set => shape = value;
        }

        public Mesh mesh
        {
            get => shape;
            set => shape = value;
        }
    }

    public sealed class SpriteRenderer : Renderer
    {
        [SerializeField]
        private Sprite shape;

        public Sprite sprite
        {
            get => shape;
            set => shape = value;
        }

        internal override Bounds OwnBounds => shape == null ? default(Bounds) : shape.bounds;
    }

    public sealed class LineRenderer : Renderer
    {
    }

    public sealed class TrailRenderer : Renderer
    {
    }
}
