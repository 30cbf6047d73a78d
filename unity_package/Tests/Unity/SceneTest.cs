using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using Loquent.Tests.Fakes;
using NUnit.Framework;
using UnityEngine;
using Object = UnityEngine.Object;

namespace Loquent.Tests
{
    /// <summary>A test in Play mode, with a server inside of it, a player who looks along z from (0, 1.6, 0), and figures to talk to.</summary>
    public abstract class SceneTest
    {
        private const double MostSeconds = 20;

        private readonly List<GameObject> made = new List<GameObject>();

        internal LocalServer Server { get; private set; }

        internal LoquentClient Client { get; private set; }

        internal Camera Player { get; private set; }

        [SetUp]
        public void SetScene()
        {
            Server = new LocalServer();
            GameObject eye = Make("Player");
            eye.tag = "MainCamera";
            eye.transform.position = new Vector3(0, 1.6f, 0);
            Player = eye.AddComponent<Camera>();
        }

        [TearDown]
        public void ClearScene()
        {
            foreach (GameObject one in made)
            {
                if (one != null)
                {
                    Object.DestroyImmediate(one);
                }
            }

            made.Clear();
        }

        /// <summary>Makes an object that goes with the test.</summary>
        internal GameObject Make(string name)
        {
            var one = new GameObject(name);
            made.Add(one);
            return one;
        }

        /// <summary>Makes the client, which connects to the test's server with the next frame and tries again soon.</summary>
        internal LoquentClient MakeClient()
        {
            LoquentSettings settings = ScriptableObject.CreateInstance<LoquentSettings>();
            settings.Address = "ws://test.invalid:1";
            settings.FirstDelaySeconds = 0.01f;
            settings.LongestDelaySeconds = 0.02f;
            settings.Reading.ReadingSpeed = 200;
            Client = Make("Client").AddComponent<LoquentClient>();
            Client.Settings = settings;
            Server.Serve(Client);
            return Client;
        }

        /// <summary>Makes a figure that stands before the player, with a body of 1.8 m, and can be talked to.</summary>
        internal Npc MakeNpc(string name = "Innkeeper", float distance = 2)
        {
            GameObject figure = Make(name);
            figure.transform.position = new Vector3(0, 0, distance);
            GameObject body = GameObject.CreatePrimitive(PrimitiveType.Capsule);
            body.transform.SetParent(figure.transform, false);
            body.transform.localPosition = new Vector3(0, 0.9f, 0);
            body.transform.localScale = new Vector3(0.5f, 0.9f, 0.5f);
            return figure.AddComponent<Npc>();
        }

        /// <summary>Makes client and figure, and waits until they can talk.</summary>
        internal IEnumerator Listen(Action<Npc> take)
        {
            MakeClient();
            Npc npc = MakeNpc();
            yield return Until(() => npc.State == NpcState.Listening, "the NPC listens");
            Server.Heard();
            take(npc);
        }

        /// <summary>Lets frames pass until something is so.</summary>
        internal static IEnumerator Until(Func<bool> holds, string what)
        {
            var passed = Stopwatch.StartNew();
            while (!holds())
            {
                if (passed.Elapsed.TotalSeconds > MostSeconds)
                {
                    Assert.Fail("After " + MostSeconds + " s still not so: " + what);
                }

                yield return null;
            }
        }

        /// <summary>Lets so much of the game's time pass.</summary>
        internal static IEnumerator Pass(float seconds)
        {
            for (float end = Time.unscaledTime + seconds; Time.unscaledTime < end;)
            {
                yield return null;
            }
        }
    }
}
