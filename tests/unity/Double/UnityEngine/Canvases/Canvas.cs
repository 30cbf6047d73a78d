using System;
using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    public enum RenderMode
    {
        ScreenSpaceOverlay = 0,
        ScreenSpaceCamera = 1,
        WorldSpace = 2,
    }

    [Flags]
    public enum AdditionalCanvasShaderChannels
    {
        None = 0,
        TexCoord1 = 1,
        TexCoord2 = 2,
        TexCoord3 = 4,
        Normal = 8,
        Tangent = 16,
    }

    /// <summary>A surface for graphics. A new one covers the screen; one in the world has the place and scale that it's given.</summary>
    [RequireComponent(typeof(RectTransform))]
    public sealed class Canvas : Behaviour
    {
        [SerializeField]
        private RenderMode mode = RenderMode.ScreenSpaceOverlay;
        [SerializeField]
        private Camera seenBy;
        [SerializeField]
        private int order;
        [SerializeField]
        private bool sortsItself;
        [SerializeField]
        private AdditionalCanvasShaderChannels channels;

        public delegate void WillRenderCanvases();

        public static event WillRenderCanvases preWillRenderCanvases
        {
            add => World.Current.Part<Canvases>().BeforeRendering += value;
            remove => World.Current.Part<Canvases>().BeforeRendering -= value;
        }

        public static event WillRenderCanvases willRenderCanvases
        {
            add => World.Current.Part<Canvases>().Rendering += value;
            remove => World.Current.Part<Canvases>().Rendering -= value;
        }

        public RenderMode renderMode
        {
            get => isRootCanvas ? mode : rootCanvas.mode;
            set => mode = value;
        }

        public Camera worldCamera
        {
            get => seenBy;
            set => seenBy = value;
        }

        public int sortingOrder
        {
            get => order;
            set => order = value;
        }

        public bool overrideSorting
        {
            get => sortsItself && !isRootCanvas;
            set => sortsItself = value;
        }

        public AdditionalCanvasShaderChannels additionalShaderChannels
        {
            get => channels;
            set => channels = value;
        }

        public string sortingLayerName { get; set; } = "Default";

        public int sortingLayerID { get; set; }

        public bool pixelPerfect { get; set; }

        public float scaleFactor { get; set; } = 1;

        public float referencePixelsPerUnit { get; set; } = 100;

        public float planeDistance { get; set; } = 100;

        public bool isRootCanvas => ReferenceEquals(rootCanvas, this);

        public Canvas rootCanvas
        {
            get
            {
                Canvas root = this;
                for (GameObject one = Owner; !ReferenceEquals(one, null); one = one.ParentObject)
                {
                    var found = one.Find<Canvas>();
                    root = ReferenceEquals(found, null) ? root : found;
                }

                return root;
            }
        }

        public Rect pixelRect => mode == RenderMode.WorldSpace ? ((RectTransform)transform).rect : new Rect(0, 0, Screen.width, Screen.height);

        public static void ForceUpdateCanvases() => World.Current.Part<Canvases>().Update();

        public static Material GetDefaultCanvasMaterial() => World.Current.Part<Canvases>().DefaultMaterial;

        internal override void WhenEnabled() => HierarchyChanged();

        internal override void WhenDisabled() => HierarchyChanged();

        private void HierarchyChanged()
        {
            World.Current.Part<Canvases>();
            if (!Owner.IsEnding)
            {
                transform.TellBelow(Message.OnCanvasHierarchyChanged);
            }
        }
    }

    /// <summary>Fades and locks all graphics below it.</summary>
    public sealed class CanvasGroup : Behaviour
    {
        [SerializeField]
        private float opacity = 1;
        [SerializeField]
        private bool reacts = true;
        [SerializeField]
        private bool blocks = true;
        [SerializeField]
        private bool standsAlone;

        public float alpha
        {
            get => opacity;
            set
            {
                Touch();
                opacity = Mathf.Clamp01(value);
            }
        }

        public bool interactable
        {
            get => reacts;
            set => Set(ref reacts, value);
        }

        public bool blocksRaycasts
        {
            get => blocks;
            set => Set(ref blocks, value);
        }

        public bool ignoreParentGroups
        {
            get => standsAlone;
            set => Set(ref standsAlone, value);
        }

        internal override void WhenEnabled() => transform.TellBelow(Message.OnCanvasGroupChanged);

        internal override void WhenDisabled()
        {
            if (!Owner.IsEnding)
            {
                transform.TellBelow(Message.OnCanvasGroupChanged);
            }
        }

        private void Set(ref bool field, bool value)
        {
            Touch();
            if (field != value)
            {
                field = value;
                transform.TellBelow(Message.OnCanvasGroupChanged);
            }
        }
    }
}

namespace Loquent.Double
{
    /// <summary>When canvases are rebuilt: at the end of each frame, before anything is rendered.</summary>
    internal sealed class Canvases
    {
        private UnityEngine.Material material;

        public Canvases()
        {
            World.Current.Loop.CanvasesUpdate += Update;
        }

        internal event UnityEngine.Canvas.WillRenderCanvases BeforeRendering;

        internal event UnityEngine.Canvas.WillRenderCanvases Rendering;

        internal UnityEngine.Material DefaultMaterial =>
            material ?? (material = new UnityEngine.Material(UnityEngine.Shader.Find("UI/Default")) { name = "Default UI Material" });

        internal void Update()
        {
            BeforeRendering?.Invoke();
            Rendering?.Invoke();
        }
    }
}
