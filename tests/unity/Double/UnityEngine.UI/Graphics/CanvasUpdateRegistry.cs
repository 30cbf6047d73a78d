using System;
using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine.UI
{
    public enum CanvasUpdate
    {
        Prelayout = 0,
        Layout = 1,
        PostLayout = 2,
        PreRender = 3,
        LatePreRender = 4,
        MaxUpdateValue = 5,
    }

    public interface ICanvasElement
    {
        Transform transform { get; }

        void Rebuild(CanvasUpdate executing);

        void LayoutComplete();

        void GraphicUpdateComplete();

        bool IsDestroyed();
    }

    /// <summary>What has to be laid out or drawn anew before the canvases are rendered.</summary>
    public class CanvasUpdateRegistry
    {
        private readonly List<ICanvasElement> layouts = new List<ICanvasElement>();
        private readonly List<ICanvasElement> graphics = new List<ICanvasElement>();

        public static CanvasUpdateRegistry instance => World.Current.Part<Registries>().Updates;

        public static void RegisterCanvasElementForLayoutRebuild(ICanvasElement element) => TryRegisterCanvasElementForLayoutRebuild(element);

        public static bool TryRegisterCanvasElementForLayoutRebuild(ICanvasElement element) => Add(instance.layouts, element);

        public static void RegisterCanvasElementForGraphicRebuild(ICanvasElement element) => TryRegisterCanvasElementForGraphicRebuild(element);

        public static bool TryRegisterCanvasElementForGraphicRebuild(ICanvasElement element) => Add(instance.graphics, element);

        public static void UnRegisterCanvasElementForRebuild(ICanvasElement element)
        {
            instance.layouts.Remove(element);
            instance.graphics.Remove(element);
        }

        internal void PerformUpdate()
        {
            if (layouts.Count > 0)
            {
                layouts.Sort((a, b) => Depth(a.transform).CompareTo(Depth(b.transform)));
                for (CanvasUpdate phase = CanvasUpdate.Prelayout; phase <= CanvasUpdate.PostLayout; phase++)
                {
                    for (int i = 0; i < layouts.Count; i++)
                    {
                        Rebuild(layouts[i], phase);
                    }
                }

                for (int i = 0; i < layouts.Count; i++)
                {
                    layouts[i].LayoutComplete();
                }

                layouts.Clear();
            }

            for (CanvasUpdate phase = CanvasUpdate.PreRender; phase < CanvasUpdate.MaxUpdateValue; phase++)
            {
                for (int i = 0; i < graphics.Count; i++)
                {
                    Rebuild(graphics[i], phase);
                }
            }

            for (int i = 0; i < graphics.Count; i++)
            {
                graphics[i].GraphicUpdateComplete();
            }

            graphics.Clear();
        }

        private static void Rebuild(ICanvasElement element, CanvasUpdate phase)
        {
            if (element.IsDestroyed())
            {
                return;
            }

            try
            {
                element.Rebuild(phase);
            }
            catch (Exception error)
            {
                Debug.LogException(error, element.transform);
            }
        }

        private static bool Add(List<ICanvasElement> to, ICanvasElement element)
        {
            if (to.Contains(element))
            {
                return false;
            }

            to.Add(element);
            return true;
        }

        private static int Depth(Transform one)
        {
            int depth = 0;
            for (; one != null; one = one.parent)
            {
                depth++;
            }

            return depth;
        }
    }
}

namespace Loquent.Double
{
    /// <summary>Holds the registry of a world, and has it do its work.</summary>
    internal sealed class Registries
    {
        public Registries()
        {
            Updates = new UnityEngine.UI.CanvasUpdateRegistry();
            World.Current.Part<Canvases>().Rendering += Updates.PerformUpdate;
        }

        internal UnityEngine.UI.CanvasUpdateRegistry Updates { get; }

        internal List<UnityEngine.UI.Graphic> Graphics { get; } = new List<UnityEngine.UI.Graphic>();
    }
}
