using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine.UI
{
    /// <summary>Lays out what is below a rectangle: widths from the bottom up, then set from the top down, then the same for heights.</summary>
    public class LayoutRebuilder : ICanvasElement
    {
        private RectTransform root;

        public Transform transform => root;

        /// <summary>Has the topmost layout group above it, or what sets its own size, laid out at the end of the frame.</summary>
        public static void MarkLayoutForRebuild(RectTransform rect)
        {
            if (rect == null || rect.Owner.IsEnding)
            {
                return;
            }

            RectTransform top = rect;
            for (Transform one = rect.parent; one is RectTransform above && Has<ILayoutGroup>(above); one = one.parent)
            {
                top = above;
            }

            if (top != rect || Has<ILayoutController>(rect))
            {
                World.Current.Part<RebuildersOfWorld>().Mark(top);
            }
        }

        public static void ForceRebuildLayoutImmediate(RectTransform layoutRoot) => new LayoutRebuilder { root = layoutRoot }.Rebuild(CanvasUpdate.Layout);

        public void Rebuild(CanvasUpdate executing)
        {
            if (executing != CanvasUpdate.Layout || root == null)
            {
                return;
            }

            Calculate(root, true);
            Control(root, true);
            Calculate(root, false);
            Control(root, false);
        }

        public void LayoutComplete() => World.Current.Part<RebuildersOfWorld>().Release(this);

        public void GraphicUpdateComplete()
        {
        }

        public bool IsDestroyed() => root == null;

        internal void Begin(RectTransform at) => root = at;

        internal bool IsOf(RectTransform rect) => ReferenceEquals(root, rect);

        private static bool Has<T>(RectTransform rect)
        {
            List<Component> components = rect.Owner.Components;
            for (int i = 0; i < components.Count; i++)
            {
                if (components[i] is T && components[i] is Behaviour behaviour && behaviour.isActiveAndEnabled)
                {
                    return true;
                }
            }

            return false;
        }

        private static void Calculate(RectTransform rect, bool isHorizontal)
        {
            foreach (Transform child in rect.Children)
            {
                if (child is RectTransform inner)
                {
                    Calculate(inner, isHorizontal);
                }
            }

            foreach (Component component in rect.Owner.Components.ToArray())
            {
                if (!(component is ILayoutElement element) || !((Behaviour)component).isActiveAndEnabled)
                {
                    continue;
                }

                if (isHorizontal)
                {
                    element.CalculateLayoutInputHorizontal();
                }
                else
                {
                    element.CalculateLayoutInputVertical();
                }
            }
        }

        private static void Control(RectTransform rect, bool isHorizontal)
        {
            // What sizes itself comes before what sizes its children.
            ControlOf(rect, isHorizontal, true);
            ControlOf(rect, isHorizontal, false);
            foreach (Transform child in rect.Children.ToArray())
            {
                if (child is RectTransform inner)
                {
                    Control(inner, isHorizontal);
                }
            }
        }

        private static void ControlOf(RectTransform rect, bool isHorizontal, bool itself)
        {
            foreach (Component component in rect.Owner.Components.ToArray())
            {
                if (!(component is ILayoutController controller) || (component is ILayoutSelfController) != itself
                    || !((Behaviour)component).isActiveAndEnabled)
                {
                    continue;
                }

                if (isHorizontal)
                {
                    controller.SetLayoutHorizontal();
                }
                else
                {
                    controller.SetLayoutVertical();
                }
            }
        }
    }
}

namespace Loquent.Double
{
    /// <summary>The rebuilders that are under way, and those to be used again.</summary>
    internal sealed class RebuildersOfWorld
    {
        private readonly List<UnityEngine.UI.LayoutRebuilder> marked = new List<UnityEngine.UI.LayoutRebuilder>();
        private readonly Stack<UnityEngine.UI.LayoutRebuilder> free = new Stack<UnityEngine.UI.LayoutRebuilder>();

        internal void Mark(UnityEngine.RectTransform root)
        {
            for (int i = 0; i < marked.Count; i++)
            {
                if (marked[i].IsOf(root))
                {
                    return;
                }
            }

            UnityEngine.UI.LayoutRebuilder one = free.Count > 0 ? free.Pop() : new UnityEngine.UI.LayoutRebuilder();
            one.Begin(root);
            marked.Add(one);
            UnityEngine.UI.CanvasUpdateRegistry.RegisterCanvasElementForLayoutRebuild(one);
        }

        internal void Release(UnityEngine.UI.LayoutRebuilder one)
        {
            marked.Remove(one);
            one.Begin(null);
            free.Push(one);
        }
    }
}
