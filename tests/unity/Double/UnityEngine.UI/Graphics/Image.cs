namespace UnityEngine.UI
{
    /// <summary>A sprite, or a plain rectangle without one.</summary>
    public class Image : MaskableGraphic
    {
        [SerializeField]
        private Sprite m_Sprite;
        [SerializeField]
        private Type m_Type;
        [SerializeField]
        private float m_FillAmount = 1;

        public enum Type
        {
            Simple = 0,
            Sliced = 1,
            Tiled = 2,
            Filled = 3,
        }

        public enum FillMethod
        {
            Horizontal = 0,
            Vertical = 1,
            Radial90 = 2,
            Radial180 = 3,
            Radial360 = 4,
        }

        public Sprite sprite
        {
            get => m_Sprite;
            set
            {
                m_Sprite = value;
                SetAllDirty();
            }
        }

        public Type type
        {
            get => m_Type;
            set
            {
                m_Type = value;
                SetVerticesDirty();
            }
        }

        public float fillAmount
        {
            get => m_FillAmount;
            set
            {
                m_FillAmount = Mathf.Clamp01(value);
                SetVerticesDirty();
            }
        }

        public FillMethod fillMethod { get; set; } = FillMethod.Radial360;

        public bool fillCenter { get; set; } = true;

        public bool preserveAspect { get; set; }

        public float pixelsPerUnitMultiplier { get; set; } = 1;
    }

    public class RawImage : MaskableGraphic
    {
        [SerializeField]
        private Texture m_Texture;

        public Texture texture
        {
            get => m_Texture;
            set
            {
                m_Texture = value;
                SetVerticesDirty();
                SetMaterialDirty();
            }
        }

        public Rect uvRect { get; set; } = new Rect(0, 0, 1, 1);
    }
}
