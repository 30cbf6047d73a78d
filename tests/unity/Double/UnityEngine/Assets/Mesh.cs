using System;

namespace UnityEngine
{
    /// <summary>Vertices, with what was last given of each kind.</summary>
    public sealed class Mesh : Object
    {
        private Vector3[] corners = Array.Empty<Vector3>();
        private Color32[] colours = Array.Empty<Color32>();
        private Vector2[] places = Array.Empty<Vector2>();
        private int[] faces = Array.Empty<int>();
        private Bounds box;

        public Mesh()
        {
            Attach();
        }

        public Bounds bounds
        {
            get => box;
            set => box = value;
        }

        /// <summary>A copy each time, as in Unity.</summary>
        public Vector3[] vertices
        {
            get => (Vector3[])corners.Clone();
            set => Give(value, ref corners);
        }

        public Color32[] colors32
        {
            get => (Color32[])colours.Clone();
            set => Give(value, ref colours);
        }

        public Vector2[] uv
        {
            get => (Vector2[])places.Clone();
            set => Give(value, ref places);
        }

        public int[] triangles
        {
            get => (int[])faces.Clone();
            set => Give(value, ref faces);
        }

        public int vertexCount => corners.Length;

        /// <summary>What the graphics card has, without a copy.</summary>
        internal Vector3[] Corners => corners;

        internal Color32[] Colours => colours;

        /// <summary>How often anything was given to it.</summary>
        internal int Uploads { get; private set; }

        public void MarkDynamic()
        {
        }

        public void Clear() => Clear(true);

        public void Clear(bool keepVertexLayout)
        {
            corners = Array.Empty<Vector3>();
            colours = Array.Empty<Color32>();
            places = Array.Empty<Vector2>();
            faces = Array.Empty<int>();
        }

        public void RecalculateBounds()
        {
            if (corners.Length == 0)
            {
                box = default(Bounds);
                return;
            }

            box = new Bounds(corners[0], Vector3.zero);
            for (int i = 1; i < corners.Length; i++)
            {
                box.Encapsulate(corners[i]);
            }
        }

        private void Give<T>(T[] value, ref T[] into)
        {
            Uploads++;
            int count = value == null ? 0 : value.Length;
            if (into.Length != count)
            {
                into = new T[count];
            }

            if (count > 0)
            {
                Array.Copy(value, into, count);
            }
        }
    }
}
