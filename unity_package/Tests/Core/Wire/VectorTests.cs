using System;
using System.Collections.Generic;
using Loquent.Core.Wire;
using NUnit.Framework;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>The vectors that every implementation of the protocol is held to.</summary>
    [TestFixture]
    public sealed class VectorTests
    {
        [Test]
        public void EveryGoldenFrameDecodesToItsValues()
        {
            ForEach(ProtocolFolder.ReadVectors("golden.txt", 3), vector =>
            {
                var frame = (List<object>)Json.Parse(vector[2]);
                FrameGrammar grammar = (long)frame[0] <= 32 ? FrameGrammar.FromClient : FrameGrammar.FromServer;
                List<object> decoded = FrameJson.DecodeMessage(ProtocolFolder.ReadBytes(vector[1]), grammar);
                return Json.AreEqual(decoded, new List<object> { frame });
            });
        }

        [Test]
        public void EveryGoldenFrameEncodesToItsBytes()
        {
            ForEach(ProtocolFolder.ReadVectors("golden.txt", 3), vector =>
            {
                var writer = new MsgPackWriter();
                FrameJson.Write(writer, (List<object>)Json.Parse(vector[2]));
                return BitConverter.ToString(writer.ToArray()) == BitConverter.ToString(ProtocolFolder.ReadBytes(vector[1]));
            });
        }

        [Test]
        public void EveryGoldenFrameOfTheClientIsWhatThePackageSends()
        {
            int sent = 0;
            ForEach(ProtocolFolder.ReadVectors("golden.txt", 3), vector =>
            {
                var writer = new MsgPackWriter(1);
                if (!TrySend(writer, (List<object>)Json.Parse(vector[2])))
                {
                    return true;
                }

                sent++;
                return BitConverter.ToString(writer.ToArray()) == BitConverter.ToString(ProtocolFolder.ReadBytes(vector[1]));
            });
            Assert.That(sent, Is.GreaterThan(15));
        }

        [Test]
        public void EveryUnusualMessageDecodesToItsOutcomes()
        {
            ForEach(ProtocolFolder.ReadVectors("decode.txt", 4), vector =>
            {
                FrameGrammar grammar = vector[1] == "server" ? FrameGrammar.FromClient : FrameGrammar.FromServer;
                return Json.AreEqual(FrameJson.DecodeMessage(ProtocolFolder.ReadBytes(vector[2]), grammar), Json.Parse(vector[3]));
            });
        }

        private static void ForEach(List<string[]> vectors, Func<string[], bool> holds)
        {
            var failed = new List<string>();
            foreach (string[] vector in vectors)
            {
                if (!holds(vector))
                {
                    failed.Add(vector[0]);
                }
            }

            Assert.That(failed, Is.Empty);
        }

        private static bool TrySend(MsgPackWriter writer, List<object> frame)
        {
            switch ((FrameKind)(long)frame[0])
            {
                case FrameKind.Hello:
                    var resume = (List<object>)frame[4];
                    ClientFrames.Hello(
                        writer,
                        ((List<object>)frame[1]).ConvertAll(Convert.ToUInt32),
                        (string)frame[2],
                        (string)frame[3],
                        (string)resume?[0],
                        (long)(resume?[1] ?? 0L),
                        (long)(resume?[2] ?? 0L));
                    return true;
                case FrameKind.Open:
                    ClientFrames.Open(writer, U32(frame[1]), (string)frame[2], Options((Dictionary<string, object>)frame[3]));
                    return true;
                case FrameKind.Say:
                    ClientFrames.Say(writer, U32(frame[1]), U32(frame[2]), (string)frame[3], Images(frame[4]));
                    return true;
                case FrameKind.Decide:
                    List<string> choices = ((List<object>)frame[4]).ConvertAll(choice => (string)choice);
                    ClientFrames.Decide(writer, U32(frame[1]), U32(frame[2]), (string)frame[3], choices, Images(frame[5]));
                    return true;
                case FrameKind.Cancel:
                    ClientFrames.Cancel(writer, U32(frame[1]), (long)frame[2]);
                    return true;
                case FrameKind.Ack:
                    ClientFrames.Ack(writer, (long)frame[1]);
                    return true;
                case FrameKind.Close:
                    ClientFrames.Close(writer, U32(frame[1]));
                    return true;
                default:
                    return false;
            }
        }

        private static uint U32(object value)
        {
            return Convert.ToUInt32(value);
        }

        private static List<byte[]> Images(object images)
        {
            return ((List<object>)images).ConvertAll(FrameJson.Bytes);
        }

        private static OpenOptions Options(Dictionary<string, object> map)
        {
            map.TryGetValue("player", out object player);
            map.TryGetValue("player_name", out object playerName);
            map.TryGetValue("locale", out object locale);
            map.TryGetValue("max_tokens", out object maxTokens);
            return new OpenOptions
            {
                Player = (string)player, PlayerName = (string)playerName, Locale = (string)locale, MaxTokens = (long?)maxTokens,
            };
        }
    }
}
