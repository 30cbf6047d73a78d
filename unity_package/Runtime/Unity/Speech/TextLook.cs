using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <summary>Sets a TextMeshPro text up so that it shows chars as they are: nothing in them is obeyed, wrapped, shrunk or moved.</summary>
    internal static class TextLook
    {
#if UNITY_6000_0_OR_NEWER
        private static readonly System.Collections.Generic.List<UnityEngine.TextCore.OTL_FeatureTag> NoFeatures =
            new System.Collections.Generic.List<UnityEngine.TextCore.OTL_FeatureTag>();

#endif
        internal static void MakePlain(TMP_Text text)
        {
            text.richText = false;
            text.parseCtrlCharacters = false;
            text.enableAutoSizing = false;
            text.isRightToLeftText = false;
            text.overflowMode = TextOverflowModes.Overflow;
            text.characterSpacing = 0;
            text.wordSpacing = 0;
            text.raycastTarget = false;
            text.margin = Vector4.zero;
#if UNITY_6000_0_OR_NEWER
            text.emojiFallbackSupport = false; // emoji come from where all characters come from, and are measured there
            text.fontFeatures = NoFeatures;
            text.textWrappingMode = TextWrappingModes.NoWrap;
#else
            text.enableKerning = false;
            text.enableWordWrapping = false;
#endif
        }

        /// <summary>Aligns at the top, on the side where reading begins.</summary>
        internal static void Align(TMP_Text text, bool rightToLeft)
        {
            TextAlignmentOptions wanted = rightToLeft ? TextAlignmentOptions.TopRight : TextAlignmentOptions.TopLeft;
            if (text.alignment != wanted)
            {
                text.alignment = wanted;
            }
        }
    }
}
