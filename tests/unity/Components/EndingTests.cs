using System.Collections.Generic;
using System.Text.RegularExpressions;
using Loquent.Double;
using Loquent.Tests.Fakes;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.SceneManagement;

namespace Loquent.Components.Tests
{
    /// <summary>When Play stops, a scene is unloaded or a headset sleeps: nothing is left, nothing is thrown, and the server knows.</summary>
    [TestFixture]
    public sealed class EndingTests : ComponentTest
    {
        [Test]
        public void PlayStoppedInMidWordClosesTheConnectionAndThrowsNothing()
        {
            Npc npc = BeginSpeaking();
            var told = new List<string>();
            npc.Ended += (who, reason) => told.Add("ended");
            npc.Failed += (who, why) => told.Add("failed");
            LocalConnection connection = Server.Connection;
            Engine.Stop();
            Assert.That(connection.ClosedWith, Is.EqualTo(1000), "The server forgets the session at once.");
            EngineLog.Take(LogType.Log, "^LoquentClient 'Client': Play, or the program, ends in mid-word");
            Assert.That(told, Is.Empty, "Nobody is there any more to be told.");
        }

        [Test]
        public void AnNpcThatIsDestroyedInMidWordTakesItsCanvasAndSaysSo()
        {
            Npc npc = BeginSpeaking();
            GameObject plate = npc.Speech.Root.gameObject;
            Server.Heard();
            Object.Destroy(npc.gameObject);
            Engine.RunFrames(2);
            StringAssert.IsMatch("^cancel 1 at \\d+\nclose 1$", Server.Heard());
            Assert.That(plate == null, Is.True);
            EngineLog.Take(LogType.Log, "^Npc 'Innkeeper': it's disabled or destroyed in mid-word.*enable it again");
        }

        [Test]
        public void AnEndingWithoutAReplyUnderWayHasNothingToSay()
        {
            Npc npc = BeginSpeaking();
            Server.End();
            Until(() => npc.State == NpcState.Listening);
            Object.Destroy(npc.gameObject);
            Engine.RunFrames(2);
            Engine.Stop();
            Assert.That(EngineLog.Lines, Has.None.Property("Message").Contains("in mid-word"));
        }

        [Test]
        public void PlayAgainWithoutADomainReloadBeginsAnew()
        {
            BeginSpeaking();
            Engine.Stop();
            Assert.That(EngineLog.Unexpected(), Is.Empty);
            for (int round = 0; round < 3; round++)
            {
                Engine.Reset();
                SetScene();
                Npc npc = BeginSpeaking();
                Assert.That(npc.Client, Is.SameAs(Client));
                Engine.Stop();
            }
        }

        [Test]
        public void AProgramThatQuitsWaitsForTheGoodbyeNoLongerThanItHasTo()
        {
            BeginSpeaking();
            System.Diagnostics.Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();
            Engine.Stop();
            Assert.That(watch.Elapsed.TotalSeconds, Is.LessThan(5));
        }

        [Test]
        public void ASceneThatIsUnloadedInMidWordTakesItsNpcsAndClient()
        {
            Npc npc = BeginSpeaking();
            GameObject canvas = npc.Speech.Root.gameObject;
            LocalConnection connection = Server.Connection;
            Stage.AddScene("Other", () => new GameObject("Nothing"));
            SceneManager.LoadScene("Other");
            Engine.RunFrames(3);
            Assert.That(connection.ClosedWith, Is.EqualTo(1000));
            Assert.That(canvas == null, Is.True);
            Assert.That(Object.FindObjectsByType<GameObject>(FindObjectsInactive.Include, FindObjectsSortMode.None).Length, Is.EqualTo(1), "Nothing of it is left.");
        }

        [Test]
        public void AClientThatSurvivesKeepsItsConnectionAndServesTheNextScene()
        {
            Object.DestroyImmediate(Client.gameObject);
            LoquentClient client = MakeSurvivor();
            BeginSpeaking();
            LocalConnection connection = Server.Connection;
            Server.Heard();
            Npc next = null;
            LoquentClient twin = null;
            Stage.AddScene(
                "Next",
                () =>
                {
                    twin = MakeSurvivor(); // the scene that it came from is loaded again
                    next = MakeNpc("Guard", new Vector3(0, 0, 2));
                    next.Client = twin;
                });
            SceneManager.LoadScene("Next");
            Until(() => next != null && next.State == NpcState.Listening);
            Assert.That(connection.ClosedWith, Is.Null);
            Assert.That(next.Client, Is.SameAs(client));
            Assert.That(twin.enabled, Is.False);
            StringAssert.Contains("used instead", EngineLog.Take(LogType.Log, "LoquentClient 'Survivor': another").Message);
            StringAssert.IsMatch("^cancel 1 at \\d+\nclose 1\nopen 2: innkeeper$", Server.Heard());
            Assert.That(Server.ConnectionCount, Is.EqualTo(1));
        }

        [Test]
        public void AClientBelowAnotherObjectCannotSurviveAndSaysSo()
        {
            var parent = new GameObject("Managers");
            parent.SetActive(false);
            LoquentClient client = MakeClient("Child");
            client.enabled = false;
            client.transform.SetParent(parent.transform);
            client.SurvivesSceneLoads = true;
            client.enabled = true;
            Object.DestroyImmediate(Client.gameObject);
            parent.SetActive(true);
            EngineLog.Take(LogType.Warning, "^LoquentClient 'Child': it's below 'Managers'");
            EngineLog.Take(LogType.Warning, "another LoquentClient in the scene");
        }

        [Test]
        public void AHeadsetThatSleepsFindsItsConnectionDeadAndGoesOn()
        {
            Npc npc = BeginSpeaking();
            Engine.Pause(true);
            Server.Break(); // while it sleeps
            Engine.Pause(false);
            Engine.Frame(3600);
            Until(() => Client.State == ClientState.Reconnecting || Server.ConnectionCount == 2);
            Until(() => Client.IsConnected);
            EngineLog.Take(LogType.Warning, "^LoquentClient 'Client': The test broke the connection");
            Server.Text("ning.");
            Server.End();
            Until(() => npc.State == NpcState.Listening);
            Assert.That(npc.Text.ToString(), Is.EqualTo("Good evening."));
        }

        [Test]
        public void WhatHasComeMeanwhileIsWorkedOffWithinABudget()
        {
            Client.Settings.FramesPerUpdate = 10;
            Npc npc = BeginSpeaking();
            for (int i = 0; i < 100; i++)
            {
                Server.Text("a");
            }

            for (int frame = 1; frame <= 10; frame++)
            {
                Engine.Frame();
                Assert.That(npc.Text.Length, Is.EqualTo(8 + (10 * frame)), "Ten frames of the server's in one of the game's.");
            }
        }

        [Test]
        public void DisablingTheClientEndsItAndEnablingConnectsAgain()
        {
            Npc npc = BeginSpeaking();
            LocalConnection connection = Server.Connection;
            Client.enabled = false;
            Assert.That(connection.ClosedWith, Is.EqualTo(1000));
            Engine.RunFrames(3);
            Assert.That(npc.State, Is.EqualTo(NpcState.Connecting));
            EngineLog.Take(LogType.Error, "^Npc 'Innkeeper': talking with the character 'innkeeper' failed");
            Client.enabled = true;
            Until(() => npc.State == NpcState.Listening);
            Assert.That(Server.ConnectionCount, Is.EqualTo(2));
        }

        private Npc BeginSpeaking()
        {
            Npc npc = MakeNpc("Innkeeper", new Vector3(0, 0, 2));
            Until(() => npc.State == NpcState.Listening);
            npc.Say("Hello");
            Server.Text("Good eve");
            Until(() => npc.Speech.Shown > 2);
            return npc;
        }

        private LoquentClient MakeSurvivor()
        {
            var holder = new GameObject("Survivor");
            holder.SetActive(false);
            LoquentClient made = holder.AddComponent<LoquentClient>();
            made.SurvivesSceneLoads = true;
            made.Address = "ws://test.invalid:1";
            Server.Serve(made);
            holder.SetActive(true);
            return made;
        }
    }
}
