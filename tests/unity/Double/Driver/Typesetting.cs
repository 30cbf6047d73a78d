using System.Collections.Generic;
using TMPro;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>What TextMeshPro did, and what of it can be seen.</summary>
    public static class Typesetting
    {
        /// <summary>How often a text was laid out whole in the last frame.</summary>
        public static int Layouts => Work.Layouts;

        /// <summary>How many characters these layouts had.</summary>
        public static int Characters => Work.Characters;

        /// <summary>How often in the last frame vertices were changed without a layout.</summary>
        public static int VertexUpdates => Work.Uploads;

        /// <summary>How many glyphs were added to dynamic fonts in the last frame.</summary>
        public static int GlyphsAdded => Work.GlyphsAdded;

        /// <summary>Whether TextMeshPro's warnings of missing characters are switched off. False unless told.</summary>
        public static bool WarningsDisabled
        {
            get => World.Current.Part<TextResources>().WarningsDisabled;
            set => World.Current.Part<TextResources>().WarningsDisabled = value;
        }

        /// <summary>The fonts that all fonts fall back to.</summary>
        public static List<TMP_FontAsset> Fallbacks => World.Current.Part<TextResources>().Fallbacks;

        private static TextWork Work => World.Current.Part<TextWork>();

        /// <summary>Makes a project of this into which TextMeshPro's essential resources haven't been imported: no settings, no default font.</summary>
        public static void ForgetEssentials()
        {
            TextResources resources = World.Current.Part<TextResources>();
            resources.Settings = null;
            World.Current.Part<ResourceFolder>().Remove(TextResources.Path);
            resources.DefaultFont = null;
        }

        /// <summary>Makes a static font asset of the characters of a string, and a few that every font has.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="characters">The characters.</param>
        /// <returns>The font asset.</returns>
        public static TMP_FontAsset Font(string name, string characters)
        {
            TMP_FontAsset made = TMP_FontAsset.Make(name, 90, 9, UnityEngine.TextCore.LowLevel.GlyphRenderMode.SDFAA, 1024, 1024);
            for (int i = 0; i < characters.Length; i++)
            {
                bool isPair = char.IsHighSurrogate(characters[i]) && i + 1 < characters.Length;
                uint point = isPair ? (uint)char.ConvertToUtf32(characters[i], characters[i + 1]) : characters[i];
                i += isPair ? 1 : 0;
                if (!made.HasCharacter((int)point))
                {
                    made.Put(point);
                }
            }

            return made;
        }

        /// <summary>Reads what a text shows: of the vertices that the graphics card has, those that aren't transparent.</summary>
        /// <param name="text">The text.</param>
        /// <param name="threshold">Opacity from which a character counts as visible, from 0 to 255.</param>
        /// <returns>The characters that can be seen, and the spaces and line ends between and before them.</returns>
        public static string Visible(TMP_Text text, int threshold = 1)
        {
            var shown = new System.Text.StringBuilder();
            int length = 0;
            for (int i = 0; i < text.textInfo.characterCount; i++)
            {
                TMP_CharacterInfo one = text.textInfo.characterInfo[i];
                shown.Append(char.ConvertFromUtf32((int)one.textElement.unicode));
                if (one.isVisible && AlphaOf(text, i) >= threshold)
                {
                    length = shown.Length;
                }
                else if (one.isVisible)
                {
                    shown.Length -= char.ConvertFromUtf32((int)one.textElement.unicode).Length;
                }
            }

            return shown.ToString(0, length);
        }

        /// <summary>Tells how opaque a character is on the graphics card, apart from what its canvas groups do.</summary>
        /// <param name="text">The text.</param>
        /// <param name="character">Its index in the text's characterInfo.</param>
        /// <returns>From 0 to 255; 0 if it isn't drawn.</returns>
        public static int AlphaOf(TMP_Text text, int character)
        {
            TMP_CharacterInfo one = text.textInfo.characterInfo[character];
            Color32[] colours = text.MeshOf(one.materialReferenceIndex).Colours;
            return one.isVisible && one.vertexIndex < colours.Length ? colours[one.vertexIndex].a : 0;
        }
    }
}
