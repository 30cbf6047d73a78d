using System;
using System.Collections.Generic;
using System.IO;
using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// How the font files of systems are called that have a script: of Windows, macOS, Android (and so of standalone headsets) and Linux. A file is found by the beginning of its
    /// name, case aside; the better ones come first.
    /// </summary>
    internal static class SystemFontNames
    {
        /// <summary>So many faces of a collection are looked at.</summary>
        internal const int MostFaces = 10;

        private static readonly string[] Regions = { "JP", "KR", "SC", "TC", "HK" };
        private static readonly string[] None = new string[0];

        private static readonly string[] Chinese =
        {
            "msyh", "notosanssc", "notosanscjk", "sourcehansans", "pingfang", "hiragino sans gb", "stheiti", "simhei", "simsun", "droidsansfallback",
            "wqy", "notoserifcjk",
            "arialuni", "arial unicode"
        };

        private static readonly string[] Traditional =
        {
            "msjh", "notosanstc", "notosanshk", "notosanscjk", "sourcehansans", "pingfang", "stheiti", "droidsansfallback", "notoserifcjk",
            "arialuni", "arial unicode"
        };

        private static readonly string[] Japanese =
        {
            "meiryo", "yugoth", "notosansjp", "notosanscjk", "sourcehansans", "hiragino", "msgothic", "droidsansfallback", "notoserifcjk",
            "arialuni", "arial unicode"
        };

        private static readonly string[] Korean =
        {
            "malgun", "notosanskr", "notosanscjk", "sourcehansans", "applesdgothicneo", "applegothic", "nanumgothic", "droidsansfallback", "notoserifcjk",
            "arialuni", "arial unicode"
        };

        private static readonly string[] Indic = { "nirmala", "mangal", "kohinoor", "devanagari sangam", "lohit" };

        private static readonly string[] Wide =
        {
            "segoeui", "arial", "notosans-regular", "roboto-regular", "dejavusans", "liberationsans", "sfns", "helvetica"
        };

        private static readonly Dictionary<string, string[]> ByScript = new Dictionary<string, string[]>
        {
            { "Chinese and Japanese ideographs (CJK)", Chinese },
            { "CJK punctuation", Chinese },
            { "Japanese kana", Japanese },
            { "Korean (Hangul)", Korean },
            { "Arabic", new[] { "arial", "tahoma", "segoeui", "notonaskharabic", "notosansarabic", "geezapro", "dejavusans" } },
            { "Hebrew", new[] { "arial", "segoeui", "notosanshebrew", "arialhb", "dejavusans" } },
            { "Devanagari", new[] { "nirmala", "notosansdevanagari", "kohinoor", "devanagari sangam", "mangal", "lohit-devanagari" } },
            { "Bengali", new[] { "nirmala", "notosansbengali", "vrinda", "lohit-bengali" } },
            { "Tamil", new[] { "nirmala", "notosanstamil", "latha", "lohit-tamil" } },
            { "Telugu", new[] { "nirmala", "notosanstelugu", "lohit-telugu" } },
            { "Gujarati", new[] { "nirmala", "notosansgujarati", "lohit-gujarati" } },
            { "Gurmukhi", new[] { "nirmala", "notosansgurmukhi", "lohit-gurmukhi" } },
            { "Kannada", new[] { "nirmala", "notosanskannada", "lohit-kannada" } },
            { "Malayalam", new[] { "nirmala", "notosansmalayalam", "lohit-malayalam" } },
            { "Sinhala", new[] { "nirmala", "notosanssinhala" } },
            { "Oriya", Indic },
            { "Thai", new[] { "leelawui", "tahoma", "thonburi", "notosansthai", "droidsansthai" } },
            { "Lao", new[] { "leelawui", "notosanslao" } },
            { "Khmer", new[] { "leelawui", "notosanskhmer" } },
            { "Burmese", new[] { "mmrtext", "notosansmyanmar" } },
            { "Georgian", new[] { "sylfaen", "segoeui", "notosansgeorgian", "dejavusans" } },
            { "Armenian", new[] { "sylfaen", "segoeui", "notosansarmenian", "dejavusans" } },
            { "Ethiopic", new[] { "ebrima", "notosansethiopic" } },
            { "Tibetan", new[] { "himalaya", "notoseriftibetan" } },
            { "Mongolian", new[] { "monbaiti", "notosansmongolian" } },

            // Noto Color Emoji (Android, headsets) and Apple Color Emoji are pictures: no text of this kind can be drawn with them.
            { "emoji", new[] { "seguiemj", "notoemoji", "symbola", "seguisym" } },
            { "signs and symbols", new[] { "seguisym", "notosanssymbols", "dejavusans", "symbola", "arialuni", "arial unicode" } },
            { "Greek", Wide },
            { "Cyrillic", Wide },
            { "Latin with marks", Wide },
            { "combining marks", Wide },
        };

        /// <summary>Gives beginnings of names, the better ones first.</summary>
        /// <param name="script">The script, as GlyphCoverage names it.</param>
        /// <param name="language">Whose forms characters have that several languages share, as a BCP 47 tag; null for the system's language.</param>
        internal static IReadOnlyList<string> For(string script, string language)
        {
            if (!ByScript.TryGetValue(script, out string[] names))
            {
                return None;
            }

            return names == Chinese ? ForIdeographs(LanguageFor(language)) : names;
        }

        /// <summary>The language in whose forms characters are drawn: the one that is wanted, else the system's.</summary>
        internal static string LanguageFor(string wanted)
        {
            return wanted ?? OfSystem();
        }

        /// <summary>For which region a language's ideographs are drawn, as families of fonts are called: JP, KR, SC, TC or HK.</summary>
        internal static string RegionOf(string language)
        {
            IReadOnlyList<string> names = ForIdeographs(language);
            if (names != Traditional)
            {
                return names == Japanese ? Regions[0] : names == Korean ? Regions[1] : Regions[2];
            }

            return language.EndsWith("HK", StringComparison.OrdinalIgnoreCase) || language.EndsWith("MO", StringComparison.OrdinalIgnoreCase) ? Regions[4] : Regions[3];
        }

        /// <summary>For which region a family is, such as Noto Sans CJK SC; null if its name doesn't say.</summary>
        internal static string RegionOfFamily(string family)
        {
            foreach (string region in Regions)
            {
                if (family != null && family.EndsWith(" " + region, StringComparison.Ordinal))
                {
                    return region;
                }
            }

            return null;
        }

        /// <summary>
        /// Which face of a collection is a region's, if it's one of those that are published for all of them: Noto's and Adobe's have their faces in the order of Android's own list, JP, KR, SC,
        /// TC, HK. 0 for others.
        /// </summary>
        internal static int FaceOf(string path, string region)
        {
            bool isKnown = IsNamed(path, "notosanscjk") || IsNamed(path, "notoserifcjk") || IsNamed(path, "sourcehan");
            return isKnown ? Array.IndexOf(Regions, region) : 0;
        }

        private static string[] ForIdeographs(string language)
        {
            if (language.StartsWith("ja", StringComparison.OrdinalIgnoreCase))
            {
                return Japanese;
            }

            if (language.StartsWith("ko", StringComparison.OrdinalIgnoreCase))
            {
                return Korean;
            }

            bool isTraditional = language.IndexOf("Hant", StringComparison.OrdinalIgnoreCase) >= 0
                || language.EndsWith("TW", StringComparison.OrdinalIgnoreCase)
                || language.EndsWith("HK", StringComparison.OrdinalIgnoreCase)
                || language.EndsWith("MO", StringComparison.OrdinalIgnoreCase);
            return isTraditional ? Traditional : Chinese;
        }

        private static string OfSystem()
        {
            switch (Application.systemLanguage)
            {
                case SystemLanguage.Japanese:
                    return "ja";
                case SystemLanguage.Korean:
                    return "ko";
                case SystemLanguage.ChineseTraditional:
                    return "zh-Hant";
                default:
                    return "zh";
            }
        }

        /// <summary>Tells whether a file's name begins so.</summary>
        internal static bool IsNamed(string path, string wanted)
        {
            return Path.GetFileName(path).StartsWith(wanted, StringComparison.OrdinalIgnoreCase);
        }
    }
}
