using System;
using UnityEngine;

namespace TMPro
{
    public struct Extents
    {
        public Vector2 min;
        public Vector2 max;

        public Extents(Vector2 min, Vector2 max)
        {
            this.min = min;
            this.max = max;
        }
    }

    /// <summary>A character as it was laid out, in the space of its text.</summary>
    public struct TMP_CharacterInfo
    {
        public char character;

        /// <summary>Where it begins in the text that was set, in chars.</summary>
        public int index;
        public int stringLength;
        public TMP_TextElementType elementType;
        public TMP_TextElement textElement;
        public TMP_FontAsset fontAsset;
        public Material material;

        /// <summary>Which of the text's meshes has its vertices: not always the first, if fonts fall back.</summary>
        public int materialReferenceIndex;
        public float pointSize;
        public int lineNumber;
        public int pageNumber;

        /// <summary>The first of its four vertices. 0 for one that isn't drawn, which isn't a vertex of its own.</summary>
        public int vertexIndex;
        public Vector3 topLeft;
        public Vector3 bottomLeft;
        public Vector3 topRight;
        public Vector3 bottomRight;
        public float origin;
        public float ascender;
        public float baseLine;
        public float descender;
        public float xAdvance;
        public float scale;
        public Color32 color;
        public FontStyles style;
        public bool isVisible;
    }

    public struct TMP_LineInfo
    {
        public int characterCount;
        public int visibleCharacterCount;
        public int spaceCount;
        public int firstCharacterIndex;
        public int firstVisibleCharacterIndex;
        public int lastCharacterIndex;
        public int lastVisibleCharacterIndex;
        public float length;
        public float lineHeight;
        public float ascender;
        public float baseline;
        public float descender;
        public float maxAdvance;
        public float width;
        public HorizontalAlignmentOptions alignment;
        public Extents lineExtents;
    }

    /// <summary>The vertices of one material. They are seen once UpdateVertexData or a layout gave them to the mesh.</summary>
    public struct TMP_MeshInfo
    {
        public Mesh mesh;
        public int vertexCount;
        public Vector3[] vertices;
        public Color32[] colors32;
#if UNITY_6000_0_OR_NEWER
        public Vector4[] uvs0;
#else
        public Vector2[] uvs0;
#endif
        public Vector2[] uvs2;
        public Material material;

        internal void Reserve(int characters)
        {
            int count = characters * 4;
            if (vertices != null && vertices.Length >= count)
            {
                return;
            }

            int size = 4;
            while (size < count)
            {
                size *= 2;
            }

            Array.Resize(ref vertices, size);
            Array.Resize(ref colors32, size);
            Array.Resize(ref uvs0, size);
            Array.Resize(ref uvs2, size);
        }
    }

    /// <summary>A text as it was laid out. Its arrays may be longer than what they hold.</summary>
    [Serializable]
    public class TMP_TextInfo
    {
        public TMP_Text textComponent;
        public int characterCount;
        public int spaceCount;
        public int lineCount;
        public int pageCount;
        public int materialCount;
        public TMP_CharacterInfo[] characterInfo;
        public TMP_LineInfo[] lineInfo;
        public TMP_MeshInfo[] meshInfo;

        public TMP_TextInfo()
        {
            characterInfo = new TMP_CharacterInfo[8];
            lineInfo = new TMP_LineInfo[2];
            meshInfo = new TMP_MeshInfo[1];
        }

        public TMP_TextInfo(TMP_Text textComponent)
            : this() => this.textComponent = textComponent;

        public static void Resize<T>(ref T[] array, int size)
        {
            int length = Mathf.NextPowerOfTwo(size);
            Array.Resize(ref array, length);
        }

        internal void Forget()
        {
            characterCount = 0;
            spaceCount = 0;
            lineCount = 0;
            pageCount = 0;
            materialCount = 0;
        }
    }
}
