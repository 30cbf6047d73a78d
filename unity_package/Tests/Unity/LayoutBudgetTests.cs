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

        [UnityTest]
        public IEnumerator WhatWaitsForItsLayoutHasNotBeenSeen()
        {
            MakeClient();
            Client.Settings.LayoutsPerFrame = 1;
            Client.Settings.Reading.ReducedMotion = true;
            yield return null;
            var canvases = new List<SpeechCanvas>();
            for (int i = 0; i < 8; i++)
            {
                canvases.Add(Make("Sign " + i).AddComponent<SpeechCanvas>());
                canvases[i].Show("All of this is there at once.");
            }

            int waiting = 0;
            for (int frame = 0; frame < 12; frame++)
            {
                yield return null;
                foreach (SpeechCanvas canvas in canvases)
                {
                    bool isSeen = Seen.On(canvas).Length > 0;
                    waiting += isSeen ? 0 : 1;
                    Assert.That(canvas.Shown, Is.EqualTo(isSeen ? 29 : 0));
                    Assert.That(canvas.IsShown, Is.EqualTo(isSeen));
                }
            }

            Assert.That(waiting, Is.EqualTo(7 + 6 + 5 + 4 + 3 + 2 + 1), "One after the other.");
        }
    }
}
