using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Gives its rectangle the size that its content wants.</summary>
    [RequireComponent(typeof(RectTransform))]
    public class ContentSizeFitter : UIBehaviour, ILayoutSelfController
    {
        [SerializeField]
        private FitMode m_HorizontalFit;
        [SerializeField]
        private FitMode m_VerticalFit;

        public enum FitMode
        {
            Unconstrained = 0,
            MinSize = 1,
            PreferredSize = 2,
        }

        public FitMode horizontalFit
        {
            get => m_HorizontalFit;
            set
            {
                m_HorizontalFit = value;
                SetDirty();
            }
        }

        public FitMode verticalFit
        {
            get => m_VerticalFit;
            set
            {
                m_VerticalFit = value;
                SetDirty();
            }
        }

        public virtual void SetLayoutHorizontal() => Fit(0, m_HorizontalFit);

        public virtual void SetLayoutVertical() => Fit(1, m_VerticalFit);

        protected override void OnEnable() => SetDirty();

        protected override void OnDisable() => LayoutRebuilder.MarkLayoutForRebuild((RectTransform)transform);

        protected override void OnRectTransformDimensionsChange() => SetDirty();

        protected void SetDirty()
        {
            if (IsActive())
            {
                LayoutRebuilder.MarkLayoutForRebuild((RectTransform)transform);
            }
        }

        private void Fit(int axis, FitMode mode)
        {
            var rect = (RectTransform)transform;
            if (mode != FitMode.Unconstrained)
            {
                float size = mode == FitMode.MinSize ? LayoutUtility.GetMinSize(rect, axis) : LayoutUtility.GetPreferredSize(rect, axis);
                rect.SetSizeWithCurrentAnchors((RectTransform.Axis)axis, size);
            }
        }
    }
}
