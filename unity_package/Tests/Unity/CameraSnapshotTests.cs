using System;
using System.Collections;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Tests
{
    /// <summary>What a camera sees comes to the model as a picture that the server takes, with the words that belong to it.</summary>
    [TestFixture]
    public sealed class CameraSnapshotTests : SceneTest
    {
        private CameraSnapshot snapshot;

        [SetUp]
        public void Begin()
        {
            snapshot = Make("Eye").AddComponent<CameraSnapshot>();
            snapshot.Width = 160;
            snapshot.Height = 120;
        }

        [UnityTest]
        public IEnumerator APictureIsAJpegOfTheWantedSize()
        {
            snapshot.Width = 96;
            snapshot.Height = 64;
            Task<byte[]> picture = snapshot.CaptureAsync();
            Assert.That(snapshot.IsCapturing, Is.True);
            Assert.That(picture.IsCompleted, Is.False, "It doesn't wait for the graphics card.");
            yield return Until(() => picture.IsCompleted, "the picture is there");
            Assert.That(Size(picture.Result), Is.EqualTo("96 x 64"));
            Assert.That(snapshot.IsCapturing, Is.False);
        }

        [UnityTest]
        public IEnumerator WhoAsksMeanwhileGetsTheSamePicture()
        {
            Task<byte[]> one = snapshot.CaptureAsync();
            Task<byte[]> other = snapshot.CaptureAsync();
            yield return Until(() => one.IsCompleted && other.IsCompleted, "the picture is there");
            Assert.That(other.Result, Is.SameAs(one.Result));
            Task<byte[]> next = snapshot.CaptureAsync();
            yield return Until(() => next.IsCompleted, "the next picture is there");
            Assert.That(next.Result, Is.Not.SameAs(one.Result));
        }

        [UnityTest]
        public IEnumerator WhatIsSaidGoesWithThePicture()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            snapshot.Say(npc, "What do you see?");
            Assert.That(Server.Heard(), Is.Empty);
            yield return Until(() => npc.State == NpcState.Thinking, "it's said");
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: What do you see?"));
            Assert.That(Server.Images.Count, Is.EqualTo(1));
            Assert.That(Size(Server.Images[0]), Is.EqualTo("160 x 120"));
        }

        [UnityTest]
        public IEnumerator WhatIsSaidLastTakesThePlaceOfWhatHasntBeenSaidYet()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            snapshot.Say(npc, "What do you see?");
            yield return null;
            snapshot.Say(npc, "And now?");
            yield return Until(() => npc.State == NpcState.Thinking, "it's said");
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: And now?"));
        }

        [UnityTest]
        public IEnumerator AFileIsNeverLargerThanTheServerTakes()
        {
            Server.Limits["images"] = 2;
            Server.Limits["image_bytes"] = 3000;
            Npc npc = null;
            yield return Listen(one => npc = one);
            snapshot.Quality = 95;
            snapshot.Say(npc, "What do you see?");
            yield return Until(() => npc.State == NpcState.Thinking, "it's said");
            Assert.That(Server.Images[0].Length, Is.InRange(200, 3000));
        }

        [UnityTest]
        public IEnumerator WhereNothingFitsTheWordsGoWithout()
        {
            Server.Limits["images"] = 2;
            Server.Limits["image_bytes"] = 50;
            Npc npc = null;
            yield return Listen(one => npc = one);
            LogAssert.Expect(LogType.Warning, new Regex("^CameraSnapshot 'Eye': even the smallest picture is larger than the 50 bytes"));
            snapshot.Say(npc, "What do you see?");
            yield return Until(() => npc.State == NpcState.Thinking, "it's said");
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: What do you see?"));
            Assert.That(Server.Images, Is.Empty);
        }

        [UnityTest]
        public IEnumerator AModelThatSeesNothingGetsWordsAtOnceAndTheLogSaysSoOnce()
        {
            Server.Limits["images"] = 0;
            Npc npc = null;
            yield return Listen(one => npc = one);
            string told = null;
            int warnings = 0;
            Application.LogCallback count = (text, trace, type) => warnings += type == LogType.Warning ? 1 : 0;
            Application.logMessageReceived += count;
            snapshot.OnFailed.AddListener(why => told = why);
            LogAssert.Expect(LogType.Warning, new Regex("^CameraSnapshot 'Eye': the server's model sees nothing"));
            snapshot.Say(npc, "What do you see?");
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: What do you see?"));
            StringAssert.StartsWith("the server's model sees nothing", told);
            snapshot.Say(npc, "And now?");
            Application.logMessageReceived -= count;
            Assert.That(warnings, Is.EqualTo(1));
            Task<byte[]> picture = snapshot.CaptureAsync();
            Assert.That(picture.Exception.GetBaseException(), Is.TypeOf<InvalidOperationException>());
        }

        [UnityTest]
        public IEnumerator ADisabledOneCancelsThePictureAndSaysTheWords()
        {
            Npc npc = null;
            yield return Listen(one => npc = one);
            Task<byte[]> picture = snapshot.CaptureAsync();
            snapshot.Say(npc, "What do you see?");
            snapshot.enabled = false;
            Assert.That(picture.IsCanceled, Is.True);
            Assert.That(Server.Heard(), Is.EqualTo("say 1 in 1: What do you see?"));
            Assert.That(Server.Images, Is.Empty);
            StringAssert.Contains("disabled", snapshot.CaptureAsync().Exception.GetBaseException().Message);
            for (int i = 0; i < 10; i++)
            {
                yield return null; // what the graphics card still answers belongs to nobody
            }

            Assert.That(Server.Heard(), Is.Empty);
        }

        [UnityTest]
        public IEnumerator ADestroyedOneLeavesNothingBehind()
        {
            snapshot.CaptureAsync();
            UnityEngine.Object.DestroyImmediate(snapshot.gameObject);
            for (int i = 0; i < 10; i++)
            {
                yield return null;
            }

            Assert.That(Resources.FindObjectsOfTypeAll<Camera>(), Is.EqualTo(new[] { Player }));
        }

        [UnityTest]
        public IEnumerator WithoutACameraThereIsASentence()
        {
            yield return null;
            Player.gameObject.SetActive(false);
            Exception problem = snapshot.CaptureAsync().Exception.GetBaseException();
            StringAssert.StartsWith("there's no camera to look through. Tag the player's camera MainCamera", problem.Message);
        }

        [UnityTest]
        public IEnumerator ThePlayersCameraStaysAsItIs()
        {
            Player.fieldOfView = 100;
            Vector3 place = Player.transform.position;
            Task<byte[]> picture = snapshot.CaptureAsync();
            Assert.That(Player.targetTexture, Is.Null);
            Assert.That(Player.fieldOfView, Is.EqualTo(100).Within(0.001f));
            Assert.That(Player.transform.position, Is.EqualTo(place));
            Assert.That(Camera.main, Is.SameAs(Player));
            yield return Until(() => picture.IsCompleted, "the picture is there");
        }

        /// <summary>Reads a JPEG's size from its frame header.</summary>
        private static string Size(byte[] jpeg)
        {
            Assert.That(new[] { jpeg[0], jpeg[1] }, Is.EqualTo(new byte[] { 0xFF, 0xD8 }));
            int at = 2;
            while (jpeg[at + 1] != 0xC0 && jpeg[at + 1] != 0xC2)
            {
                at += 2 + (jpeg[at + 2] << 8) + jpeg[at + 3];
            }

            return ((jpeg[at + 7] << 8) + jpeg[at + 8]) + " x " + ((jpeg[at + 5] << 8) + jpeg[at + 6]);
        }
    }
}
