using System;
using System.Collections.Generic;
using Loquent.Core.Tests.Fakes;
using Loquent.Core.Tests.Wire;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>
    /// What the server's wire code really sent over a network that drops, cuts, delays and doubles connections: a session shows all of it, once and in
    /// order, or begins anew.
    /// </summary>
    [TestFixture]
    public sealed class TraceTests : ContextlessTest
    {
        [Test]
        public void EveryRecordedTraceIsShownWholeAndOnce()
        {
            List<string> names = ProtocolFolder.TraceNames();
            Assert.That(names.Count, Is.GreaterThanOrEqualTo(8));
            foreach (string name in names)
            {
                Replay(name, ProtocolFolder.ReadLines("vectors", "traces", name));
            }
        }

        [TestCase("message", TestName = "AMessageThatIsMissingIsFound")]
        [TestCase("sent", TestName = "SomethingThatIsNotSentAgainIsFound")]
        [TestCase("cut", TestName = "AConnectionThatGoesOnInsteadOfBreakingIsFound")]
        public void ATraceThatDoesNotFitIsFound(string step)
        {
            string[] lines = ProtocolFolder.ReadLines("vectors", "traces", "cuts.txt");
            var broken = new List<string>(lines);
            broken.RemoveAt(broken.FindLastIndex(line => line.StartsWith(step + "\t", StringComparison.Ordinal)));
            Assert.Throws<InvalidOperationException>(() => Replay("broken", broken.ToArray()));
        }

        private static void Replay(string name, string[] lines)
        {
            using (var player = new TracePlayer())
            {
                for (int i = 0; i < lines.Length; i++)
                {
                    if (lines[i].Length == 0 || lines[i][0] == '#')
                    {
                        continue;
                    }

                    try
                    {
                        player.Take(lines[i].Split('\t'));
                    }
                    catch (Exception error)
                    {
                        throw new InvalidOperationException(name + ", line " + (i + 1) + " (" + lines[i] + "): " + error.Message, error);
                    }
                }
            }
        }
    }
}
