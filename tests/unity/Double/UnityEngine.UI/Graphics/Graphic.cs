using Loquent.Double;
using UnityEngine.EventSystems;
using UnityEngine.Events;

namespace UnityEngine.UI
{
    /// <summary>Something drawn on a canvas.</summary>
    [RequireComponent(typeof(CanvasRenderer))]
    [RequireComponent(typeof(RectTransform))]
    [DisallowMultipleComponent]
    public abstract class Graphic : UIBehaviour, ICanvasElement
    {
        [SerializeField]
        private Color m_Color = Color.white;
        [SerializeField]
        private Material m_Material;
        [SerializeField]
        private bool m_RaycastTarget = true;
        private UnityAction layoutDirty;
        private UnityAction verticesDirty;
        private bool isDirty;
        private CanvasRenderer drawer;
        private Mesh shape;

        public static Material defaultGraphicMaterial => Canvas.GetDefaultCanvasMaterial();

        public virtual Color color
        {
            get => m_Color;
            set
            {
                if (m_Color != value)
                {
                    m_Color = value;
                    SetVerticesDirty();
                }
            }
        }

        public virtual bool raycastTarget
        {
            get => m_RaycastTarget;
            set => m_RaycastTarget = value;
        }

        public Vector4 raycastPadding { get; set; }

        public virtual Material material
        {
            get => m_Material != null ? m_Material : defaultMaterial;
            set
            {
                m_Material = value;
                SetMaterialDirty();
            }
        }

        public virtual Material defaultMaterial => defaultGraphicMaterial;

        public virtual Material materialForRendering => material;

        public virtual Texture mainTexture => Texture2D.whiteTexture;

        public RectTransform rectTransform => (RectTransform)transform;

        public CanvasRenderer canvasRenderer => drawer ?? (drawer = GetComponent<CanvasRenderer>());

        /// <summary>The nearest canvas above that is enabled.</summary>
        public Canvas canvas
        {
            get
            {
                for (GameObject one = Owner; !ReferenceEquals(one, null); one = one.ParentObject)
                {
                    var found = one.Find<Canvas>();
                    if (!ReferenceEquals(found, null) && found.isActiveAndEnabled)
                    {
                        return found;
                    }
                }

                return null;
            }
        }

        /// <summary>Its place among what is drawn on its canvas, from behind.</summary>
        public int depth
        {
            get
            {
                int count = 0;
                Canvas on = canvas;
                return on == null || !Find(on.rootCanvas.transform, ref count) ? -1 : count;
            }
        }

        public virtual void SetAllDirty()
        {
            SetLayoutDirty();
            SetMaterialDirty();
            SetVerticesDirty();
        }

        public virtual void SetLayoutDirty()
        {
            if (IsActive())
            {
                LayoutRebuilder.MarkLayoutForRebuild(rectTransform);
                layoutDirty?.Invoke();
            }
        }

        public virtual void SetVerticesDirty()
        {
            if (IsActive())
            {
                isDirty = true;
                CanvasUpdateRegistry.RegisterCanvasElementForGraphicRebuild(this);
                verticesDirty?.Invoke();
            }
        }

        public virtual void SetMaterialDirty()
        {
            if (IsActive())
            {
                CanvasUpdateRegistry.RegisterCanvasElementForGraphicRebuild(this);
            }
        }

        public void RegisterDirtyLayoutCallback(UnityAction action) => layoutDirty += action;

        public void UnregisterDirtyLayoutCallback(UnityAction action) => layoutDirty -= action;

        public void RegisterDirtyVerticesCallback(UnityAction action) => verticesDirty += action;

        public void UnregisterDirtyVerticesCallback(UnityAction action) => verticesDirty -= action;

        public virtual void Rebuild(CanvasUpdate update)
        {
            if (update == CanvasUpdate.PreRender && IsActive())
            {
                if (isDirty)
                {
                    UpdateGeometry();
                    isDirty = false;
                }

                UpdateMaterial();
            }
        }

        public virtual void LayoutComplete()
        {
        }

        public virtual void GraphicUpdateComplete()
        {
        }

        public virtual void SetNativeSize()
        {
        }

        public virtual bool Raycast(Vector2 sp, Camera eventCamera)
        {
            for (Transform one = transform; one != null; one = one.parent)
            {
                var group = one.GetComponent<CanvasGroup>();
                if (group != null && group.enabled)
                {
                    if (!group.blocksRaycasts)
                    {
                        return false;
                    }

                    if (group.ignoreParentGroups)
                    {
                        break;
                    }
                }
            }

            return isActiveAndEnabled;
        }

        public Rect GetPixelAdjustedRect() => rectTransform.rect;

        public virtual void CrossFadeAlpha(float alpha, float duration, bool ignoreTimeScale) => canvasRenderer.SetAlpha(alpha);

        public virtual void CrossFadeColor(Color targetColor, float duration, bool ignoreTimeScale, bool useAlpha) => canvasRenderer.SetColor(targetColor);

        protected virtual void UpdateGeometry()
        {
            using (var helper = new VertexHelper())
            {
                OnPopulateMesh(helper);
                shape = shape ?? new Mesh { name = "Shared UI Mesh" };
                helper.FillMesh(shape);
                canvasRenderer.SetMesh(shape);
            }
        }

        protected virtual void UpdateMaterial()
        {
            canvasRenderer.materialCount = 1;
            canvasRenderer.SetMaterial(materialForRendering, 0);
        }

        /// <summary>Its rectangle in its colour.</summary>
        protected virtual void OnPopulateMesh(VertexHelper vh)
        {
            Rect area = GetPixelAdjustedRect();
            vh.Clear();
            vh.AddVert(new Vector3(area.xMin, area.yMin), color, Vector4.zero);
            vh.AddVert(new Vector3(area.xMin, area.yMax), color, new Vector4(0, 1, 0));
            vh.AddVert(new Vector3(area.xMax, area.yMax), color, new Vector4(1, 1, 0));
            vh.AddVert(new Vector3(area.xMax, area.yMin), color, new Vector4(1, 0, 0));
            vh.AddTriangle(0, 1, 2);
            vh.AddTriangle(2, 3, 0);
        }

        protected override void OnEnable()
        {
            World.Current.Part<Registries>().Graphics.Add(this);
            SetAllDirty();
        }

        protected override void OnDisable()
        {
            World.Current.Part<Registries>().Graphics.Remove(this);
            CanvasUpdateRegistry.UnRegisterCanvasElementForRebuild(this);
            canvasRenderer.Clear();
            LayoutRebuilder.MarkLayoutForRebuild(rectTransform);
        }

        protected override void OnDestroy()
        {
            if (shape != null)
            {
                DestroyImmediate(shape);
            }

            base.OnDestroy();
        }

        protected override void OnRectTransformDimensionsChange()
        {
            if (gameObject.activeInHierarchy)
            {
                SetVerticesDirty();
                SetLayoutDirty();
            }
        }

        protected override void OnTransformParentChanged() => SetAllDirty();

        protected override void OnCanvasHierarchyChanged()
        {
        }

        private bool Find(Transform from, ref int count)
        {
            foreach (Transform child in from.Children)
            {
                var graphic = child.GetComponent<Graphic>();
                if (ReferenceEquals(graphic, this))
                {
                    return true;
                }

                count += graphic == null ? 0 : 1;
                if (Find(child, ref count))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public abstract class MaskableGraphic : Graphic
    {
        public bool maskable { get; set; } = true;
    }
}
