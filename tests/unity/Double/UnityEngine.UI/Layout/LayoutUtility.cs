using System.Collections.Generic;

namespace UnityEngine.UI
{
    /// <summary>How much room a rectangle's components want: those of the highest priority decide, among them the largest.</summary>
    public static class LayoutUtility
    {
        public static float GetMinWidth(RectTransform rect) => Mathf.Max(0, Best(rect, 0));

        public static float GetMinHeight(RectTransform rect) => Mathf.Max(0, Best(rect, 3));

        public static float GetPreferredWidth(RectTransform rect) => Mathf.Max(GetMinWidth(rect), Best(rect, 1));

        public static float GetPreferredHeight(RectTransform rect) => Mathf.Max(GetMinHeight(rect), Best(rect, 4));

        public static float GetFlexibleWidth(RectTransform rect) => Mathf.Max(0, Best(rect, 2));

        public static float GetFlexibleHeight(RectTransform rect) => Mathf.Max(0, Best(rect, 5));

        public static float GetMinSize(RectTransform rect, int axis) => axis == 0 ? GetMinWidth(rect) : GetMinHeight(rect);

        public static float GetPreferredSize(RectTransform rect, int axis) => axis == 0 ? GetPreferredWidth(rect) : GetPreferredHeight(rect);

        public static float GetFlexibleSize(RectTransform rect, int axis) => axis == 0 ? GetFlexibleWidth(rect) : GetFlexibleHeight(rect);

        private static float Best(RectTransform rect, int property)
        {
            float best = -1;
            int priority = int.MinValue;
            List<Component> components = rect.Owner.Components;
            for (int i = 0; i < components.Count; i++)
            {
                if (!(components[i] is ILayoutElement element) || (components[i] is Behaviour behaviour && !behaviour.isActiveAndEnabled))
                {
                    continue;
                }

                float value = Value(element, property);
                if (value < 0 || element.layoutPriority < priority)
                {
                    continue;
                }

                best = element.layoutPriority > priority ? value : Mathf.Max(best, value);
                priority = element.layoutPriority;
            }

            return best;
        }

        private static float Value(ILayoutElement element, int property)
        {
            switch (property)
            {
                case 0:
                    return element.minWidth;
                case 1:
                    return element.preferredWidth;
                case 2:
                    return element.flexibleWidth;
                case 3:
                    return element.minHeight;
                case 4:
                    return element.preferredHeight;
                default:
                    return element.flexibleHeight;
            }
        }
    }
}
