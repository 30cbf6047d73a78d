using System;
using System.IO;
using TMPro;
using UnityEngine;
using UnityEngine.TextCore.LowLevel;
using Object = UnityEngine.Object;

namespace Loquent
{
    /// <summary>
    /// Makes font assets of font files. A collection (.ttc) holds several faces: that of Noto Sans CJK, which Android and most Linux systems have, one for each language,
    /// whose ideographs differ, the Japanese one first. Unity 6 can open any of them, 2022.3 the first.
    /// </summary>
    internal static class SystemFontFaces
    {
        private const int SamplingSize = 48;
        private const int Padding = 5;
        private const int AtlasSize = 1024;

        /// <summary>Makes an asset.</summary>
        /// <param name="path">The file.</param>
        /// <param name="language">Whose forms characters have that several languages share, as a BCP 47 tag.</param>
        /// <param name="file">What it was made of, to be destroyed with it; may be null.</param>
        /// <returns>The asset; null if the file can't be used.</returns>
        internal static TMP_FontAsset Make(string path, string language, out Font file)
        {
            file = null;
#if UNITY_6000_0_OR_NEWER
            bool isCollection = path.EndsWith(".ttc", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".otc", StringComparison.OrdinalIgnoreCase);
            string region = isCollection ? SystemFontNames.RegionOf(language) : null;
            return region == null ? Open(path, 0) : OpenFor(path, region);
#else
            file = new Font(path);
            return TMP_FontAsset.CreateFontAsset(
                file, SamplingSize, Padding, GlyphRenderMode.SDFAA, AtlasSize, AtlasSize, AtlasPopulationMode.Dynamic, true);
#endif
        }

        /// <summary>Lets go of an asset, with the textures and the material that were made for it.</summary>
        internal static void Discard(TMP_FontAsset made, Font file)
        {
            if (made != null)
            {
                foreach (Texture2D atlas in made.atlasTextures ?? new Texture2D[0])
                {
                    Destroy(atlas);
                }

                Destroy(made.material);
                Destroy(made);
            }

            Destroy(file);
        }

        private static void Destroy(Object one)
        {
            if (one != null)
            {
                Object.DestroyImmediate(one);
            }
        }
#if UNITY_6000_0_OR_NEWER

        /// <summary>Opens the face that is a region's: the one that it's known to be, unless the faces' own names say otherwise.</summary>
        private static TMP_FontAsset OpenFor(string path, string region)
        {
            int guess = SystemFontNames.FaceOf(path, region);
            TMP_FontAsset best = Open(path, guess);
            for (int face = 0; face < SystemFontNames.MostFaces && (best == null || IsOfOtherRegion(best, region)); face++)
            {
                TMP_FontAsset other = face == guess ? null : Open(path, face);
                if (other == null && face != guess)
                {
                    break; // that was the last
                }

                bool isBetter = other != null && (best == null || !IsOfOtherRegion(other, region));
                Discard(isBetter ? best : other, null);
                best = isBetter ? other : best;
            }

            return best;
        }

        private static TMP_FontAsset Open(string path, int face)
        {
            TMP_FontAsset made = TMP_FontAsset.CreateFontAsset(path, face, SamplingSize, Padding, GlyphRenderMode.SDFAA, AtlasSize, AtlasSize);
            if (made != null)
            {
                made.isMultiAtlasTexturesEnabled = true;
            }

            return made;
        }

        private static bool IsOfOtherRegion(TMP_FontAsset made, string region)
        {
            string of = SystemFontNames.RegionOfFamily(made.faceInfo.familyName);
            return of != null && of != region;
        }
#endif
    }
}
