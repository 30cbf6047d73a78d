using System.Collections;
using System.Collections.Generic;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Tests
{
    /// <summary>64 NPCs that speak cost a frame no more layouts than the budget, and none of them is left behind.</summary>
    [TestFixture]
    public sealed class LayoutBudgetTests : SceneTest
    {
        private const int Speakers = 64;

        private const string Reply =
            "Good evening, traveller. The night is cold, and the road is long, so come in and warm yourself at my fire. There is soup, there is bread, and there is room.";

        private readonly List<Npc> npcs = new List<Npc>();

        [UnityTest]
        public IEnumerator SixtyFourSpeakAtOnce()
        {
            MakeClient();
            npcs.Clear();
            Client.Settings.LayoutsPerFrame = 3;
            for (int i = 0; i < Speakers; i++)
            {
                Npc npc = MakeNpc("Npc " + i);
                npc.transform.position = new Vector3((i % 8) - 4, 0, 2 + (i / 8));
                npcs.Add(npc);
            }

            yield return Until(() => npcs.TrueForAll(npc => npc.State == NpcState.Listening), "all listen");
            Client.Settings.Reading.ReadingSpeed = 20;
            var turns = new List<uint>();
            foreach (Npc npc in npcs)
            {
                npc.Say("Hello");
                turns.Add(Server.Turn);
            }

            // Names are laid out too.
            yield return Pass(0.5f);
            int[] layouts = npcs.ConvertAll(npc => npc.Speech.Layouts).ToArray();
            int most = 0;
            int all = 0;
            int longest = 0;
            var unserved = new int[Speakers];
            for (int at = 0; npcs.Exists(npc => npc.Speech.State != SpeechState.Hidden);)
            {
                if (at < Reply.Length)
                {
                    string piece = Reply.Substring(at, Mathf.Min(2, Reply.Length - at));
                    at += piece.Length;
                    foreach (uint turn in turns)
                    {
                        Server.Text(turn, piece);
                        if (at == Reply.Length)
                        {
                            Server.End(turn, "stop");
                        }
                    }
                }

                yield return null;
                int now = 0;
                for (int i = 0; i < Speakers; i++)
                {
                    int done = npcs[i].Speech.Layouts - layouts[i];
                    layouts[i] += done;
                    now += done;
                    unserved[i] = done > 0 || npcs[i].Speech.IsShown || !npcs[i].Speech.IsLate ? 0 : unserved[i] + 1;
                    longest = Mathf.Max(longest, unserved[i]);
                }

                most = Mathf.Max(most, now);
                all += now;
            }

            Assert.That(most, Is.EqualTo(3), "The budget is kept to, and used.");
            Assert.That(longest, Is.LessThanOrEqualTo((Speakers / 3) + 2), "Nobody waits longer than everybody's turn takes.");
            foreach (Npc npc in npcs)
            {
                Assert.That(npc.Speech.Reveal.IsComplete, Is.True);
                Assert.That(npc.Text.ToString(), Is.EqualTo(Reply));
            }

            Assert.That(all, Is.LessThan(Speakers * 30), "A layout takes in all that has come.");
        }
    }
}
