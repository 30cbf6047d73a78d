using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Room that is asked for by hand.</summary>
    [RequireComponent(typeof(RectTransform))]
    public class LayoutElement : UIBehaviour, ILayoutElement, ILayoutIgnorer
    {
        [SerializeField]
        private bool m_IgnoreLayout;
        [SerializeField]
        private float m_MinWidth = -1;
        [SerializeField]
        private float m_MinHeight = -1;
        [SerializeField]
        private float m_PreferredWidth = -1;
        [SerializeField]
        private float m_PreferredHeight = -1;
        [SerializeField]
        private float m_FlexibleWidth = -1;
        [SerializeField]
        private float m_FlexibleHeight = -1;
        [SerializeField]
        private int m_LayoutPriority = 1;

        public virtual bool ignoreLayout
        {
            get => m_IgnoreLayout;
            set
            {
                m_IgnoreLayout = value;
                SetDirty();
            }
        }

        public virtual float minWidth
        {
            get => m_MinWidth;
            set => Set(ref m_MinWidth, value);
        }

        public virtual float minHeight
        {
            get => m_MinHeight;
            set => Set(ref m_MinHeight, value);
        }

        public virtual float preferredWidth
        {
            get => m_PreferredWidth;
            set => Set(ref m_PreferredWidth, value);
        }

        public virtual float preferredHeight
        {
            get => m_PreferredHeight;
            set => Set(ref m_PreferredHeight, value);
        }

        public virtual float flexibleWidth
        {
            get => m_FlexibleWidth;
            set => Set(ref m_FlexibleWidth, value);
        }

        public virtual float flexibleHeight
        {
            get => m_FlexibleHeight;
            set => Set(ref m_FlexibleHeight, value);
        }

        public virtual int layoutPriority
        {
            get => m_LayoutPriority;
            set
            {
                m_LayoutPriority = value;
                SetDirty();
            }
        }

        public virtual void CalculateLayoutInputHorizontal()
        {
        }

        public virtual void CalculateLayoutInputVertical()
        {
        }

        protected override void OnEnable() => SetDirty();

        protected override void OnDisable() => SetDirty();

        protected void SetDirty() => LayoutRebuilder.MarkLayoutForRebuild((RectTransform)transform);

        private void Set(ref float field, float value)
        {
            field = value;
            SetDirty();
        }
    }
}
