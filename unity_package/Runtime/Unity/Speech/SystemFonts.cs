using System;
using System.Collections.Generic;
using System.IO;
using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// Finds a font of the system for a script and adds it to a font asset's fallbacks, for as long as the program, or Play mode, runs. Looking for one and loading it can take some
    /// hundredths of a second, once for each script: <see cref="SpeechCanvas.PrepareFonts"/> does it ahead of time.
    /// </summary>
    internal static class SystemFonts
    {
        private const int MostTries = 6;

        private static readonly List<Added> AllAdded = new List<Added>();
        private static readonly List<Added> Taken = new List<Added>();
        private static string[] paths;

        /// <summary>
        /// Whose forms characters have that several languages share, as a BCP 47 tag: the locale that an NPC was given first, else that of the system.
        /// </summary>
        internal static string Language { get; set; }

        /// <summary>Adds a font of the system that has a character.</summary>
        /// <param name="to">The font asset that lacks it.</param>
        /// <param name="script">The script, as GlyphCoverage names it.</param>
        /// <param name="codePoint">The character.</param>
        /// <returns>The font's name; null if there is none.</returns>
        internal static string TryAdd(TMP_FontAsset to, string script, int codePoint)
        {
            int tries = 0;
            foreach (string wanted in SystemFontNames.For(script, Language))
            {
                foreach (string path in Paths())
                {
                    if (tries == MostTries || !SystemFontNames.IsNamed(path, wanted))
                    {
                        continue;
                    }

                    tries++;
                    if (TryAddFile(to, path, codePoint))
                    {
                        return Path.GetFileNameWithoutExtension(path);
                    }
                }
            }

            return null;
        }

        /// <summary>Begins anew, with nothing added.</summary>
        internal static void Restart()
        {
            paths = null;
            Language = null;
            TakeAway();
            DestroyTaken();
            Application.quitting -= TakeAway;
            Application.quitting += TakeAway;
        }

        /// <summary>Takes all that was added away again: font assets belong to the project. The fonts themselves may still be on the screen.</summary>
        internal static void TakeAway()
        {
            foreach (Added added in AllAdded)
            {
                if (added.To != null && added.To.fallbackFontAssetTable != null)
                {
                    added.To.fallbackFontAssetTable.Remove(added.Fallback);
                }
            }

            Taken.AddRange(AllAdded);
            AllAdded.Clear();
        }

        /// <summary>Destroys what was taken away, when nothing draws it any more.</summary>
        internal static void DestroyTaken()
        {
            foreach (Added taken in Taken)
            {
                SystemFontFaces.Discard(taken.Fallback, taken.File);
            }

            Taken.Clear();
        }

        private static string[] Paths()
        {
            try
            {
                paths = paths ?? Font.GetPathsToOSFonts() ?? Array.Empty<string>();
            }
            catch (Exception)
            {
                paths = Array.Empty<string>(); // the platform keeps them for itself
            }

            return paths;
        }

        private static bool TryAddFile(TMP_FontAsset to, string path, int codePoint)
        {
            Font file = null;
            TMP_FontAsset made = null;
            try
            {
                made = SystemFontFaces.Make(path, SystemFontNames.LanguageFor(Language), out file);
            }
            catch (Exception error)
            {
                Debug.LogWarning("Loquent: the system's font " + path + " can't be used: " + error.Message);
            }

            if (made == null || !Draws(made, codePoint))
            {
                SystemFontFaces.Discard(made, file);
                return false;
            }

            made.name = Path.GetFileNameWithoutExtension(path);
            made.hideFlags = HideFlags.DontSave;
            if (to.fallbackFontAssetTable == null)
            {
                to.fallbackFontAssetTable = new List<TMP_FontAsset>();
            }

            to.fallbackFontAssetTable.Add(made);
            AllAdded.Add(new Added { To = to, Fallback = made, File = file });
            return true;
        }

        /// <summary>
        /// Tells whether the font has a character, and a shape for it: fonts of coloured pictures, such as Noto Color Emoji and Apple Color Emoji, have none that a distance field could be
        /// made of, and the character would be there and invisible.
        /// </summary>
        private static bool Draws(TMP_FontAsset made, int codePoint)
        {
            TMP_Character found = TMP_FontAssetUtilities.GetCharacterFromFontAsset(
                (uint)codePoint, made, false, FontStyles.Normal, FontWeight.Regular, out bool _);
            return found != null && found.glyph != null && found.glyph.metrics.width > 0 && found.glyph.metrics.height > 0;
        }

        private struct Added
        {
            internal TMP_FontAsset To;
            internal TMP_FontAsset Fallback;
            internal Font File;
        }
    }
}
