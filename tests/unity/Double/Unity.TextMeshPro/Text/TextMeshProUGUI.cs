using System.Collections.Generic;
using Loquent.Double;
using UnityEngine;
using UnityEngine.UI;

namespace TMPro
{
    /// <summary>A text on a canvas. What another font has is drawn by an object below it.</summary>
    [DisallowMultipleComponent]
    [RequireComponent(typeof(RectTransform))]
    [RequireComponent(typeof(CanvasRenderer))]
    public class TextMeshProUGUI : TMP_Text, ILayoutElement
    {
        private readonly List<TMP_SubMeshUI> others = new List<TMP_SubMeshUI>();
        private Mesh own;
        private float scale = 1;

        internal override bool CanShow => base.CanShow && canvas != null;

        internal override float PixelsPerPoint => 1;

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
            if (material == 0)
            {
                return own ?? (own = new Mesh { name = "TextMeshPro UI Mesh" });
            }

            while (others.Count < material)
            {
                others.Add(TMP_SubMeshUI.Make(this, others.Count + 1));
            }

            return others[material - 1].mesh;
        }

        internal override void Draw(int material, Mesh shape)
        {
            CanvasRenderer drawer = material == 0 ? canvasRenderer : others[material - 1].canvasRenderer;
            drawer.SetMesh(shape);
        }

        protected override void Awake() => TakeDefaultFont();

        protected override void OnEnable()
        {
            MarkBehind();
            base.OnEnable();
            World.Current.Part<Canvases>().BeforeRendering += LookAtScale;
        }

        protected override void OnDisable()
        {
            World.Current.Part<Canvases>().BeforeRendering -= LookAtScale;
            base.OnDisable();
        }

        protected override void OnDestroy()
        {
            if (own != null)
            {
                DestroyImmediate(own);
            }

            base.OnDestroy();
        }

        protected override void OnRectTransformDimensionsChange()
        {
            if (gameObject.activeInHierarchy)
            {
                Changed();
            }
        }

        protected override void OnCanvasHierarchyChanged()
        {
            base.OnCanvasHierarchyChanged();
            Changed();
        }

        /// <summary>The distance field's scale is set anew only after a change of a fifth or more, unless the text says that its scale never changes.</summary>
        private void LookAtScale()
        {
            if (isTextObjectScaleStatic)
            {
                return;
            }

            float now = rectTransform.lossyScale.y;
            float change = scale == 0 ? 2 : now / scale;
            if (change < 0.8f || change > 1.25f)
            {
                scale = now;
                if (!havePropertiesChanged && textInfo.characterCount > 0)
                {
                    World.Current.Part<TextWork>().Uploads++;
                }
            }
        }
    }
}
