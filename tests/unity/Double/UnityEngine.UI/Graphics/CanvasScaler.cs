using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Sets a canvas's scale; the double does for one in the world.</summary>
    [RequireComponent(typeof(Canvas))]
    [DisallowMultipleComponent]
    public class CanvasScaler : UIBehaviour
    {
        [SerializeField]
        private float m_DynamicPixelsPerUnit = 1;
        [SerializeField]
        private float m_ReferencePixelsPerUnit = 100;

        public enum ScaleMode
        {
            ConstantPixelSize = 0,
            ScaleWithScreenSize = 1,
            ConstantPhysicalSize = 2,
        }

        public ScaleMode uiScaleMode { get; set; }

        public Vector2 referenceResolution { get; set; } = new Vector2(800, 600);

        public float scaleFactor { get; set; } = 1;

        public float dynamicPixelsPerUnit
        {
            get => m_DynamicPixelsPerUnit;
            set => m_DynamicPixelsPerUnit = value;
        }

        public float referencePixelsPerUnit
        {
            get => m_ReferencePixelsPerUnit;
            set => m_ReferencePixelsPerUnit = value;
        }

        protected override void OnEnable() => Handle();

        protected virtual void Handle()
        {
            var canvas = GetComponent<Canvas>();
            if (canvas != null && canvas.renderMode == RenderMode.WorldSpace)
            {
                canvas.scaleFactor = m_DynamicPixelsPerUnit;
                canvas.referencePixelsPerUnit = m_ReferencePixelsPerUnit;
            }
        }
    }
}
