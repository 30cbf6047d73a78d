using System;
using System.Collections.Generic;
using System.Linq;
using Loquent.Double;
using Loquent.Tests.Fakes;
using NUnit.Framework;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>A test of components that needs the double: exact time, garbage, ends of programs, fonts of systems.</summary>
    public abstract class ComponentTest : EngineTest
    {
        internal LocalServer Server { get; private set; }

        internal LoquentClient Client { get; private set; }

        internal Camera Player { get; private set; }

        [SetUp]
        public void SetScene()
        {
            Server = new LocalServer();
            Player = Stage.Player();
            Client = MakeClient("Client");
        }

        internal LoquentClient MakeClient(string name)
        {
            LoquentSettings settings = ScriptableObject.CreateInstance<LoquentSettings>();
            settings.Address = "ws://test.invalid:1";
            settings.FirstDelaySeconds = 0.01f;
            settings.LongestDelaySeconds = 0.02f;
            LoquentClient made = new GameObject(name).AddComponent<LoquentClient>();
            made.Settings = settings;
            Server.Serve(made);
            return made;
        }

        internal static Npc MakeNpc(string name, Vector3 feet)
        {
            return Stage.Figure(name, feet).AddComponent<Npc>();
        }

        /// <summary>Makes figures in rows before the player, and waits until they listen.</summary>
        internal List<Npc> MakeCrowd(int count)
        {
            List<Npc> npcs = Enumerable.Range(0, count).Select(i => MakeNpc("Npc " + i, new Vector3((i % 8) - 4, 0, 2 + (i / 8)))).ToList();
            Until(() => npcs.TrueForAll(npc => npc.State == NpcState.Listening));
            return npcs;
        }

        internal static void Until(Func<bool> isSo)
        {
            Assert.That(Engine.RunUntil(isSo), Is.True, "It hasn't come to be so.");
        }
    }
}
