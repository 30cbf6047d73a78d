using System;
using System.Collections.Generic;

namespace UnityEngine.UI
{
    /// <summary>Collects the vertices of a graphic.</summary>
    public class VertexHelper : IDisposable
    {
        private readonly List<Vector3> places = new List<Vector3>();
        private readonly List<Color32> colours = new List<Color32>();
        private readonly List<Vector2> coordinates = new List<Vector2>();
        private readonly List<int> indices = new List<int>();

        public int currentVertCount => places.Count;

        public int currentIndexCount => indices.Count;

        public void Clear()
        {
            places.Clear();
            colours.Clear();
            coordinates.Clear();
            indices.Clear();
        }

        public void AddVert(Vector3 position, Color32 color, Vector4 uv0)
        {
            places.Add(position);
            colours.Add(color);
            coordinates.Add(uv0);
        }

        public void AddTriangle(int idx0, int idx1, int idx2)
        {
            indices.Add(idx0);
            indices.Add(idx1);
            indices.Add(idx2);
        }

        public void FillMesh(Mesh mesh)
        {
            mesh.Clear();
            mesh.vertices = places.ToArray();
            mesh.colors32 = colours.ToArray();
            mesh.uv = coordinates.ToArray();
            mesh.triangles = indices.ToArray();
            mesh.RecalculateBounds();
        }

        public void Dispose()
        {
        }
    }
}
