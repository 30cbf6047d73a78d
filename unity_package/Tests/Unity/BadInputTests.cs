using System.Collections;
using System.Text.RegularExpressions;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Tests
{
    /// <summary>What goes wrong has an outcome that the player sees, and a line in the log that names the component and says what to do.</summary>
    [TestFixture]
    public sealed class BadInputTests : SceneTest
    {
        private string failed;

        [UnityTest]
        public IEnumerator NoServer()
        {
            Server.IsThere = false;
            LoquentClient client = MakeClient();
            client.Settings.MostAttempts = 3;
            string reconnecting = null;
            client.OnReconnecting.AddListener(why => reconnecting = why);
            client.OnFailed.AddListener(why => failed = why);
            Npc npc = MakeNpc();
            LogAssert.Expect(LogType.Warning, new Regex("^LoquentClient 'Client': Can't reach .* It's tried again for 300 s\\.$"));
            LogAssert.Expect(LogType.Error, new Regex("^LoquentClient 'Client': Can't reach .* It isn't tried again; LoquentClient.Connect does\\.$"));
            yield return Until(() => npc.State == NpcState.Failed, "it has given up");
            Assert.That(Server.ConnectionCount, Is.EqualTo(4), "The first attempt and three more: nothing is tried for ever.");
            Assert.That(client.State, Is.EqualTo(ClientState.Failed));
            StringAssert.StartsWith("Can't reach", reconnecting);
            StringAssert.StartsWith("Can't reach", failed);
            AssertError(npc, npc.Texts.NoConnection);

            Server.IsThere = true;
            client.Connect();
            yield return Until(() => npc.State == NpcState.Listening, "it listens, since a script has tried again");
            Assert.That(client.Failure, Is.Null);
        }

        [UnityTest]
        public IEnumerator WhatIsSaidWithoutAServerFails()
        {
            Server.IsThere = false;
            LoquentClient client = MakeClient();
            client.Settings.Reconnect = false;
            Npc npc = MakeNpc();
            npc.Failed += (who, why) => failed = why.Message;
            LogAssert.Expect(LogType.Error, new Regex("^LoquentClient 'Client': Can't reach"));
            LogAssert.Expect(LogType.Warning, new Regex("^Npc 'Innkeeper': it can't talk"));
            npc.Say("Hello");
            yield return Until(() => failed != null, "it has failed");
            StringAssert.StartsWith("Can't reach", failed);
            AssertError(npc, npc.Texts.NoConnection);
        }

        [UnityTest]
        public IEnumerator AWrongToken()
        {
            Server.RefusesHello = "unauthorized";
            LoquentClient client = MakeClient();
            client.Settings.TokenSource = TokenSource.Script;
            client.TokenProvider = () => "wrong";
            Npc npc = MakeNpc();
            LogAssert.Expect(LogType.Error, new Regex("^LoquentClient 'Client': The server refuses: unauthorized\\."));
            yield return Until(() => npc.State == NpcState.Failed, "it's refused");
            Assert.That(Server.Heard(), Is.EqualTo("hello with wrong"), "In the first frame, and once.");
            AssertError(npc, npc.Texts.NoConnection);
        }

        [Test]
        public void AMissingToken()
        {
            Miss(TokenSource.Asset, "there it's empty");
            ClearScene();
            Miss(TokenSource.Environment, "isn't set");
            ClearScene();
            Miss(TokenSource.Script, "gave none");
        }

        private void Miss(TokenSource source, string words)
        {
            LoquentClient client = MakeClient();
            client.Settings.TokenSource = source;
            client.Settings.Token = source == TokenSource.Environment ? "LOQUENT_NO_SUCH_VARIABLE" : string.Empty;
            LogAssert.Expect(LogType.Error, new Regex("^LoquentClient 'Client': the .*" + words));
            client.Connect();
            Assert.That(client.State, Is.EqualTo(ClientState.Failed));
            StringAssert.Contains(words, client.Failure);
        }

        [UnityTest]
        public IEnumerator AServerOfAnotherVersion()
        {
            Server.RefusesHello = "version";
            MakeClient();
            Npc npc = MakeNpc();
            LogAssert.Expect(LogType.Error, new Regex("^LoquentClient 'Client': The server refuses: version\\."));
            yield return Until(() => npc.State == NpcState.Failed, "it's refused");
            Assert.That(Server.ConnectionCount, Is.EqualTo(1));
            AssertError(npc, npc.Texts.NoConnection);
        }

        [UnityTest]
        public IEnumerator ACharacterThatDoesNotExist()
        {
            Server.RefusesOpen = "character_unknown";
            MakeClient();
            Npc npc = MakeNpc();
            npc.Character = "nobody";
            npc.Failed += (who, why) => failed = why.Message;
            LogAssert.Expect(
                LogType.Error, "Npc 'Innkeeper': talking with the character 'nobody' failed: The server refuses nobody: character_unknown.");
            npc.Say("Hello");
            yield return Until(() => npc.State == NpcState.Failed, "it's refused");
            Assert.That(failed, Is.EqualTo("The server refuses nobody: character_unknown."));
            AssertError(npc, npc.Texts.Refused);
            yield return Pass(1);
            StringAssert.EndsWith("open 1: nobody", Server.Heard(), "It isn't asked for again.");
        }

        [UnityTest]
        public IEnumerator AnAnswerThatFailsInMidWordKeepsWhatHasCome()
        {
            Npc npc = null;
            yield return Listen(made => npc = made);
            npc.Failed += (who, why) => failed = why.Message;
            npc.Say("Hello");
            Server.Text("Good eve");
            yield return Until(() => npc.Speech.State == SpeechState.Speaking, "it speaks");
            LogAssert.Expect(LogType.Error, new Regex("^Npc 'Innkeeper': .*The model died\\."));
            Server.Fail("engine_failed", "The model died.");
            yield return Until(() => failed != null, "it has failed");
            yield return Until(() => npc.Speech.Reveal.IsComplete, "what has come is shown");
            Assert.That(npc.Speech.Reveal.Page.ToString(), Is.EqualTo("Good eve"));
            StringAssert.StartsWith(npc.Texts.Failed, npc.Speech.Notice);
            Assert.That(npc.State, Is.EqualTo(NpcState.Listening));
        }

        [UnityTest]
        public IEnumerator AConnectionLostInMidWordGoesOnWhereItWas()
        {
            Npc npc = null;
            yield return Listen(made => npc = made);
            npc.Say("Hello");
            Server.Text("Good eve");
            yield return Until(() => npc.Speech.State == SpeechState.Speaking, "it speaks");
            LogAssert.Expect(LogType.Warning, new Regex("^LoquentClient 'Client': The test broke the connection\\. It's tried again"));
            Server.IsThere = false;
            Server.Break();
            yield return Until(() => Client.State == ClientState.Reconnecting, "it has noticed");
            yield return null;
            Assert.That(npc.Speech.Notice, Is.EqualTo(npc.Texts.Lost));
            Server.IsThere = true;
            yield return Until(() => Client.IsConnected, "it's connected again");
            yield return null;
            Assert.That(npc.Speech.Notice, Is.Empty);
            Server.Text("ning.");
            Server.End();
            yield return Until(() => npc.State == NpcState.Listening, "the reply has been shown");
            Assert.That(npc.Speech.Reveal.Page.ToString(), Is.EqualTo("Good evening."));
        }

        [UnityTest]
        public IEnumerator AConnectionLostInMidWordToAServerThatForgets()
        {
            Npc npc = null;
            yield return Listen(made => npc = made);
            npc.Failed += (who, why) => failed = why.Message;
            npc.Say("Hello");
            Server.Text("Good eve");
            yield return Until(() => npc.Speech.State == SpeechState.Speaking, "it speaks");
            Server.Resumes = false;
            LogAssert.Expect(LogType.Warning, new Regex("^LoquentClient 'Client': The test broke the connection\\."));
            LogAssert.Expect(LogType.Error, new Regex("^Npc 'Innkeeper': .*new session"));
            Server.Break();
            yield return Until(() => failed != null, "it has failed");
            StringAssert.StartsWith(npc.Texts.Failed, npc.Speech.Notice);
            yield return Until(() => npc.State == NpcState.Listening, "it listens again");
            npc.Say("Again");
            StringAssert.EndsWith("say 1 in 1: Again", Server.Heard().Replace("say 2 in 2", "say 1 in 1"));
        }

        [UnityTest]
        public IEnumerator ABadAddress()
        {
            LoquentClient client = MakeClient();
            client.Settings.Address = "http://example.com";
            LogAssert.Expect(LogType.Error, new Regex("^LoquentClient 'Client': the address \"http://example\\.com\" can't be used\\. Give one that starts with ws://"));
            Npc npc = MakeNpc();
            yield return Until(() => npc.State == NpcState.Failed, "it has failed");
            AssertError(npc, npc.Texts.NoConnection);
        }

        [UnityTest]
        public IEnumerator TwoNpcsOnOneAnchor()
        {
            yield return Listen(one => { });
            Npc first = Object.FindAnyObjectByType<Npc>();
            Npc second = MakeNpc("Guard");
            CanvasAnchor anchor = second.gameObject.AddComponent<CanvasAnchor>();
            anchor.Target = first.transform;
            LogAssert.Expect(LogType.Warning, new Regex("^CanvasAnchor 'Guard': 'Innkeeper' is kept at the same place of 'Innkeeper', .*Give each a target"));
            yield return Until(() => second.State == NpcState.Listening, "the second listens");
            first.Speech.Show("One");
            second.Speech.Show("Two");
            yield return Pass(2);
            Assert.That(BottomOf(second.Speech), Is.GreaterThan(TopOf(first.Speech)), "One is raised above the other.");
        }

        [UnityTest]
        public IEnumerator ACanvasWithoutACamera()
        {
            Object.DestroyImmediate(Player.gameObject);
            Npc npc = null;
            yield return Listen(made => npc = made);
            LogAssert.Expect(
                LogType.Warning, "CanvasAnchor 'Innkeeper': there's no camera, so the canvas stays where it is. Tag the player's camera MainCamera, or set Viewer.");
            npc.Speech.Show("Hello");
            yield return Pass(2);
            Vector3 at = npc.Speech.Root.position;
            Assert.That(npc.Speech.Alpha, Is.EqualTo(1));
            Assert.That(BottomOf(npc.Speech), Is.GreaterThan(1.8f));
            npc.transform.position += Vector3.right;
            yield return Pass(1);
            Assert.That(npc.Speech.Root.position, Is.EqualTo(at));

            Camera late = Make("Late").AddComponent<Camera>();
            late.tag = "MainCamera";
            late.transform.position = new Vector3(3, 1.6f, 2);
            yield return Pass(1);
            Assert.That(npc.Speech.Root.position.x, Is.EqualTo(1).Within(0.06f), "The camera is found when there is one.");
            Assert.That(Vector3.Dot(npc.Speech.Root.forward, Vector3.left), Is.GreaterThan(0.9f));
        }

        [UnityTest]
        public IEnumerator NoClientInTheSceneMakesOne()
        {
            LogAssert.Expect(LogType.Warning, new Regex("^Npc 'Innkeeper': there's no LoquentClient in the scene, so one was made that connects to ws://127\\.0\\.0\\.1:8765\\."));
            Npc npc = MakeNpc();
            npc.MakesCanvas = false;
            yield return Until(() => npc.Client != null, "it has one");
            npc.Client.ConnectsByItself = false;
            Object.DestroyImmediate(npc.Client.gameObject);
            npc.gameObject.SetActive(false);
        }

        [UnityTest]
        public IEnumerator ASecondClientInTheSceneIsSaid()
        {
            yield return Listen(one => { });
            LogAssert.Expect(LogType.Warning, new Regex("^LoquentClient 'Second': there's another LoquentClient in the scene, 'Client'\\."));
            Make("Second").AddComponent<LoquentClient>().ConnectsByItself = false;
        }

        private static void AssertError(Npc npc, string forPlayer)
        {
            Assert.That(npc.Speech.State, Is.EqualTo(SpeechState.Error));
            StringAssert.StartsWith(forPlayer.Substring(0, 10), npc.Speech.Reveal.Page.ToString());
            Assert.That(npc.Failure, Is.Not.Null);
        }

        private static float TopOf(SpeechCanvas canvas)
        {
            return canvas.Root.position.y + (canvas.Root.rect.height * canvas.Root.lossyScale.y / 2);
        }

        private static float BottomOf(SpeechCanvas canvas)
        {
            return canvas.Root.position.y - (canvas.Root.rect.height * canvas.Root.lossyScale.y / 2);
        }
    }
}
