using System;
using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    /// <summary>A font: of a file, or of the system by its name. Which fonts the system has, a test says with Engine.AddSystemFont.</summary>
    public sealed class Font : Object
    {
        private string[] names = new string[0];

        public Font()
            : this(null)
        {
        }

        public Font(string name)
        {
            Attach();
            SystemFont file = World.Current.Part<SystemFonts>().Find(font => font.Path == name);
            File = file;
            this.name = file == null ? name ?? string.Empty : file.Name;
        }

        public string[] fontNames
        {
            get => names;
            set => names = value;
        }

        public int fontSize { get; private set; }

        public bool dynamic => true;

        /// <summary>The file that it was made of; null for one by its name.</summary>
        internal SystemFont File { get; private set; }

        public static string[] GetOSInstalledFontNames() => World.Current.Part<SystemFonts>().ConvertAll(font => font.Name).ToArray();

        public static string[] GetPathsToOSFonts() => World.Current.Part<SystemFonts>().ConvertAll(font => font.Path).ToArray();

        public static Font CreateDynamicFontFromOSFont(string fontname, int size) => CreateDynamicFontFromOSFont(new[] { fontname }, size);

        public static Font CreateDynamicFontFromOSFont(string[] fontnames, int size) =>
            new Font(fontnames.Length == 0 ? null : fontnames[0]) { fontNames = fontnames, fontSize = size, File = null };

        public bool HasCharacter(char c)
        {
            SystemFont known = File ?? World.Current.Part<SystemFonts>().Find(font => Array.IndexOf(names, font.Name) >= 0);
            return known != null && known.Has(c);
        }
    }
}

namespace Loquent.Double
{
    /// <summary>A font file of the system.</summary>
    internal sealed class SystemFont
    {
        internal string Name { get; set; }

        internal string Path { get; set; }

        /// <summary>Which one of its file's faces it is, from 0.</summary>
        internal int Face { get; set; }

        /// <summary>Whether its glyphs are pictures, of which no shape can be had.</summary>
        internal bool IsPictures { get; set; }

        /// <summary>Tells which Unicode scalar values it has.</summary>
        internal Predicate<int> Has { get; set; }
    }

    internal sealed class SystemFonts : List<SystemFont>
    {
    }
}
