using System;
using Loquent.Double;
using NUnit.Framework;
using TMPro;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>What is drawn is what is revealed, whatever the rhythm of texts, frames and layouts.</summary>
    [TestFixture]
    public sealed class RevealDrawingTests : ComponentTest
    {
        private const string Reply =
            "Good evening, traveller! The night is cold, the road is long, and my fire is warm. Sit down, if you like; there is soup, there is bread, and "
            + "there is a bed for whoever can pay for it. שלום עולם, 你好, and é with 👍 too.";

        [TestCase(1, 20)]
        [TestCase(2, 60)]
        [TestCase(3, 400)]
        [TestCase(4, 400)]
        [TestCase(5, 1000)]
        public void EachCharacterIsAsVisibleAsTheRevealSays(int seed, float speed)
        {
            Device.AddSystemFont("Arial", "/fonts/arial.ttf", point => point < 0x3000);
            Device.AddSystemFont("Microsoft YaHei", "/fonts/msyh.ttc", point => point >= 0x3000 && point < 0xffff);
            Client.Settings.Reading.ReadingSpeed = speed;
            Client.Settings.Reading.Pauses = 0;
            Client.Settings.Reading.PageRest = 0;
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            Until(() => npc.State == NpcState.Listening);
            var random = new System.Random(seed);
            npc.Say("Hello");
            int at = 0;
            while (npc.State != NpcState.Listening)
            {
                if (at < Reply.Length && random.Next(3) == 0)
                {
                    int count = Math.Min(1 + random.Next(6), Reply.Length - at);
                    count += at + count < Reply.Length && char.IsLowSurrogate(Reply[at + count]) ? 1 : 0;
                    Server.Text(Reply.Substring(at, count));
                    at += count;
                    if (at == Reply.Length)
                    {
                        Server.End();
                    }
                }

                Engine.Frame(0.001 + (random.NextDouble() * 0.05));
                Compare(npc.Speech);
            }

            EngineLog.Take(LogType.Warning, "no glyphs for emoji");
        }

        private static void Compare(SpeechCanvas canvas)
        {
            if (canvas.State != SpeechState.Speaking || canvas.IsLate)
            {
                return;
            }

            TMP_TextInfo info = canvas.PartsInUse.Page.textInfo;
            Core.Reveal.ReplyReveal reveal = canvas.Reveal;
            for (int i = 0, at = 0; i < info.characterCount; i++)
            {
                int cluster = reveal.Page.ClusterOf(at);
                at += char.IsHighSurrogate(reveal.Page.Chars[at]) ? 2 : 1;
                TMP_CharacterInfo one = info.characterInfo[i];
                if (one.isVisible)
                {
                    byte alpha = info.meshInfo[one.materialReferenceIndex].colors32[one.vertexIndex].a;
                    Assert.That(alpha, Is.EqualTo((byte)(255 * reveal.AlphaOf(cluster))), one.character + " at " + i + " of " + reveal.Page);
                }
            }
        }
    }
}
