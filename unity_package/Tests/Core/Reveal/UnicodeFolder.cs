using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>Finds the Unicode Character Database, and reads the tests that come with it.</summary>
    internal static class UnicodeFolder
    {
        private const string Variable = "LOQUENT_UNICODE";
        private const string Installed = "/usr/share/unicode";

        /// <summary>Yields the lines of a file without comments. Without the database the test is ignored.</summary>
        internal static IEnumerable<string> ReadLines(string file)
        {
            string named = Environment.GetEnvironmentVariable(Variable);
            string path = Path.Combine(string.IsNullOrEmpty(named) ? Installed : named, file);
            if (!File.Exists(path))
            {
                Assert.Ignore(
                    "The Unicode Character Database isn't here. To run this test, install unicode-data (on Debian), or set "
                    + Variable + " to its folder.");
            }

            return WithoutComments(path);
        }

        /// <summary>Reads code points as the files write them: in hex, with spaces between.</summary>
        internal static int[] ReadPoints(string field)
        {
            string[] parts = field.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
            return Array.ConvertAll(parts, part => int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        /// <summary>Reads a line such as <c>÷ 0061 × 0308 ÷</c>: the text, and where in it boundaries are, in chars.</summary>
        internal static string ReadBoundaries(string line, List<int> boundaries)
        {
            var text = new StringBuilder();
            boundaries.Clear();
            foreach (string part in line.Split(new[] { ' ', '\t' }, StringSplitOptions.RemoveEmptyEntries))
            {
                if (part == "÷")
                {
                    boundaries.Add(text.Length);
                }
                else if (part != "×")
                {
                    int point = int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    text.Append(point >= 0xd800 && point <= 0xdfff ? ((char)point).ToString() : char.ConvertFromUtf32(point));
                }
            }

            return text.ToString();
        }

        private static IEnumerable<string> WithoutComments(string path)
        {
            foreach (string line in File.ReadLines(path))
            {
                int comment = line.IndexOf('#');
                string data = (comment < 0 ? line : line.Substring(0, comment)).Trim();
                if (data.Length > 0)
                {
                    yield return data;
                }
            }
        }
    }
}
