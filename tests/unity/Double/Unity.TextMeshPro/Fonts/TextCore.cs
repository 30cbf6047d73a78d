using System;

namespace UnityEngine.TextCore
{
    /// <summary>A glyph's box and advance, at the size at which its font was sampled.</summary>
    [Serializable]
    public struct GlyphMetrics
    {
        public GlyphMetrics(float width, float height, float bearingX, float bearingY, float advance)
            : this()
        {
            this.width = width;
            this.height = height;
            horizontalBearingX = bearingX;
            horizontalBearingY = bearingY;
            horizontalAdvance = advance;
        }

        public float width { get; set; }

        public float height { get; set; }

        public float horizontalBearingX { get; set; }

        public float horizontalBearingY { get; set; }

        public float horizontalAdvance { get; set; }
    }

    /// <summary>Where a glyph is in its atlas.</summary>
    [Serializable]
    public struct GlyphRect
    {
        public GlyphRect(int x, int y, int width, int height)
            : this()
        {
            this.x = x;
            this.y = y;
            this.width = width;
            this.height = height;
        }

        public int x { get; set; }

        public int y { get; set; }

        public int width { get; set; }

        public int height { get; set; }
    }

    [Serializable]
    public class Glyph
    {
        public Glyph(uint index, GlyphMetrics metrics, GlyphRect glyphRect)
        {
            this.index = index;
            this.metrics = metrics;
            this.glyphRect = glyphRect;
            scale = 1;
        }

        public uint index { get; set; }

        public GlyphMetrics metrics { get; set; }

        public GlyphRect glyphRect { get; set; }

        public float scale { get; set; }

        public int atlasIndex { get; set; }
    }

    /// <summary>A font's lines, at the size at which it was sampled.</summary>
    [Serializable]
    public struct FaceInfo
    {
        public string familyName { get; set; }

        public string styleName { get; set; }

#if UNITY_6000_0_OR_NEWER
        public float pointSize { get; set; }
#else
        public int pointSize { get; set; }
#endif

        public float scale { get; set; }

        public float lineHeight { get; set; }

        public float ascentLine { get; set; }

        public float capLine { get; set; }

        public float meanLine { get; set; }

        public float baseline { get; set; }

        public float descentLine { get; set; }

        public float tabWidth { get; set; }
    }
}

#if UNITY_6000_0_OR_NEWER
namespace UnityEngine.TextCore
{
    public enum OTL_FeatureTag : uint
    {
        kern = 1801810542,
        liga = 1818847073,
        mark = 1835102827,
        mkmk = 1835756907,
    }
}
#endif

namespace UnityEngine.TextCore.LowLevel
{
    public enum GlyphRenderMode
    {
        SMOOTH_HINTED = 4121,
        SMOOTH = 4117,
        SDF = 4134,
        SDF8 = 8230,
        SDF16 = 16422,
        SDF32 = 32806,
        SDFAA_HINTED = 4169,
        SDFAA = 4165,
    }
}
