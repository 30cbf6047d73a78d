using System;
using System.Collections.Generic;
using Loquent.Core.Reveal;
using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// What canvases know of a font: how wide its characters are, fallbacks included, and which it lacks. What it lacks is filled from the system's fonts where possible, and
    /// said once either way.
    /// </summary>
    internal sealed class FontSupport
    {
        private const char Box = '\u25a1';
        private const char Question = '?';

        private static readonly Dictionary<TMP_FontAsset, FontSupport> All = new Dictionary<TMP_FontAsset, FontSupport>();

        private readonly TMP_FontAsset font;
        private readonly Component reporter;
        private readonly GlyphCoverage coverage;
        private readonly Dictionary<int, float> widths = new Dictionary<int, float>();
        private readonly HashSet<int> missing = new HashSet<int>();
        private readonly char[] chars = new char[2];

        private FontSupport(TMP_FontAsset font, Component reporter)
        {
            this.font = font;
            this.reporter = reporter;
            coverage = new GlyphCoverage(codePoint => Find(codePoint) != null, Fill);
            Replacement = Find(Box) != null ? Box : Question;
        }

        /// <summary>
        /// What is drawn for a character that no font has: a box, or a question mark. TextMeshPro would put one there too, but with a warning for each, each time.
        /// </summary>
        internal char Replacement { get; }

        /// <summary>The font.</summary>
        internal TMP_FontAsset Font => font;

        /// <summary>How high a line is, of the em.</summary>
        internal float LineHeight => font.faceInfo.lineHeight * EmScale(font);

        /// <summary>Gives the support of a font.</summary>
        /// <param name="font">The font.</param>
        /// <param name="reporter">Who is named in the log if the font lacks something.</param>
        internal static FontSupport For(TMP_FontAsset font, Component reporter)
        {
            if (!All.TryGetValue(font, out FontSupport found))
            {
                found = new FontSupport(font, reporter);
                All.Add(font, found);
            }

            return found;
        }

        /// <summary>Tells how wide a character is, of the em. Allocates nothing for one that is known.</summary>
        internal float Width(int codePoint)
        {
            if (!widths.TryGetValue(codePoint, out float width))
            {
                width = Measure(codePoint);
                widths.Add(codePoint, width);
            }

            return width;
        }

        /// <summary>Tells whether a character that has been measured is in none of the fonts.</summary>
        internal bool IsMissing(int codePoint)
        {
            return missing.Count > 0 && missing.Contains(codePoint);
        }

        /// <summary>Takes fallbacks away again that were added, and forgets all.</summary>
        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        internal static void Restart()
        {
            All.Clear();
            SystemFonts.Restart();
        }

        private float Measure(int codePoint)
        {
            int count = 1;
            if (codePoint > char.MaxValue)
            {
                count = 2;
                chars[0] = (char)(0xd7c0 + (codePoint >> 10));
                chars[1] = (char)(0xdc00 + (codePoint & 0x3ff));
            }
            else
            {
                chars[0] = (char)codePoint;
            }

            coverage.Look(chars, 0, count); // fills what is missing, before it's measured
            TMP_Character found = Find(codePoint);
            if (found == null)
            {
                missing.Add(codePoint);
                return codePoint == Replacement ? 0 : Width(Replacement);
            }

            var from = (TMP_FontAsset)found.textAsset;
            return (found.glyph.metrics.horizontalAdvance * found.scale * found.glyph.scale * EmScale(from)) + (from.normalSpacingOffset * 0.01f);
        }

        /// <summary>Looks a character up where TextMeshPro does, in its order.</summary>
        private TMP_Character Find(int codePoint)
        {
            uint unicode = (uint)codePoint;
            TMP_Character found = TMP_FontAssetUtilities.GetCharacterFromFontAsset(
                unicode, font, true, FontStyles.Normal, FontWeight.Regular, out bool isOtherFace);
            if (found == null && TMP_Settings.fallbackFontAssets != null && TMP_Settings.fallbackFontAssets.Count > 0)
            {
                found = TMP_FontAssetUtilities.GetCharacterFromFontAssets(
                    unicode, font, TMP_Settings.fallbackFontAssets, true, FontStyles.Normal, FontWeight.Regular, out isOtherFace);
            }

            if (found == null && TMP_Settings.defaultFontAsset != null && TMP_Settings.defaultFontAsset != font)
            {
                found = TMP_FontAssetUtilities.GetCharacterFromFontAsset(
                    unicode, TMP_Settings.defaultFontAsset, true, FontStyles.Normal, FontWeight.Regular, out isOtherFace);
            }

            return found;
        }

        private void Fill(MissingGlyphs lacks)
        {
            string from = SystemFonts.TryAdd(font, lacks.Script, lacks.CodePoint);
            if (reporter == null)
            {
                return; // it's gone; the font is known to lack it all the same
            }

            if (from != null)
            {
                Log.Info(
                    reporter,
                    "the font " + font.name + " has no " + lacks.Script + "; it's filled from the system's font " + from
                    + ". Where the game is to look the same everywhere, add a font asset to its fallbacks.");
            }
            else
            {
                Log.Warning(reporter, lacks.Advice);
            }
        }

        private static float EmScale(TMP_FontAsset asset)
        {
            return asset.faceInfo.scale / asset.faceInfo.pointSize;
        }
    }
}
