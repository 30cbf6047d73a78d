using System.Collections.Generic;
using UnityEngine;
using UnityEngine.UI;

namespace TMPro
{
    /// <summary>A text in the world without a canvas; a point is a tenth of a unit there.</summary>
    [DisallowMultipleComponent]
    [RequireComponent(typeof(MeshRenderer))]
    public class TextMeshPro : TMP_Text, ILayoutElement
    {
        private readonly List<Mesh> meshes = new List<Mesh>();

        internal override float PixelsPerPoint => 0.1f;

        public void CalculateLayoutInputHorizontal()
        {
        }

        public void CalculateLayoutInputVertical()
        {
        }

        public override void Rebuild(CanvasUpdate update)
        {
            if (update == CanvasUpdate.PreRender)
            {
                Show(false);
                UpdateMaterial();
            }
        }

        internal override Mesh MeshOf(int material)
        {
            while (meshes.Count <= material)
            {
                meshes.Add(new Mesh { name = "TextMeshPro Mesh" });
            }

            return meshes[material];
        }

        internal override void Draw(int material, Mesh shape)
        {
        }

        protected override void Awake() => TakeDefaultFont();

        protected override void OnEnable()
        {
            MarkBehind();
            base.OnEnable();
        }

        protected override void OnRectTransformDimensionsChange()
        {
            if (gameObject.activeInHierarchy)
            {
                Changed();
            }
        }
    }
}
