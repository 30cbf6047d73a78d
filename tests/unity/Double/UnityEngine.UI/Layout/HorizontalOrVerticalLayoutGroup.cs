namespace UnityEngine.UI
{
    /// <summary>Places its children in a row or a column.</summary>
    public abstract class HorizontalOrVerticalLayoutGroup : LayoutGroup
    {
        [SerializeField]
        private float m_Spacing;
        [SerializeField]
        private bool m_ChildForceExpandWidth = true;
        [SerializeField]
        private bool m_ChildForceExpandHeight = true;
        [SerializeField]
        private bool m_ChildControlWidth = true;
        [SerializeField]
        private bool m_ChildControlHeight = true;

        public float spacing
        {
            get => m_Spacing;
            set
            {
                m_Spacing = value;
                SetDirty();
            }
        }

        public bool childForceExpandWidth
        {
            get => m_ChildForceExpandWidth;
            set => Set(ref m_ChildForceExpandWidth, value);
        }

        public bool childForceExpandHeight
        {
            get => m_ChildForceExpandHeight;
            set => Set(ref m_ChildForceExpandHeight, value);
        }

        public bool childControlWidth
        {
            get => m_ChildControlWidth;
            set => Set(ref m_ChildControlWidth, value);
        }

        public bool childControlHeight
        {
            get => m_ChildControlHeight;
            set => Set(ref m_ChildControlHeight, value);
        }

        protected void CalcAlongAxis(int axis, bool isVertical)
        {
            bool isAlong = isVertical == (axis == 1);
            float pad = axis == 0 ? padding.horizontal : padding.vertical;
            float least = pad;
            float wanted = pad;
            float stretch = 0;
            foreach (RectTransform child in rectChildren)
            {
                SizesOf(child, axis, out float min, out float preferred, out float flexible);
                if (isAlong)
                {
                    least += min + spacing;
                    wanted += preferred + spacing;
                    stretch += flexible;
                }
                else
                {
                    least = Mathf.Max(min + pad, least);
                    wanted = Mathf.Max(preferred + pad, wanted);
                    stretch = Mathf.Max(flexible, stretch);
                }
            }

            if (isAlong && rectChildren.Count > 0)
            {
                least -= spacing;
                wanted -= spacing;
            }

            SetLayoutInputForAxis(least, Mathf.Max(least, wanted), stretch, axis);
        }

        protected void SetChildrenAlongAxis(int axis, bool isVertical)
        {
            float size = rectTransform.rect.size[axis];
            bool controls = axis == 0 ? childControlWidth : childControlHeight;
            if (isVertical != (axis == 1))
            {
                SetAcross(axis, size - (axis == 0 ? padding.horizontal : padding.vertical), controls);
                return;
            }

            float surplus = size - GetTotalPreferredSize(axis);
            float position = axis == 0 ? padding.left : padding.top;
            float share = 0;
            if (surplus > 0 && GetTotalFlexibleSize(axis) == 0)
            {
                position = GetStartOffset(axis, GetTotalPreferredSize(axis) - (axis == 0 ? padding.horizontal : padding.vertical));
            }
            else if (surplus > 0)
            {
                share = surplus / GetTotalFlexibleSize(axis);
            }

            float least = GetTotalMinSize(axis);
            float wanted = GetTotalPreferredSize(axis);
            float part = least == wanted ? 0 : Mathf.Clamp01((size - least) / (wanted - least));
            foreach (RectTransform child in rectChildren)
            {
                SizesOf(child, axis, out float min, out float preferred, out float flexible);
                float room = Mathf.Lerp(min, preferred, part) + (flexible * share);
                if (controls)
                {
                    SetChildAlongAxis(child, axis, position, room);
                }
                else
                {
                    float own = child.sizeDelta[axis];
                    SetChildAlongAxis(child, axis, position + ((room - own) * GetAlignmentOnAxis(axis)), own);
                }

                position += room + spacing;
            }
        }

        private void SetAcross(int axis, float inner, bool controls)
        {
            foreach (RectTransform child in rectChildren)
            {
                SizesOf(child, axis, out float min, out float preferred, out float flexible);
                float room = Mathf.Clamp(inner, min, flexible > 0 ? rectTransform.rect.size[axis] : preferred);
                SetChildAlongAxis(child, axis, GetStartOffset(axis, controls ? room : child.sizeDelta[axis]), controls ? room : child.sizeDelta[axis]);
            }
        }

        private void SizesOf(RectTransform child, int axis, out float min, out float preferred, out float flexible)
        {
            bool controls = axis == 0 ? childControlWidth : childControlHeight;
            min = controls ? LayoutUtility.GetMinSize(child, axis) : child.sizeDelta[axis];
            preferred = controls ? LayoutUtility.GetPreferredSize(child, axis) : min;
            flexible = controls ? LayoutUtility.GetFlexibleSize(child, axis) : 0;
            if (axis == 0 ? childForceExpandWidth : childForceExpandHeight)
            {
                flexible = Mathf.Max(flexible, 1);
            }
        }

        private void Set(ref bool field, bool value)
        {
            field = value;
            SetDirty();
        }
    }

    public class HorizontalLayoutGroup : HorizontalOrVerticalLayoutGroup
    {
        public override void CalculateLayoutInputHorizontal()
        {
            base.CalculateLayoutInputHorizontal();
            CalcAlongAxis(0, false);
        }

        public override void CalculateLayoutInputVertical() => CalcAlongAxis(1, false);

        public override void SetLayoutHorizontal() => SetChildrenAlongAxis(0, false);

        public override void SetLayoutVertical() => SetChildrenAlongAxis(1, false);
    }

    public class VerticalLayoutGroup : HorizontalOrVerticalLayoutGroup
    {
        public override void CalculateLayoutInputHorizontal()
        {
            base.CalculateLayoutInputHorizontal();
            CalcAlongAxis(0, true);
        }

        public override void CalculateLayoutInputVertical() => CalcAlongAxis(1, true);

        public override void SetLayoutHorizontal() => SetChildrenAlongAxis(0, true);

        public override void SetLayoutVertical() => SetChildrenAlongAxis(1, true);
    }
}
