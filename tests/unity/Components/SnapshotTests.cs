using System.Threading.Tasks;
using Loquent.Double;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Rendering;

namespace Loquent.Components.Tests
{
    /// <summary>What a snapshot does to the device: it waits for nothing, and gives everything back.</summary>
    [TestFixture]
    public sealed class SnapshotTests : EngineTest
    {
        private CameraSnapshot snapshot;

        [SetUp]
        public void Begin()
        {
            Stage.Player();
            snapshot = new GameObject("Eye").AddComponent<CameraSnapshot>();
        }

        [Test]
        public void TheMainThreadNeverWaitsForTheGraphicsCard()
        {
            Device.GraphicsLatency = 5;
            Task<byte[]> picture = snapshot.CaptureAsync();
            Engine.RunFrames(4);
            Assert.That(picture.IsCompleted, Is.False);
            Assert.That(Engine.RunInRealTimeUntil(() => picture.IsCompleted), Is.True);
            Assert.That(picture.Status, Is.EqualTo(TaskStatus.RanToCompletion));
            Assert.That(Device.GraphicsStalls, Is.EqualTo(0));
            Assert.That(Device.TemporaryTextures, Is.EqualTo(0));
        }

        [Test]
        public void WhereItHasToWaitItSaysSoOnceAndTheTextureOfTheGameStaysActive()
        {
            Device.ReadsBack = false;
            var before = new RenderTexture(8, 8, 0);
            RenderTexture.active = before;
            for (int i = 1; i <= 2; i++)
            {
                Task<byte[]> picture = snapshot.CaptureAsync();
                Assert.That(Device.GraphicsStalls, Is.EqualTo(i));
                Assert.That(RenderTexture.active, Is.SameAs(before));
                Assert.That(Engine.RunInRealTimeUntil(() => picture.IsCompleted), Is.True);
                Assert.That(picture.Result.Length, Is.GreaterThan(200));
            }

            Assert.That(Device.TemporaryTextures, Is.EqualTo(0));
            EngineLog.Take(LogType.Warning, "^CameraSnapshot 'Eye': this graphics device can't give pictures back without waiting");
        }

        [Test]
        public void AGraphicsCardThatNeverAnswersIsGivenUp()
        {
            Device.GraphicsLatency = 1000;
            Task<byte[]> picture = snapshot.CaptureAsync();
            Engine.RunFrames(301);
            StringAssert.Contains("300 frames", picture.Exception.GetBaseException().Message);
            Assert.That(snapshot.IsCapturing, Is.False);
            Engine.RunFrames(1000);
            Assert.That(Device.TemporaryTextures, Is.EqualTo(0), "What it answers yet is given back.");
        }

        [Test]
        public void WithoutAGraphicsDeviceThereIsASentence()
        {
            Device.Graphics = GraphicsDeviceType.Null;
            StringAssert.StartsWith("there's no graphics device, as with -nographics", snapshot.CaptureAsync().Exception.GetBaseException().Message);
        }

        [Test]
        public void OnAHeadsetItIsOnePictureForBothEyes()
        {
            Device.IsStereo = true;
            snapshot.FieldOfView = 45;
            StereoTargetEyeMask eyes = StereoTargetEyeMask.Both;
            float angle = 0;
            Camera.CameraCallback note = rendering =>
            {
                eyes = rendering.stereoTargetEye;
                angle = rendering.fieldOfView;
            };
            Camera.onPreRender += note;
            Task<byte[]> picture = snapshot.CaptureAsync();
            Camera.onPreRender -= note;
            Assert.That(eyes, Is.EqualTo(StereoTargetEyeMask.None));
            Assert.That(angle, Is.EqualTo(45).Within(0.001));
            Assert.That(Engine.RunInRealTimeUntil(() => picture.IsCompleted), Is.True);
        }

        [Test]
        public void LayersCanBeLeftOut()
        {
            int mask = 0;
            Camera.CameraCallback note = rendering => mask = rendering.cullingMask;
            Camera.onPreRender += note;
            snapshot.LeavesOut = 1 << 5;
            Task<byte[]> picture = snapshot.CaptureAsync();
            Camera.onPreRender -= note;
            Assert.That(mask, Is.EqualTo(~(1 << 5)));
            Assert.That(Camera.main.cullingMask, Is.EqualTo(-1));
            Assert.That(Engine.RunInRealTimeUntil(() => picture.IsCompleted), Is.True);
        }

        [Test]
        public void PlayStoppedInTheMiddleLeavesNoMistake()
        {
            Task<byte[]> picture = snapshot.CaptureAsync();
            Engine.Frame();
            Engine.Stop();
            Assert.That(picture.IsCanceled, Is.True);
        }
    }
}
