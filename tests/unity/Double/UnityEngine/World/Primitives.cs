using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Unity's simple shapes: a box of the right size to draw, and a collider.</summary>
    internal static class Primitives
    {
        internal static GameObject Create(PrimitiveType type)
        {
            var made = new GameObject(type.ToString());
            var mesh = new Mesh { name = type.ToString(), bounds = BoundsOf(type) };
            made.AddComponent<MeshFilter>().sharedMesh = mesh;
            AddCollider(made, type, mesh.bounds);
            made.AddComponent<MeshRenderer>().sharedMaterial = new Material(Shader.Find("Standard"));
            return made;
        }

        private static Bounds BoundsOf(PrimitiveType type)
        {
            switch (type)
            {
                case PrimitiveType.Capsule:
                case PrimitiveType.Cylinder:
                    return new Bounds(Vector3.zero, new Vector3(1, 2, 1));
                case PrimitiveType.Plane:
                    return new Bounds(Vector3.zero, new Vector3(10, 0, 10));
                case PrimitiveType.Quad:
                    return new Bounds(Vector3.zero, new Vector3(1, 1, 0));
                default:
                    return new Bounds(Vector3.zero, Vector3.one);
            }
        }

        private static void AddCollider(GameObject made, PrimitiveType type, Bounds bounds)
        {
            switch (type)
            {
                case PrimitiveType.Capsule:
                case PrimitiveType.Cylinder:
                    made.AddComponent<CapsuleCollider>();
                    break;
                case PrimitiveType.Sphere:
                    made.AddComponent<SphereCollider>();
                    break;
                default:
                    made.AddComponent<BoxCollider>().size = bounds.size; // a plane's and a quad's are meshes in Unity
                    break;
            }
        }
    }
}
