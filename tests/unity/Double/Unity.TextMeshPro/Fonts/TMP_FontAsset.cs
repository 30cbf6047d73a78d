using System;
using System.Collections.Generic;
using Loquent.Double;
using UnityEngine;
using UnityEngine.TextCore;
using UnityEngine.TextCore.LowLevel;

namespace TMPro
{
    public enum AtlasPopulationMode
    {
        Static = 0,
        Dynamic = 1,
#if UNITY_6000_0_OR_NEWER
        DynamicOS = 2,
#endif
    }

    /// <summary>
    /// Glyphs in atlases. A static one has what it was made with; a dynamic one takes what its font file has, as long as there's room in its atlas, and makes
    /// more atlases if it may.
    /// </summary>
    [Serializable]
    public class TMP_FontAsset : TMP_Asset
    {
        public float normalSpacingOffset;

        /// <summary>What every font asset has, because TextMeshPro makes it up: control characters without a width.</summary>
        private static readonly uint[] Synthesized = { 0x03, 0x09, 0x0A, 0x0B, 0x0D, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060 };

        private readonly Dictionary<uint, TMP_Character> characters = new Dictionary<uint, TMP_Character>();
        private readonly List<TMP_Character> table = new List<TMP_Character>();
        private readonly Dictionary<uint, Glyph> glyphs = new Dictionary<uint, Glyph>();
        private bool hasShapes = true;
        private List<TMP_FontAsset> fallbacks = new List<TMP_FontAsset>();

#if !UNITY_6000_0_OR_NEWER
        public FaceInfo faceInfo { get; set; }
#endif

        public AtlasPopulationMode atlasPopulationMode { get; set; }

        public GlyphRenderMode atlasRenderMode { get; internal set; }

        public int atlasWidth { get; internal set; }

        public int atlasHeight { get; internal set; }

        public int atlasPadding { get; internal set; }

        public int atlasTextureCount { get; private set; } = 1;

        public Texture2D[] atlasTextures { get; set; }

        public bool isMultiAtlasTexturesEnabled { get; set; }

        public Font sourceFontFile { get; internal set; }

        public Dictionary<uint, TMP_Character> characterLookupTable => characters;

        public List<TMP_Character> characterTable => table;

        public Dictionary<uint, Glyph> glyphLookupTable => glyphs;

        public List<TMP_FontAsset> fallbackFontAssetTable
        {
            get => fallbacks;
            set => fallbacks = value;
        }

        /// <summary>What its font file has; null for a static one.</summary>
        internal Predicate<int> Source { get; set; }

        private bool IsDynamic => atlasPopulationMode != AtlasPopulationMode.Static;

        private int RoomInAtlas
        {
            get
            {
                int cell = (int)faceInfo.pointSize + (2 * atlasPadding);
                return cell == 0 ? 0 : (atlasWidth / cell) * (atlasHeight / cell);
            }
        }

        public static TMP_FontAsset CreateFontAsset(Font font) =>
            CreateFontAsset(font, 90, 9, GlyphRenderMode.SDFAA, 1024, 1024, AtlasPopulationMode.Dynamic, true);

        /// <summary>Null, with a warning, for a font that is known by its name alone: TextMeshPro needs the file.</summary>
        public static TMP_FontAsset CreateFontAsset(
            Font font, int samplingPointSize, int atlasPadding, GlyphRenderMode renderMode, int atlasWidth, int atlasHeight,
            AtlasPopulationMode atlasPopulationMode = AtlasPopulationMode.Dynamic, bool enableMultiAtlasSupport = true)
        {
            if (font == null || font.File == null)
            {
                Debug.LogWarning(
                    "Unable to load font face for [" + (font == null ? "null" : font.name)
                    + "]. Make sure \"Include Font Data\" is enabled in the Font Import Settings.",
                    font);
                return null;
            }

            TMP_FontAsset made = Make(font.File, samplingPointSize, atlasPadding, renderMode, atlasWidth, atlasHeight);
            made.sourceFontFile = font;
            made.isMultiAtlasTexturesEnabled = enableMultiAtlasSupport;
            return made;
        }

#if UNITY_6000_0_OR_NEWER
        public static TMP_FontAsset CreateFontAsset(string familyName, string styleName, int pointSize = 90)
        {
            SystemFont file = World.Current.Part<SystemFonts>().Find(font => font.Name == familyName);
            if (file == null)
            {
                Debug.Log("Unable to find a font file with the specified Family Name [" + familyName + "] and Style [" + styleName + "].");
                return null;
            }

            TMP_FontAsset made = Make(file, pointSize, 9, GlyphRenderMode.SDFAA, 1024, 1024);
            made.atlasPopulationMode = AtlasPopulationMode.DynamicOS;
            made.isMultiAtlasTexturesEnabled = true;
            return made;
        }

        public static TMP_FontAsset CreateFontAsset(
            string fontFilePath, int faceIndex, int samplingPointSize, int atlasPadding, GlyphRenderMode renderMode, int atlasWidth, int atlasHeight)
        {
            SystemFont file = World.Current.Part<SystemFonts>().FindAll(font => font.Path == fontFilePath).Find(font => font.Face == faceIndex);
            if (file == null)
            {
                Debug.Log("Unable to load font face from [" + fontFilePath + "].");
                return null;
            }

            TMP_FontAsset made = Make(file, samplingPointSize, atlasPadding, renderMode, atlasWidth, atlasHeight);
            made.isMultiAtlasTexturesEnabled = true;
            return made;
        }
#endif

        public void ReadFontAssetDefinition()
        {
        }

        public bool HasCharacter(int character) => characters.ContainsKey((uint)character);

        public bool HasCharacter(char character, bool searchFallbacks = false, bool tryAddCharacter = false) =>
            Has(character, searchFallbacks, tryAddCharacter);

        public bool HasCharacters(string text) => HasCharacters(text, out uint[] _);

        public bool HasCharacters(string text, out uint[] missingCharacters, bool searchFallbacks = false, bool tryAddCharacter = false)
        {
            var missing = new List<uint>();
            for (int i = 0; i < text.Length; i++)
            {
                uint point = PointAt(text, ref i);
                if (!Has(point, searchFallbacks, tryAddCharacter))
                {
                    missing.Add(point);
                }
            }

            missingCharacters = missing.ToArray();
            return missing.Count == 0;
        }

        public bool TryAddCharacters(uint[] unicodes, bool includeFontFeatures = false) => TryAddCharacters(unicodes, out uint[] _, includeFontFeatures);

        public bool TryAddCharacters(uint[] unicodes, out uint[] missingUnicodes, bool includeFontFeatures = false)
        {
            missingUnicodes = Array.FindAll(unicodes, point => !TryFind(point, true, out TMP_Character _));
            return missingUnicodes.Length == 0;
        }

        public bool TryAddCharacters(string characters, bool includeFontFeatures = false) => TryAddCharacters(characters, out string _, includeFontFeatures);

        public bool TryAddCharacters(string characters, out string missingCharacters, bool includeFontFeatures = false)
        {
            var missing = new System.Text.StringBuilder();
            for (int i = 0; i < characters.Length; i++)
            {
                int start = i;
                if (!TryFind(PointAt(characters, ref i), true, out TMP_Character _))
                {
                    missing.Append(characters, start, i - start + 1);
                }
            }

            missingCharacters = missing.ToString();
            return missing.Length == 0;
        }

        /// <summary>Finds a character among its own, or takes it from its font file.</summary>
        internal bool TryFind(uint point, bool mayAdd, out TMP_Character found)
        {
            return characters.TryGetValue(point, out found) || (mayAdd && IsDynamic && Source != null && Source((int)point) && TryAdd(point, out found));
        }

        /// <summary>Finds a character here or in the fallbacks, each asset once.</summary>
        internal bool TryFindAnywhere(uint point, List<TMP_FontAsset> asked, out TMP_Character found)
        {
            found = null;
            if (asked.Contains(this))
            {
                return false;
            }

            asked.Add(this);
            if (TryFind(point, true, out found))
            {
                return true;
            }

            for (int i = 0; fallbacks != null && i < fallbacks.Count; i++)
            {
                if (fallbacks[i] != null && fallbacks[i].TryFindAnywhere(point, asked, out found))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>Makes an asset; its lines are the double's one typeface.</summary>
        internal static TMP_FontAsset Make(string name, int size, int padding, GlyphRenderMode mode, int width, int height)
        {
            var made = CreateInstance<TMP_FontAsset>();
            made.name = name;
            made.faceInfo = new FaceInfo
            {
                familyName = name, styleName = "Regular", pointSize = size, scale = 1, lineHeight = GlyphShapes.LineHeight * size,
                ascentLine = GlyphShapes.Ascent * size, descentLine = GlyphShapes.Descent * size, capLine = GlyphShapes.CapHeight * size,
                tabWidth = GlyphShapes.Advance(' ') * size,
            };
            made.atlasPadding = padding;
            made.atlasRenderMode = mode;
            made.atlasWidth = width;
            made.atlasHeight = height;
            made.atlasTextures = new[] { new Texture2D(1, 1, TextureFormat.Alpha8, false) };
            made.material = new Material(Shader.Find("TextMeshPro/Distance Field")) { name = name + " Material" };
            foreach (uint point in Synthesized)
            {
                made.Put(point);
            }

            return made;
        }

        /// <summary>Gives a static asset a character.</summary>
        internal void Put(uint point)
        {
            GlyphMetrics metrics = GlyphShapes.Metrics((int)point, faceInfo.pointSize);
            metrics = hasShapes ? metrics : new GlyphMetrics(0, 0, 0, 0, metrics.horizontalAdvance);
            var glyph = new Glyph(point, metrics, new GlyphRect(0, 0, 0, 0));
            glyphs[point] = glyph;
            var character = new TMP_Character(point, this, glyph);
            characters[point] = character;
            table.Add(character);
        }

        private static TMP_FontAsset Make(SystemFont file, int size, int padding, GlyphRenderMode mode, int width, int height)
        {
            TMP_FontAsset made = Make(file.Name, size, padding, mode, width, height);
            made.atlasPopulationMode = AtlasPopulationMode.Dynamic;
            made.Source = file.Has;
            made.hasShapes = !file.IsPictures;
            return made;
        }

        /// <summary>Unity 6 takes a surrogate pair for one character, 2022.3 for two.</summary>
        private static uint PointAt(string text, ref int index)
        {
#if UNITY_6000_0_OR_NEWER
            if (char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
            {
                index++;
                return (uint)char.ConvertToUtf32(text[index - 1], text[index]);
            }
#endif
            return text[index];
        }

        private bool Has(uint point, bool searchFallbacks, bool mayAdd)
        {
            if (TryFind(point, mayAdd, out TMP_Character _))
            {
                return true;
            }

            return searchFallbacks && fallbacks != null && fallbacks.Exists(one => one != null && one.Has(point, true, mayAdd));
        }

        private bool TryAdd(uint point, out TMP_Character added)
        {
            added = null;
            if (table.Count - Synthesized.Length >= RoomInAtlas * atlasTextureCount)
            {
                if (!isMultiAtlasTexturesEnabled)
                {
                    return false;
                }

                atlasTextureCount++;
            }

            Put(point);
            added = characters[point];
            World.Current.Part<TextWork>().GlyphsAdded++;
            return true;
        }
    }
}
