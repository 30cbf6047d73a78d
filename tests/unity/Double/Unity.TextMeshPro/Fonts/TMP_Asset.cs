using System;
using UnityEngine;
using UnityEngine.TextCore;

namespace TMPro
{
    public enum TextElementType : byte
    {
        Character = 1,
        Sprite = 2,
    }

    /// <summary>A font asset, or one of sprites.</summary>
    [Serializable]
    public abstract class TMP_Asset : ScriptableObject
    {
#if UNITY_6000_0_OR_NEWER
        public FaceInfo faceInfo { get; set; }

        public Material material { get; set; }
#else
        public Material material;
#endif

        public int instanceID => GetInstanceID();
    }

    [Serializable]
    public class TMP_TextElement
    {
        public TextElementType elementType => TextElementType.Character;

        public uint unicode { get; set; }

        public TMP_Asset textAsset { get; set; }

        public Glyph glyph { get; set; }

        public uint glyphIndex { get; set; }

        public float scale { get; set; } = 1;
    }

    [Serializable]
    public class TMP_Character : TMP_TextElement
    {
        public TMP_Character()
        {
        }

        public TMP_Character(uint unicode, TMP_FontAsset fontAsset, Glyph glyph)
        {
            this.unicode = unicode;
            textAsset = fontAsset;
            this.glyph = glyph;
            glyphIndex = glyph.index;
        }
    }
}
