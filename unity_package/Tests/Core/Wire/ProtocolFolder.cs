using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using NUnit.Framework;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>Finds the repository's folder <c>protocol</c>, and reads its vectors.</summary>
    internal static class ProtocolFolder
    {
        private const string Variable = "LOQUENT_PROTOCOL";

        /// <summary>Reads a file of the folder; without the folder, as in a project that has only the package, the test is ignored.</summary>
        internal static string[] ReadLines(params string[] path)
        {
            return File.ReadAllLines(PathOf(path));
        }

        /// <summary>Gives the names of the recorded traces, in their order.</summary>
        internal static List<string> TraceNames()
        {
            var names = new List<string>(Directory.GetFiles(PathOf("vectors", "traces"), "*.txt")).ConvertAll(Path.GetFileName);
            names.Sort(string.CompareOrdinal);
            return names;
        }

        private static string PathOf(params string[] path)
        {
            string named = Environment.GetEnvironmentVariable(Variable);
            string folder = string.IsNullOrEmpty(named) ? Find() : named;
            if (folder == null)
            {
                Assert.Ignore(
                    "The folder protocol of Loquent's repository isn't here. To run this test, set " + Variable + " to it.");
            }

            foreach (string part in path)
            {
                folder = Path.Combine(folder, part);
            }

            return folder;
        }

        /// <summary>Reads a file of vectors: the fields of each line.</summary>
        internal static List<string[]> ReadVectors(string file, int fields)
        {
            var vectors = new List<string[]>();
            foreach (string line in ReadLines("vectors", file))
            {
                if (line.Length == 0 || line[0] == '#')
                {
                    continue;
                }

                string[] parts = line.Split('\t');
                Assert.That(parts.Length, Is.EqualTo(fields), line);
                vectors.Add(parts);
            }

            Assert.That(vectors.Count, Is.GreaterThan(30), file + " holds too few vectors to be whole.");
            return vectors;
        }

        /// <summary>Reads the notation of bytes: hex pairs, and <c>91*40</c> for the byte 91 forty times.</summary>
        internal static byte[] ReadBytes(string notation)
        {
            var bytes = new List<byte>();
            foreach (string part in notation.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries))
            {
                string[] repeated = part.Split('*');
                int times = repeated.Length == 1 ? 1 : int.Parse(repeated[1], CultureInfo.InvariantCulture);
                byte value = byte.Parse(repeated[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                for (; times > 0; times--)
                {
                    bytes.Add(value);
                }
            }

            return bytes.ToArray();
        }

        private static string Find()
        {
            string[] starts =
            {
                Directory.GetCurrentDirectory(),
                Path.GetDirectoryName(typeof(ProtocolFolder).Assembly.Location),
            };
            foreach (string start in starts)
            {
                for (DirectoryInfo at = string.IsNullOrEmpty(start) ? null : new DirectoryInfo(start); at != null; at = at.Parent)
                {
                    string folder = Path.Combine(at.FullName, "protocol");
                    if (Directory.Exists(Path.Combine(folder, "vectors")))
                    {
                        return folder;
                    }
                }
            }

            return null;
        }
    }
}
