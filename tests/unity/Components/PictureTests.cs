using System.Collections.Generic;
using System.IO;
using System.Linq;
using Loquent.Double;
using Loquent.Samples.FixedPlace;
using Loquent.Samples.Tavern;
using NUnit.Framework;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>Scenes that are written down frame by frame, for tests/unity/test_pictures.py to look at and for the documentation's pictures.</summary>
    [TestFixture]
    public sealed class PictureTests : ComponentTest
    {
        [Test]
        public void AReplyAtAnNpcWhoseListenerWalks()
        {
            Npc npc = MakeNpc("Marta", new Vector3(0.3f, 0, 2.2f));
            npc.transform.rotation = Quaternion.Euler(0, 180, 0);
            Begin("reply", npc);
            Until(() => npc.State == NpcState.Listening);
            Recorder.Say("asked");
            npc.Say("What is this place?");
            Walk(1, 0);
            Stream("Good evening, traveller. This is the Lantern, the last inn before the pass. ", 24);
            Recorder.Say("walks");
            Walk(2.5f, 0.45f);
            Stream("The stew is hot, the beds are dry, and nobody asks where you come from. Sit down, and tell me what brings you here so late!", 24);
            Server.End();
            Walk(9, 0);
            Assert.That(npc.State, Is.EqualTo(NpcState.Listening));
        }

        [Test]
        public void TheReplyInChineseAtAFixedPlaceWithoutAnObject()
        {
            Device.AddSystemFont("Noto Sans CJK SC", "/system/fonts/NotoSansCJK-Regular.ttc", point => (point >= 0x3000 && point <= 0x9FFF) || point >= 0xFF00);
            Player.transform.position = new Vector3(0, 0.9f, -1.4f);
            Npc npc = PlaySample();
            Begin("chinese", npc);
            Vector3 place = Middle(npc);
            Recorder.Watch("middle", () => place.ToString("0.0"));
            Until(() => npc.State == NpcState.Thinking);
            Stream("你好！很高兴见到你。我看得见你，也听得见你：走近一点，告诉我你想去哪里吧。", 8);
            Server.End();
            Walk(4, 0);
            Assert.That(Vector3.Distance(Middle(npc), new Vector3(0.5f, 0.5f, 0)), Is.LessThan(0.001f));
            Assert.That(npc.Speech.Reveal.Page.ToString(), Is.StringContaining("你好"));
        }

        [Test]
        public void TheTavernOfTheSamples()
        {
            Pointer.MakeEventSystem();
            Server.Names.Add("innkeeper", "Marta");
            Server.Names.Add("guard", "Tomas");
            Server.Names.Add("bard", "Lirio");
            var tavern = new GameObject("Tavern").AddComponent<Tavern>();
            Player.transform.position -= new Vector3(0, 0, 1.6f); // from the door one sees all three
            Begin("tavern", tavern.People.ToArray());
            Until(() => tavern.People[0].Turn != null && tavern.People.Skip(1).All(one => one.State == NpcState.Listening)); // who is looked at greets
            uint[] turns = new uint[3];
            turns[0] = Server.Turn;
            for (int i = 1; i < 3; i++)
            {
                tavern.People[i].Greet();
                turns[i] = Server.Turn;
            }

            Server.Text(turns[0], "Good evening, traveller! Come in, sit by the fire. Is it supper you want, or a bed?");
            Server.Text(turns[1], "Halt! Who goes there, and on what business?");
            Server.Text(turns[2], "A new face! Sit down, friend. A song, or the news from the harbour?");
            foreach (uint turn in turns)
            {
                Server.End(turn, "stop");
            }

            Walk(5, 0);
            Assert.That(tavern.People.All(one => one.Speech.Alpha > 0.9f), Is.True);
            Until(() => tavern.People[0].State == NpcState.Listening);
            Pointer.Click(tavern.Prompt.Canvas.GetComponentsInChildren<UnityEngine.UI.Button>()[3]);
            Assert.That(Server.Heard(), Is.StringEnding("A beer, please."));
            Stream("A beer it is. Here you are, and mind the foam.", 24);
            Server.End();
            Until(() => Server.Heard().Contains("decide"));
            Server.Decision(0, 0.9, 0.05, 0.05);
            Walk(1, 0);
            Assert.That(tavern.Orders.Count, Is.EqualTo(1));
            Assert.That(tavern.People.All(one => Vector3.Dot(one.transform.forward, Player.transform.position - one.transform.position) > 0), Is.True, "They face their guest.");
        }

        [Test]
        public void NeighboursWhoTalkAtOnce()
        {
            var npcs = new List<Npc>();
            for (int i = 0; i < 3; i++)
            {
                Server.Name = new[] { "Marta", "Old Tam", "Ilse" }[i];
                npcs.Add(MakeNpc(Server.Name, new Vector3((i - 1) * 0.9f, 0, 2.6f + (i == 1 ? 0.5f : 0))));
                npcs[i].transform.rotation = Quaternion.Euler(0, 180, 0);
                Until(() => npcs.TrueForAll(npc => npc.State == NpcState.Listening));
            }

            Begin("neighbours", npcs.ToArray());
            foreach (Npc npc in npcs)
            {
                npc.Say("Hello");
                Server.Text(Server.Turn, "My name is " + npc.name + ", and I was here before the others, whatever they say.");
                Server.End();
            }

            Walk(5, 0.1f);
            Assert.That(npcs.TrueForAll(npc => npc.Speech.Alpha > 0.9f), Is.True);
        }

        [Test]
        public void APromptBeforeThePlayer()
        {
            Npc npc = MakeNpc("Marta", new Vector3(0, 0, 2.4f));
            npc.transform.rotation = Quaternion.Euler(0, 180, 0);
            Pointer.MakeEventSystem();
            var prompt = new GameObject("Prompt").AddComponent<PlayerPrompt>();
            prompt.transform.position = new Vector3(0, 1.12f, 1.15f);
            prompt.transform.rotation = Quaternion.LookRotation(prompt.transform.position - Player.transform.position);
            prompt.ReadFrom = 1.2f;
            prompt.Npc = npc;
            prompt.SetReplies("Good evening!", "What news do you have?", "Is it true that the old mine road has been closed since the flood?");
            Begin("prompt", npc);
            Until(() => npc.State == NpcState.Listening);
            Walk(0.5f, 0);
            Pointer.Click(prompt.Canvas.GetComponentsInChildren<UnityEngine.UI.Button>()[1]);
            Assert.That(Server.Heard(), Is.StringEnding("What news do you have?"));
            Walk(1, 0);
            Stream("The old mine road is closed, and the miller has a new dog. ", 24);
            Walk(1, 0);
            Server.Break();
            Server.IsThere = false;
            Walk(1, 0);
            Assert.That(prompt.CanSay, Is.False);
            EngineLog.Clear();
        }

        private Npc PlaySample()
        {
            var sample = new GameObject("Place").AddComponent<FixedPlace>();
            Until(() => sample.Voice != null && sample.Voice.Speech.Root != null);
            return sample.Voice;
        }

        private static Vector3 Middle(Npc npc)
        {
            var corners = new Vector3[4];
            npc.Speech.Root.GetWorldCorners(corners);
            return (corners[0] + corners[2]) / 2;
        }

        private static void Begin(string name, params Npc[] npcs)
        {
            string folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "pictures");
            Recorder.Begin(Path.Combine(folder, name + ".jsonl"), 0.1);
            foreach (Npc npc in npcs)
            {
                if (npc.GetComponentInChildren<Renderer>() != null)
                {
                    Recorder.Watch(npc.gameObject);
                }
            }

            Npc first = npcs[0];
            Recorder.Watch("state", () => first.Speech == null ? "none" : first.Speech.State.ToString());
            Recorder.Watch("page", () => first.Speech == null || first.Speech.Reveal == null ? 0 : first.Speech.Reveal.Page.Number + 1);
        }

        /// <summary>Sends a reply as a model does: some characters, some time, sometimes more of it.</summary>
        private void Stream(string reply, int charsPerSecond)
        {
            for (int at = 0; at < reply.Length;)
            {
                int count = Mathf.Min(reply.Length - at, Random.Range(2, 7));
                Server.Text(reply.Substring(at, count));
                at += count;
                Engine.RunFor((double)count / charsPerSecond);
            }
        }

        /// <summary>Lets the player walk around what is before them, and look at it.</summary>
        private void Walk(float seconds, float metresPerSecond)
        {
            var middle = new Vector3(0.2f, 0, 2.2f);
            for (int frame = 0; frame < seconds * 72; frame++)
            {
                if (metresPerSecond > 0)
                {
                    Vector3 from = Player.transform.position - middle;
                    float angle = metresPerSecond / 72 / new Vector2(from.x, from.z).magnitude * Mathf.Rad2Deg;
                    Player.transform.position = middle + (Quaternion.Euler(0, angle, 0) * from);
                    Vector3 ahead = middle - Player.transform.position;
                    ahead.y = 0;
                    Player.transform.rotation = Quaternion.LookRotation(ahead);
                }

                Engine.Frame();
            }
        }
    }
}
