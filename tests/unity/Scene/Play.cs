using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Loquent.Core;
using Loquent.Core.Talking;
using Loquent.Double;
using Loquent.EndToEnd;
using UnityEngine;

namespace Loquent.Scene
{
    /// <summary>A tavern with a player, an innkeeper and a guard, and what is said in it.</summary>
    internal sealed class Play
    {
        private readonly Words words;
        private readonly List<Npc> npcs = new List<Npc>();
        private readonly Dictionary<Npc, Reader> readers = new Dictionary<Npc, Reader>();
        private readonly HashSet<Npc> watched = new HashSet<Npc>();
        private readonly HashSet<Npc> over = new HashSet<Npc>();
        private DecideEnd decided;
        private int layouts;
        private int counted;
        private int most;
        private int frames;

        internal Play(Words words)
        {
            this.words = words;
        }

        internal void Run()
        {
            Stage.Player();
            LoquentClient client = new GameObject("Client").AddComponent<LoquentClient>();
            LoquentSettings settings = ScriptableObject.CreateInstance<LoquentSettings>();
            settings.Address = words.Url;
            settings.FirstDelaySeconds = 0.05f;
            settings.Reading.ReadingSpeed = words.Speed;
            settings.Reading.Pauses = 0;
            settings.Reading.PageRest = 0.3f; // else the last characters of a page and its turn may fall into one frame
            client.Settings = settings;
            Make("innkeeper", new Vector3(-0.7f, 0, 2));
            if (words.Command == "talk")
            {
                Make("guard", new Vector3(0.7f, 0, 2.5f));
            }

            npcs[0].GreetsWhenOpened = words.Command == "first";
            for (int i = 0; i < npcs.Count && words.Command != "first"; i++)
            {
                npcs[i].Say(words.Texts[i]); // before there is a connection
            }

            switch (words.Command)
            {
                case "talk":
                    Until(() => over.Count == npcs.Count);
                    break;
                case "first":
                    Until(() => over.Count == npcs.Count);
                    PrintSeen(npcs[0]);
                    over.Clear();
                    npcs[0].Say(words.Texts[0]);
                    Decide(npcs[0]); // about a reply that isn't there yet
                    Until(() => decided != null);
                    break;
                case "interrupt":
                    Until(() => npcs[0].Speech != null && npcs[0].Speech.Shown >= words.After);
                    PrintSeen(npcs[0]);
                    npcs[0].Say(words.Texts[1]);
                    over.Clear();
                    Until(() => over.Count == npcs.Count);
                    break;
                default:
                    Until(() => npcs[0].Speech != null && npcs[0].Speech.Shown >= words.After);
                    break;
            }

            npcs.ForEach(PrintSeen);
            new JsonLine("frames").Add("count", frames).Add("layouts", layouts).Add("most", most).Print();
        }

        private void Make(string character, Vector3 feet)
        {
            Npc npc = Stage.Figure(character, feet).AddComponent<Npc>();
            npc.Character = character;
            npc.PlayerId = words.Player;
            npc.StateChanged += (who, state) => new JsonLine("state").Add("npc", character).Add("state", state.ToString()).Print();
            npc.Started += who => new JsonLine("started").Add("npc", character).Print();
            npc.CueReached += (who, cue) =>
                new JsonLine("cue").Add("npc", character).Add("name", cue.Name).Add("shown", who.Speech.Shown).Print();
            npc.Ended += (who, reason) =>
            {
                new JsonLine("ended").Add("npc", character).Add("reason", reason.ToString()).Print();
                over.Add(who);
            };
            npc.Failed += (who, why) => new JsonLine("failed").Add("npc", character).Add("message", why.Message).Print();
            npc.StateChanged += (who, state) => Count(who);
            npcs.Add(npc);
            readers.Add(npc, new Reader(npc));
        }

        /// <summary>Counts how often TextMeshPro lays a page out, once there is one.</summary>
        private void Count(Npc npc)
        {
            if (npc.State == NpcState.Thinking && watched.Add(npc))
            {
                npc.Speech.PartsInUse.Page.OnPreRenderText += info => layouts++;
            }
        }

        private void Decide(Npc npc)
        {
            npc.Decide(
                "Did the player order something?",
                new[] { "yes", "no" },
                end =>
                {
                    decided = end;
                    new JsonLine("decided").Add("npc", npc.Character).Add("option", end.Option).Add("probability", end.Probability)
                        .Add("over", over.Count).Add("error", end.Error == null ? null : end.Error.Message).Print();
                });
        }

        private void Until(Func<bool> holds)
        {
            bool isSo = Engine.RunInRealTimeUntil(
                () =>
                {
                    Look();
                    return holds();
                },
                60);
            if (!isSo)
            {
                throw new TimeoutException("It hasn't come to be so within 60 s.");
            }
        }

        private void Look()
        {
            most = Math.Max(most, layouts - counted);
            counted = layouts;
            frames++;
            foreach (Reader reader in readers.Values)
            {
                reader.Look();
            }
        }

        private void PrintSeen(Npc npc)
        {
            new JsonLine("seen").Add("npc", npc.Character).Add("pages", readers[npc].Pages.ToArray<object>())
                .Add("text", npc.Text == null ? null : npc.Text.ToString()).Add("shown", npc.Speech.Shown).Print();
        }

        /// <summary>A player who reads one canvas: what isn't transparent.</summary>
        private sealed class Reader
        {
            private readonly Npc npc;
            private Turn turn;
            private int page = -1;

            internal Reader(Npc npc)
            {
                this.npc = npc;
            }

            internal List<string> Pages { get; } = new List<string>();

            internal void Look()
            {
                if (npc.Speech == null || npc.Speech.Reveal == null || npc.Turn == null)
                {
                    return;
                }

                if (turn != npc.Turn)
                {
                    turn = npc.Turn;
                    Pages.Clear();
                    page = -1;
                }

                string seen = Loquent.Tests.Seen.On(npc.Speech);
                if (npc.Speech.Reveal.Page.Number != page)
                {
                    page = npc.Speech.Reveal.Page.Number;
                    Pages.Add(string.Empty);
                }

                if (seen.Length > 0 && Pages.Count > 0)
                {
                    Pages[Pages.Count - 1] = seen;
                }
            }
        }
    }
}
