using System.Collections.Generic;

namespace UnityEngine
{
    /// <summary>What a graphic gave to be drawn on its canvas.</summary>
    [RequireComponent(typeof(RectTransform))]
    public sealed class CanvasRenderer : Component
    {
        private readonly List<Material> materials = new List<Material>();
        private Color colour = Color.white;
        private Mesh shape;

        public bool cull { get; set; }

        public bool cullTransparentMesh { get; set; } = true;

        public int materialCount { get; set; }

        public void SetMesh(Mesh mesh) => shape = mesh;

        public Mesh GetMesh() => shape;

        public void SetMaterial(Material material, int index)
        {
            while (materials.Count <= index)
            {
                materials.Add(null);
            }

            materials[index] = material;
        }

        public void SetMaterial(Material material, Texture texture) => SetMaterial(material, 0);

        public Material GetMaterial() => GetMaterial(0);

        public Material GetMaterial(int index) => index < materials.Count ? materials[index] : null;

        public void SetTexture(Texture texture)
        {
        }

        public void SetColor(Color color) => colour = color;

        public Color GetColor() => colour;

        public void SetAlpha(float alpha) => colour.a = alpha;

        public float GetAlpha() => colour.a;

        /// <summary>What the canvas groups above leave of it.</summary>
        public float GetInheritedAlpha()
        {
            float left = 1;
            for (GameObject one = Owner; !ReferenceEquals(one, null); one = one.ParentObject)
            {
                var group = one.Find<CanvasGroup>();
                if (!ReferenceEquals(group, null) && group.IsEnabled)
                {
                    left *= group.alpha;
                    if (group.ignoreParentGroups)
                    {
                        break;
                    }
                }
            }

            return left;
        }

        public void Clear()
        {
            shape = null;
            materials.Clear();
        }
    }
}
