using System.Collections.Generic;
using System.Reflection;
using System.Text.RegularExpressions;
using Loquent.Core.Wire;
using NUnit.Framework;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>The package's grammar, limits and fault codes against protocol/frames.toml.</summary>
    [TestFixture]
    public sealed class FrameTableTests
    {
        [Test]
        public void EveryFrameHasTheKindNameSideAndFieldsOfTheTable()
        {
            var table = new List<string>();
            string kind = null;
            string name = null;
            string from = null;
            foreach (string line in ProtocolFolder.ReadLines("frames.toml"))
            {
                kind = Value(line, "kind") ?? kind;
                name = Value(line, "name") ?? name;
                from = Value(line, "from") ?? from;
                string fields = Value(line, "fields");
                if (fields != null)
                {
                    table.Add(from + " " + kind + " " + name + " " + Fields(fields));
                }
            }

            Assert.That(table.Count, Is.GreaterThanOrEqualTo(17));
            Assert.That(Describe(), Is.EquivalentTo(table));
        }

        [Test]
        public void EveryFaultCodeIsAConstantAndViceVersa()
        {
            var table = new List<string>();
            foreach (string line in ProtocolFolder.ReadLines("frames.toml"))
            {
                string code = Value(line, "code");
                if (code != null)
                {
                    table.Add(code);
                }
            }

            var constants = new List<string>();
            foreach (FieldInfo field in typeof(FaultCode).GetFields(BindingFlags.Public | BindingFlags.Static))
            {
                constants.Add((string)field.GetValue(null));
            }

            Assert.That(table.Count, Is.GreaterThan(20));
            Assert.That(constants, Is.EquivalentTo(table));
            Assert.That(table.TrueForAll(FaultCode.IsKnown), Is.True);
            Assert.That(FaultCode.IsKnown("new_code"), Is.False);
        }

        [Test]
        public void LimitsAndVersionAreThoseOfTheTable()
        {
            string lines = string.Join("\n", ProtocolFolder.ReadLines("frames.toml"));
            Assert.That(lines.Contains("max_depth = " + ValueWalk.MaxDepth + " "), Is.True);
            Assert.That(lines.Contains("first_seq = " + Sequence.First + "\n"), Is.True);
            Assert.That(lines.Contains("\nversion = " + ClientFrames.Version + "\n"), Is.True);
            Assert.That(lines.Contains("protocol = \"" + SessionOptions.Subprotocol + "\""), Is.True);
        }

        private static List<string> Describe()
        {
            var described = new List<string>();
            foreach (FrameGrammar grammar in new[] { FrameGrammar.FromClient, FrameGrammar.FromServer })
            {
                foreach (FrameShape shape in grammar.Shapes)
                {
                    var fields = new List<string>();
                    foreach (FieldShape field in shape.Fields)
                    {
                        fields.Add(field.Name + ": " + field.Value);
                    }

                    string from = grammar == FrameGrammar.FromClient ? "client" : "server";
                    described.Add(from + " " + (int)shape.Kind + " " + shape.Name + " " + string.Join("; ", fields.ToArray()));
                }
            }

            return described;
        }

        private static string Value(string line, string key)
        {
            Match match = Regex.Match(line, "^" + key + " = \"?(.*?)\"?$");
            return match.Success ? match.Groups[1].Value : null;
        }

        /// <summary>Turns <c>[["seq", "uint"], …]</c> into <c>seq: uint; …</c>. The history's pairs have no names in the table.</summary>
        private static string Fields(string toml)
        {
            var fields = new List<string>();
            foreach (Match match in Regex.Matches(toml, "\\[\"([a-z_]+)\", \"([^\"]+)\"\\]"))
            {
                fields.Add(match.Groups[1].Value + ": " + match.Groups[2].Value);
            }

            return string.Join("; ", fields.ToArray());
        }
    }
}
