using System;
using System.Collections.Generic;
using Loquent.Core.Wire;
using NUnit.Framework;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>Random frames come back as they were; random bytes give nothing but the outcomes there are. Seeded: a failure is found again.</summary>
    [TestFixture]
    public sealed class FuzzTests
    {
        [TestCase(1)]
        [TestCase(2)]
        [TestCase(3)]
        public void RandomFramesComeBack(int seed)
        {
            var random = new Random(seed);
            foreach (FrameGrammar grammar in new[] { FrameGrammar.FromClient, FrameGrammar.FromServer })
            {
                for (int i = 0; i < 300; i++)
                {
                    var frames = new List<object>();
                    var writer = new MsgPackWriter(1);
                    for (int count = random.Next(4); count >= 0; count--)
                    {
                        List<object> frame = RandomValue.Frame(random, grammar.Shapes[random.Next(grammar.Shapes.Count)]);
                        frames.Add(frame);
                        FrameJson.Write(writer, frame);
                    }

                    Assert.That(Json.AreEqual(FrameJson.DecodeMessage(writer.ToArray(), grammar), frames), Is.True);
                }
            }
        }

        [TestCase(4)]
        [TestCase(5)]
        public void RandomBytesGiveOnlyOutcomes(int seed)
        {
            var random = new Random(seed);
            for (int i = 0; i < 20000; i++)
            {
                var bytes = new byte[random.Next(40)];
                random.NextBytes(bytes);
                Decode(bytes, random);
            }
        }

        [TestCase(6)]
        [TestCase(7)]
        public void DamagedFramesGiveOnlyOutcomes(int seed)
        {
            var random = new Random(seed);
            for (int i = 0; i < 5000; i++)
            {
                var writer = new MsgPackWriter();
                IReadOnlyList<FrameShape> shapes = (i % 2 == 0 ? FrameGrammar.FromServer : FrameGrammar.FromClient).Shapes;
                FrameJson.Write(writer, RandomValue.Frame(random, shapes[random.Next(shapes.Count)]));
                byte[] bytes = writer.ToArray();
                for (int damage = random.Next(4); damage > 0; damage--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                Array.Resize(ref bytes, random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length);
                Decode(bytes, random);
            }
        }

        [Test]
        public void AMessageOfWorstNestingAndLengthCostsNoStackAndNoMemory()
        {
            var deep = new byte[4 * 1024 * 1024];
            for (int i = 0; i < deep.Length; i++)
            {
                deep[i] = 0x91;
            }

            Assert.That(FrameJson.DecodeMessage(deep, FrameGrammar.FromServer), Is.EqualTo(new List<object> { "framing" }));
        }

        private static void Decode(byte[] bytes, Random random)
        {
            FrameGrammar grammar = random.Next(2) == 0 ? FrameGrammar.FromServer : FrameGrammar.FromClient;
            List<object> outcomes = FrameJson.DecodeMessage(bytes, grammar);
            int lost = outcomes.IndexOf("framing");
            Assert.That(lost < 0 || lost == outcomes.Count - 1, Is.True, BitConverter.ToString(bytes));
            Assert.That(outcomes.Count, Is.LessThanOrEqualTo(bytes.Length));
        }
    }
}
