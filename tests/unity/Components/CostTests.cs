using System.Collections.Generic;
using System.Linq;
using Loquent.Double;
using NUnit.Framework;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>What a frame takes: nothing from the garbage collector, and few layouts from TextMeshPro.</summary>
    [TestFixture]
    public sealed class CostTests : ComponentTest
    {
        private const int Speakers = 16;

        [Test]
        public void SixteenNpcsThatStreamTakeNothing()
        {
            List<Npc> npcs = MakeCrowd(Speakers);
            uint[] turns = npcs.Select(Say).ToArray();
            string reply = string.Concat(Enumerable.Repeat("The night is cold, traveller, and the road is long. ", 38));
            long spent = 0;
            int worst = 0;
            int turned = 0;
            npcs.ForEach(npc => npc.Speech.OnPageTurned.AddListener(() => turned++));
            for (int frame = 0; frame < 1200; frame++)
            {
                // What the server does is no part of the frame.
                if (frame % 3 == 0 && (frame / 3 * 5) + 5 <= reply.Length)
                {
                    foreach (uint turn in turns)
                    {
                        Server.Text(turn, reply.Substring(frame / 3 * 5, 5));
                    }
                }

                Player.transform.position += new Vector3(0.003f, 0, 0.001f);
                Engine.Frame();
                if (frame >= 600)
                {
                    spent += Engine.LastFrameBytes;
                    worst = Engine.LastFrameBytes > 0 ? worst + 1 : worst;
                }
            }

            Assert.That(npcs.TrueForAll(npc => npc.State == NpcState.Speaking && npc.Speech.Shown > 100), Is.True);
            Assert.That(turned, Is.GreaterThan(Speakers), "Pages turned meanwhile.");
            Assert.That(spent, Is.EqualTo(0), "Bytes in " + worst + " of 600 frames.");
        }

        [Test]
        public void SixtyFourNpcsThatSpeakMakeTextMeshProLayOutNoMoreThanTheBudget()
        {
            List<Npc> npcs = MakeCrowd(64);
            uint[] turns = npcs.Select(Say).ToArray();
            Engine.RunFor(1); // their names
            int most = 0;
            int all = 0;
            for (int frame = 0; frame < 720; frame++)
            {
                if (frame % 6 == 0)
                {
                    foreach (uint turn in turns)
                    {
                        Server.Text(turn, frame % 60 == 0 ? "night. " : "cold ");
                    }
                }

                Engine.Frame();
                most = Mathf.Max(most, Typesetting.Layouts);
                all += Typesetting.Layouts;
            }

            Assert.That(most, Is.LessThanOrEqualTo(2));
            Assert.That(all / 10.0 / 64, Is.LessThan(1.6), "Layouts a second and speaker.");
            Assert.That(npcs.TrueForAll(npc => npc.Speech.Shown > 100), Is.True, "Nobody is left behind.");
        }

        [Test]
        public void NpcsThatThinkAndNpcsThatListenTakeNothing()
        {
            List<Npc> npcs = MakeCrowd(Speakers);
            npcs.Take(8).ToList().ForEach(npc => npc.Say("Hello"));
            Engine.RunFrames(300);
            long spent = 0;
            for (int frame = 0; frame < 300; frame++)
            {
                Engine.Frame();
                spent += Engine.LastFrameBytes;
            }

            Assert.That(npcs.Count(npc => npc.Speech.State == SpeechState.Thinking), Is.EqualTo(8));
            Assert.That(spent, Is.EqualTo(0));
        }

        [Test]
        public void WithoutAClientTheSceneIsSearchedAFewTimesASecond()
        {
            Npc npc = MakeNpc("Marta", new Vector3(0, 0, 2));
            var prompt = new GameObject("Prompt").AddComponent<PlayerPrompt>();
            prompt.Npc = npc;
            Until(() => npc.State == NpcState.Listening);
            EngineLog.Take(LogType.Warning, "no EventSystem");
            Object.Destroy(Client.gameObject);
            Engine.RunFrames(2);
            npc.Client = null;
            int before = Engine.Searches;
            Engine.RunFor(2);
            Assert.That(Engine.Searches - before, Is.InRange(10, 18), "Four times a second, by the NPC and by its prompt.");
            LoquentClient next = MakeClient("Next");
            Engine.RunFrames(2);
            Assert.That(npc.Client, Is.SameAs(next), "One that is turned on is found at once.");
        }

        private uint Say(Npc npc)
        {
            npc.Say("Hello");
            return Server.Turn;
        }
    }
}
