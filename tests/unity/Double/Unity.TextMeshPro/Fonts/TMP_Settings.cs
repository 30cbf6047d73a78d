using System;
using System.Collections.Generic;
using Loquent.Double;
using UnityEngine;
using UnityEngine.TextCore.LowLevel;

namespace TMPro
{
    /// <summary>A project's settings for text: there once TextMeshPro's essential resources have been imported.</summary>
    [Serializable]
    public class TMP_Settings : ScriptableObject
    {
        public static TMP_Settings instance => World.Current.Part<TextResources>().Settings;

        public static TMP_FontAsset defaultFontAsset
        {
            get => instance == null ? null : World.Current.Part<TextResources>().DefaultFont;
#if UNITY_6000_0_OR_NEWER
            set => World.Current.Part<TextResources>().DefaultFont = value;
#endif
        }

        public static List<TMP_FontAsset> fallbackFontAssets
        {
            get => instance == null ? null : World.Current.Part<TextResources>().Fallbacks;
#if UNITY_6000_0_OR_NEWER
            set => World.Current.Part<TextResources>().Fallbacks = value;
#endif
        }

        public static float defaultFontSize => 36;

        public static bool warningsDisabled => World.Current.Part<TextResources>().WarningsDisabled;

        public static int missingGlyphCharacter
        {
            get => World.Current.Part<TextResources>().MissingGlyph;
            set => World.Current.Part<TextResources>().MissingGlyph = value;
        }
    }
}

namespace Loquent.Double
{
    /// <summary>
    /// TextMeshPro's essential resources: the font asset LiberationSans SDF, which is static and has Latin letters, with a dynamic fallback for Latin, Greek and
    /// Cyrillic.
    /// </summary>
    internal sealed class TextResources
    {
        /// <summary>Beyond Latin-1: dashes, quotation marks and the like, and the box for what is missing.</summary>
        private const string Punctuation = "\u2010\u2013\u2014\u2015\u2017\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u2020\u2021\u2022\u2026\u2030\u2032\u2033\u2039\u203A\u203C\u203E\u2044\u20AC\u2122\u25A1";

        /// <summary>Where the settings are among the resources.</summary>
        internal const string Path = "TMP Settings";

        public TextResources()
        {
            Settings = ScriptableObject.CreateInstance<TMPro.TMP_Settings>();
            World.Current.Part<ResourceFolder>()[Path] = Settings;
            DefaultFont = TMPro.TMP_FontAsset.Make("LiberationSans SDF", 86, 9, GlyphRenderMode.SDFAA, 1024, 1024);
            for (uint point = 0x20; point <= 0xFF; point += point == 0x7E ? 0x22u : 1u)
            {
                DefaultFont.Put(point);
            }

            foreach (char point in Punctuation)
            {
                DefaultFont.Put(point);
            }

            TMPro.TMP_FontAsset fallback = TMPro.TMP_FontAsset.Make("LiberationSans SDF - Fallback", 86, 9, GlyphRenderMode.SDFAA, 512, 512);
            fallback.atlasPopulationMode = TMPro.AtlasPopulationMode.Dynamic;
            fallback.isMultiAtlasTexturesEnabled = true;
            fallback.Source = IsLiberation;
            DefaultFont.fallbackFontAssetTable.Add(fallback);
        }

        /// <summary>Null if the resources aren't imported.</summary>
        internal TMPro.TMP_Settings Settings { get; set; }

        internal TMPro.TMP_FontAsset DefaultFont { get; set; }

        internal List<TMPro.TMP_FontAsset> Fallbacks { get; set; } = new List<TMPro.TMP_FontAsset>();

        internal bool WarningsDisabled { get; set; }

        internal int MissingGlyph { get; set; }

        private static bool IsLiberation(int point)
        {
            return (point >= 0x100 && point <= 0x17F) || (point >= 0x370 && point <= 0x3FF) || (point >= 0x400 && point <= 0x52F)
                || (point >= 0x1E00 && point <= 0x1EFF) || (point >= 0x300 && point <= 0x36F);
        }
    }

    /// <summary>What text cost.</summary>
    internal sealed class TextWork
    {
        public TextWork()
        {
            World.Current.Loop.FrameBegins += () =>
            {
                Layouts = 0;
                Uploads = 0;
                Characters = 0;
                GlyphsAdded = 0;
            };
        }

        /// <summary>How often a text was laid out whole in this frame.</summary>
        internal int Layouts { get; set; }

        /// <summary>How many characters these had.</summary>
        internal int Characters { get; set; }

        /// <summary>How often vertices were given to the graphics card without a layout.</summary>
        internal int Uploads { get; set; }

        internal int GlyphsAdded { get; set; }
    }
}
