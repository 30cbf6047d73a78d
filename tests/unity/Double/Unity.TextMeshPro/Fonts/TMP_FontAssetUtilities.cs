using System.Collections.Generic;

namespace TMPro
{
    public enum FontWeight
    {
        Thin = 100,
        ExtraLight = 200,
        Light = 300,
        Regular = 400,
        Medium = 500,
        SemiBold = 600,
        Bold = 700,
        Heavy = 800,
        Black = 900,
    }

    /// <summary>Finds characters as a layout does, and so adds them to dynamic font assets.</summary>
    public class TMP_FontAssetUtilities
    {
        [System.ThreadStatic]
        private static List<TMP_FontAsset> asked;

        public static TMP_Character GetCharacterFromFontAsset(
            uint unicode, TMP_FontAsset sourceFontAsset, bool includeFallbacks, FontStyles fontStyle, FontWeight fontWeight, out bool isAlternativeTypeface)
        {
            isAlternativeTypeface = false;
            if (!includeFallbacks)
            {
                return sourceFontAsset.TryFind(unicode, true, out TMP_Character own) ? own : null;
            }

            asked = asked ?? new List<TMP_FontAsset>();
            asked.Clear();
            return sourceFontAsset.TryFindAnywhere(unicode, asked, out TMP_Character found) ? found : null;
        }

        public static TMP_Character GetCharacterFromFontAssets(
            uint unicode, TMP_FontAsset sourceFontAsset, List<TMP_FontAsset> fontAssets, bool includeFallbacks, FontStyles fontStyle, FontWeight fontWeight,
            out bool isAlternativeTypeface)
        {
            isAlternativeTypeface = false;
            for (int i = 0; fontAssets != null && i < fontAssets.Count; i++)
            {
                TMP_Character found = fontAssets[i] == null
                    ? null
                    : GetCharacterFromFontAsset(unicode, fontAssets[i], includeFallbacks, fontStyle, fontWeight, out isAlternativeTypeface);
                if (found != null)
                {
                    return found;
                }
            }

            return null;
        }
    }
}
