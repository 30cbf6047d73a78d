using System;
using Loquent.Double;
using UnityEngine;
using UnityEngine.UI;

namespace TMPro
{
    /// <summary>A text. Any change of it or of its looks has it parsed and laid out whole, at the end of the frame; only vertices can be changed without that.</summary>
    public abstract partial class TMP_Text : MaskableGraphic
    {
        [SerializeField]
        private string m_text;
        [SerializeField]
        private bool m_isRightToLeft;
        [SerializeField]
        private TMP_FontAsset m_fontAsset;
        [SerializeField]
        private float m_fontSize = 36;
        [SerializeField]
        private FontStyles m_fontStyle = FontStyles.Normal;
        [SerializeField]
        private TextAlignmentOptions m_textAlignment = TextAlignmentOptions.TopLeft;
        [SerializeField]
        private Vector4 m_margin;
        [SerializeField]
        private float m_lineSpacing;
        [SerializeField]
        private float m_characterSpacing;
        [SerializeField]
        private float m_wordSpacing;
        [SerializeField]
        private float m_paragraphSpacing;
        [SerializeField]
        private TextOverflowModes m_overflowMode;
        [SerializeField]
        private bool m_wraps = true;
        [SerializeField]
        private bool m_isRichText = true;
        [SerializeField]
        private bool m_parseCtrlCharacters = true;
        [SerializeField]
        private int m_maxVisibleCharacters = 99999;
        private TMP_TextInfo info;
        private bool isBehind = true;

        /// <summary>A layout is done, and what it made can be changed before it's shown.</summary>
        public virtual event Action<TMP_TextInfo> OnPreRenderText
        {
            add => whenLaidOut += value;
            remove => whenLaidOut -= value;
        }

        private Action<TMP_TextInfo> whenLaidOut;

        public virtual string text
        {
            get => isTextInBuffer ? new string(chars, 0, charCount) : m_text;
            set
            {
                if (!isTextInBuffer && m_text == value)
                {
                    return;
                }

                isTextInBuffer = false;
                m_text = value;
                Changed();
            }
        }

        public bool isRightToLeftText
        {
            get => m_isRightToLeft;
            set => Set(ref m_isRightToLeft, value);
        }

        public TMP_FontAsset font
        {
            get => m_fontAsset;
            set
            {
                if (m_fontAsset != value)
                {
                    m_fontAsset = value;
                    Changed();
                }
            }
        }

        public virtual Material fontSharedMaterial
        {
            get => font == null ? null : font.material;
            set => Changed();
        }

        public virtual Material fontMaterial
        {
            get => fontSharedMaterial;
            set => fontSharedMaterial = value;
        }

        public float fontSize
        {
            get => m_fontSize;
            set => Set(ref m_fontSize, value);
        }

        public FontStyles fontStyle
        {
            get => m_fontStyle;
            set
            {
                if (m_fontStyle != value)
                {
                    m_fontStyle = value;
                    Changed();
                }
            }
        }

        public bool enableAutoSizing { get; set; }

        public float fontSizeMin { get; set; }

        public float fontSizeMax { get; set; }

        public TextAlignmentOptions alignment
        {
            get => m_textAlignment;
            set
            {
                if (m_textAlignment != value)
                {
                    m_textAlignment = value;
                    Changed();
                }
            }
        }

        public HorizontalAlignmentOptions horizontalAlignment
        {
            get => (HorizontalAlignmentOptions)((int)m_textAlignment & 0xFF);
            set => alignment = (TextAlignmentOptions)(((int)m_textAlignment & ~0xFF) | (int)value);
        }

        public VerticalAlignmentOptions verticalAlignment
        {
            get => (VerticalAlignmentOptions)((int)m_textAlignment & ~0xFF);
            set => alignment = (TextAlignmentOptions)(((int)m_textAlignment & 0xFF) | (int)value);
        }

        /// <summary>Left, top, right, bottom.</summary>
        public virtual Vector4 margin
        {
            get => m_margin;
            set
            {
                if (m_margin != value)
                {
                    m_margin = value;
                    Changed();
                }
            }
        }

        /// <summary>More room between lines, in hundredths of an em.</summary>
        public float lineSpacing
        {
            get => m_lineSpacing;
            set => Set(ref m_lineSpacing, value);
        }

        public float characterSpacing
        {
            get => m_characterSpacing;
            set => Set(ref m_characterSpacing, value);
        }

        public float wordSpacing
        {
            get => m_wordSpacing;
            set => Set(ref m_wordSpacing, value);
        }

        public float paragraphSpacing
        {
            get => m_paragraphSpacing;
            set => Set(ref m_paragraphSpacing, value);
        }

#if UNITY_6000_0_OR_NEWER
        public TextWrappingModes textWrappingMode
        {
            get => m_wraps ? TextWrappingModes.Normal : TextWrappingModes.NoWrap;
            set => Set(ref m_wraps, value == TextWrappingModes.Normal || value == TextWrappingModes.PreserveWhitespace);
        }

        [Obsolete("The enabledWordWrapping property is now obsolete. Please use the textWrappingMode property.")]
#endif
        public bool enableWordWrapping
        {
            get => m_wraps;
            set => Set(ref m_wraps, value);
        }

        public TextOverflowModes overflowMode
        {
            get => m_overflowMode;
            set
            {
                if (m_overflowMode != value)
                {
                    m_overflowMode = value;
                    Changed();
                }
            }
        }

        public bool isTextOverflowing { get; private set; }

#if UNITY_6000_0_OR_NEWER
        /// <summary>A list that is set is taken as it is: one that is changed in place isn't noticed.</summary>
        public System.Collections.Generic.List<UnityEngine.TextCore.OTL_FeatureTag> fontFeatures { get; set; } =
            new System.Collections.Generic.List<UnityEngine.TextCore.OTL_FeatureTag> { UnityEngine.TextCore.OTL_FeatureTag.kern };

        [Obsolete("The \"enableKerning\" property has been deprecated. Use the \"fontFeatures\" property to control what features are enabled on the text component.")]
#endif
        public bool enableKerning { get; set; } = true;

        public bool extraPadding { get; set; }

        public bool richText
        {
            get => m_isRichText;
            set => Set(ref m_isRichText, value);
        }

#if UNITY_6000_0_OR_NEWER
        /// <summary>Whether emoji are looked for in TMP_Settings.emojiFallbackTextAssets first. The double has none there.</summary>
        public bool emojiFallbackSupport { get; set; } = true;

#endif
        public bool parseCtrlCharacters
        {
            get => m_parseCtrlCharacters;
            set => Set(ref m_parseCtrlCharacters, value);
        }

        /// <summary>Costs a whole layout when it changes, in TextMeshPro as well.</summary>
        public int maxVisibleCharacters
        {
            get => m_maxVisibleCharacters;
            set
            {
                if (m_maxVisibleCharacters != value)
                {
                    m_maxVisibleCharacters = value;
                    Changed();
                }
            }
        }

        /// <summary>Whether it's spared the look at its scale in each frame.</summary>
        public bool isTextObjectScaleStatic { get; set; }

        public bool havePropertiesChanged
        {
            get => isBehind;
            set
            {
                isBehind = value;
                SetAllDirty();
            }
        }

        public override Color color
        {
            get => base.color;
            set
            {
                if (base.color != value)
                {
                    isBehind = true;
                    base.color = value;
                }
            }
        }

        public virtual float alpha
        {
            get => color.a;
            set
            {
                Color changed = color;
                changed.a = value;
                color = changed;
            }
        }

        public TMP_TextInfo textInfo => info ?? (info = new TMP_TextInfo(this));

        public virtual Mesh mesh => MeshOf(0);

        public new RectTransform rectTransform => base.rectTransform;

        public Bounds textBounds => textInfo.characterCount == 0 ? default(Bounds) : new Bounds(reach.center, reach.size);

        public Bounds bounds => mesh.bounds;

        public virtual float preferredWidth => Preferred(Mathf.Infinity).x;

        public virtual float preferredHeight => Preferred(m_wraps ? InnerWidth : Mathf.Infinity).y;

        public virtual float minWidth => 0;

        public virtual float minHeight => 0;

        public virtual float flexibleWidth => -1;

        public virtual float flexibleHeight => -1;

        public int layoutPriority => 0;

        /// <summary>Whether Awake has been called and it has what a layout needs.</summary>
        internal virtual bool CanShow => IsAwake;

        public virtual void ForceMeshUpdate(bool ignoreActiveState = false, bool forceTextReparsing = false)
        {
            isBehind = true;
            Show(ignoreActiveState);
        }

        public virtual void UpdateVertexData() => UpdateVertexData(TMP_VertexDataUpdateFlags.All);

        /// <summary>Gives vertices to the graphics card, without parsing and laying out.</summary>
        public virtual void UpdateVertexData(TMP_VertexDataUpdateFlags flags)
        {
            Touch();
            for (int i = 0; i < textInfo.materialCount; i++)
            {
                Upload(i, flags);
            }

            World.Current.Part<TextWork>().Uploads++;
        }

        public virtual void ClearMesh()
        {
            for (int i = 0; i < textInfo.meshInfo.Length; i++)
            {
                MeshOf(i).Clear();
            }
        }

        /// <summary>The width and height that the text would take without a limit.</summary>
        public Vector2 GetPreferredValues() => Preferred(Mathf.Infinity);

        public Vector2 GetPreferredValues(float width, float height) => Preferred(m_wraps ? width : Mathf.Infinity);

        public Vector2 GetPreferredValues(string text) => Preferred(text, Mathf.Infinity);

        public Vector2 GetPreferredValues(string text, float width, float height) => Preferred(text, m_wraps ? width : Mathf.Infinity);

        public virtual TMP_TextInfo GetTextInfo(string text)
        {
            this.text = text;
            ForceMeshUpdate();
            return textInfo;
        }

        /// <summary>Lays out now, if anything has changed and it can be seen.</summary>
        internal void Show(bool ignoreActiveState)
        {
            if (!isBehind || !CanShow || (!IsActive() && !ignoreActiveState))
            {
                return;
            }

            isBehind = false;
            if (m_fontAsset == null)
            {
                Debug.LogWarning("Can't Generate Mesh! No Font Asset has been assigned to Object ID: " + GetInstanceID());
                return;
            }

            Parse();
            Arrange();
            whenLaidOut?.Invoke(textInfo);
            for (int i = 0; i < textInfo.materialCount; i++)
            {
                Upload(i, TMP_VertexDataUpdateFlags.All);
            }

            TextWork work = World.Current.Part<TextWork>();
            work.Layouts++;
            work.Characters += textInfo.characterCount;
        }

        /// <summary>What Awake does: takes the default font where it has none.</summary>
        internal void TakeDefaultFont()
        {
            if (m_fontAsset == null)
            {
                m_fontAsset = TMP_Settings.defaultFontAsset;
            }

            if (m_fontAsset == null)
            {
                Debug.LogWarning("The LiberationSans SDF Font Asset was not found. There is no Font Asset assigned to " + gameObject.name + ".", this);
            }
        }

        internal void MarkBehind() => isBehind = true;

        /// <summary>Something has changed that takes a layout.</summary>
        internal void Changed()
        {
            isBehind = true;
            SetVerticesDirty();
            SetLayoutDirty();
        }

        internal abstract Mesh MeshOf(int material);

        /// <summary>A mesh has changed, and is to be drawn.</summary>
        internal abstract void Draw(int material, Mesh shape);

        private void Upload(int material, TMP_VertexDataUpdateFlags flags)
        {
            ref TMP_MeshInfo from = ref textInfo.meshInfo[material];
            Mesh to = MeshOf(material);
            from.mesh = to;
            if ((flags & TMP_VertexDataUpdateFlags.Vertices) != 0)
            {
                to.vertices = from.vertices;
            }

            if ((flags & TMP_VertexDataUpdateFlags.Colors32) != 0)
            {
                to.colors32 = from.colors32;
            }

            to.RecalculateBounds();
            Draw(material, to);
        }

        private void Set(ref bool field, bool value)
        {
            if (field != value)
            {
                field = value;
                Changed();
            }
        }

        private void Set(ref float field, float value)
        {
            if (field != value)
            {
                field = value;
                Changed();
            }
        }
    }
}
