using System.Collections.Generic;
using UnityEngine.EventSystems;

namespace UnityEngine
{
    public enum TextAnchor
    {
        UpperLeft = 0,
        UpperCenter = 1,
        UpperRight = 2,
        MiddleLeft = 3,
        MiddleCenter = 4,
        MiddleRight = 5,
        LowerLeft = 6,
        LowerCenter = 7,
        LowerRight = 8,
    }
}

namespace UnityEngine.UI
{
    /// <summary>Places its children.</summary>
    [DisallowMultipleComponent]
    [RequireComponent(typeof(RectTransform))]
    public abstract class LayoutGroup : UIBehaviour, ILayoutElement, ILayoutGroup
    {
        [SerializeField]
        private RectOffset m_Padding = new RectOffset();
        [SerializeField]
        private TextAnchor m_ChildAlignment = TextAnchor.UpperLeft;
        private readonly List<RectTransform> placed = new List<RectTransform>();
        private Vector2 least = Vector2.zero;
        private Vector2 wanted = Vector2.zero;
        private Vector2 stretch = Vector2.zero;

        public RectOffset padding
        {
            get => m_Padding;
            set
            {
                m_Padding = value;
                SetDirty();
            }
        }

        public TextAnchor childAlignment
        {
            get => m_ChildAlignment;
            set
            {
                m_ChildAlignment = value;
                SetDirty();
            }
        }

        public virtual float minWidth => least.x;

        public virtual float preferredWidth => wanted.x;

        public virtual float flexibleWidth => stretch.x;

        public virtual float minHeight => least.y;

        public virtual float preferredHeight => wanted.y;

        public virtual float flexibleHeight => stretch.y;

        public virtual int layoutPriority => 0;

        protected RectTransform rectTransform => (RectTransform)transform;

        protected List<RectTransform> rectChildren => placed;

        public virtual void CalculateLayoutInputHorizontal()
        {
            placed.Clear();
            foreach (Transform child in transform.Children)
            {
                var rect = child as RectTransform;
                if (rect != null && rect.gameObject.activeInHierarchy && !IsIgnored(rect))
                {
                    placed.Add(rect);
                }
            }
        }

        public abstract void CalculateLayoutInputVertical();

        public abstract void SetLayoutHorizontal();

        public abstract void SetLayoutVertical();

        protected override void OnEnable() => SetDirty();

        protected override void OnDisable() => LayoutRebuilder.MarkLayoutForRebuild(rectTransform);

        protected override void OnRectTransformDimensionsChange() => SetDirty();

        protected virtual void OnTransformChildrenChanged() => SetDirty();

        protected void SetDirty()
        {
            if (IsActive())
            {
                LayoutRebuilder.MarkLayoutForRebuild(rectTransform);
            }
        }

        protected float GetTotalPreferredSize(int axis) => wanted[axis];

        protected float GetTotalMinSize(int axis) => least[axis];

        protected float GetTotalFlexibleSize(int axis) => stretch[axis];

        protected void SetLayoutInputForAxis(float totalMin, float totalPreferred, float totalFlexible, int axis)
        {
            least[axis] = totalMin;
            wanted[axis] = totalPreferred;
            stretch[axis] = totalFlexible;
        }

        /// <summary>0 for left or top, 1 for right or bottom.</summary>
        protected float GetAlignmentOnAxis(int axis) => (axis == 0 ? (int)m_ChildAlignment % 3 : (int)m_ChildAlignment / 3) * 0.5f;

        protected float GetStartOffset(int axis, float requiredSpaceWithoutPadding)
        {
            float required = requiredSpaceWithoutPadding + (axis == 0 ? padding.horizontal : padding.vertical);
            float surplus = rectTransform.rect.size[axis] - required;
            return (axis == 0 ? padding.left : padding.top) + (surplus * GetAlignmentOnAxis(axis));
        }

        protected void SetChildAlongAxis(RectTransform rect, int axis, float pos, float size) =>
            rect.SetInsetAndSizeFromParentEdge(axis == 0 ? RectTransform.Edge.Left : RectTransform.Edge.Top, pos, size);

        private static bool IsIgnored(RectTransform rect)
        {
            var ignorer = rect.GetComponent<ILayoutIgnorer>();
            return ignorer != null && ignorer.ignoreLayout;
        }
    }
}
