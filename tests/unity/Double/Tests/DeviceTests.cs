using System.IO;
using NUnit.Framework;
using Unity.Collections;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Rendering;

namespace Loquent.Double.Tests
{
    /// <summary>Pictures, sounds and animations: what was asked for, and when it's there.</summary>
    [TestFixture]
    public sealed class DeviceTests : EngineTest
    {
        [Test]
        public void PixelsComeBackFramesLaterForOneFrameAndStallNothing()
        {
            Camera camera = Stage.Player();
            camera.backgroundColor = Color.blue;
            RenderTexture target = RenderTexture.GetTemporary(64, 48, 16);
            camera.targetTexture = target;
            GameObject cube = GameObject.CreatePrimitive(PrimitiveType.Cube);
            cube.transform.position = new Vector3(0, 1.6f, 3);
            cube.GetComponent<Renderer>().sharedMaterial.color = Color.red;
            camera.Render();
            AsyncGPUReadbackRequest request = AsyncGPUReadback.Request(target, 0, TextureFormat.RGB24);
            int frames = 0;
            while (!request.done)
            {
                Engine.Frame();
                frames++;
            }

            Assert.That(frames, Is.EqualTo(3));
            NativeArray<byte> data = request.GetData<byte>();
            Assert.That(data.Length, Is.EqualTo(64 * 48 * 3));
            int middle = ((24 * 64) + 32) * 3;
            Assert.That(new[] { data[middle], data[middle + 1], data[middle + 2] }, Is.EqualTo(new byte[] { 255, 0, 0 }));
            Assert.That(new[] { data[0], data[1], data[2] }, Is.EqualTo(new byte[] { 0, 0, 255 }));
            int before = Device.NativeArrays;
            NativeArray<byte> jpeg = ImageConversion.EncodeNativeArrayToJPG(data, GraphicsFormat.R8G8B8_SRGB, 64, 48, 0, 90);
            Assert.That(Device.NativeArrays, Is.EqualTo(before + 1));
            File.WriteAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, "double.jpg"), jpeg.ToArray());
            jpeg.Dispose();
            Assert.That(Device.NativeArrays, Is.EqualTo(before));
            Assert.Throws<System.ObjectDisposedException>(() => jpeg.Dispose());
            Engine.Frame();
            Assert.Throws<System.InvalidOperationException>(() => request.GetData<byte>());
            Assert.That(Device.GraphicsStalls, Is.EqualTo(0));
            RenderTexture.ReleaseTemporary(target);
            Assert.That(Device.TemporaryTextures, Is.EqualTo(0));
        }

        [Test]
        public void ARequestOfADestroyedTextureFails()
        {
            var target = new RenderTexture(8, 8, 0);
            AsyncGPUReadbackRequest request = AsyncGPUReadback.Request(target);
            Object.DestroyImmediate(target);
            Engine.RunFrames(4);
            Assert.That(request.done && request.hasError, Is.True);
        }

        [Test]
        public void WaitingForTheGraphicsCardIsAStall()
        {
            AsyncGPUReadbackRequest request = AsyncGPUReadback.Request(new RenderTexture(8, 8, 0));
            request.WaitForCompletion();
            Assert.That(request.done, Is.True);
            Assert.That(Device.GraphicsStalls, Is.EqualTo(1));
        }

        [Test]
        public void TriggersAreNotedAndUnknownOnesWarnedOf()
        {
            var animator = new GameObject("a").AddComponent<Animator>();
            animator.SetTrigger("wave");
            EngineLog.Take(LogType.Warning, "not playing an AnimatorController");
            animator.runtimeAnimatorController = Stage.Controller("wave");
            animator.SetTrigger("wave");
            animator.SetTrigger(Animator.StringToHash("wave"));
            animator.SetTrigger("dance");
            EngineLog.Take(LogType.Warning, "Parameter 'dance' does not exist");
            Assert.That(Device.AnimatorCalls.Count, Is.EqualTo(2));
            Assert.That(Device.AnimatorCalls[0].Parameter, Is.EqualTo("wave"));
            Assert.That(animator.parameters[0].type, Is.EqualTo(AnimatorControllerParameterType.Trigger));
            Assert.That(Animator.StringToHash("Base Layer.Idle"), Is.EqualTo(1432961145), "as in Unity");
        }

        [Test]
        public void SoundsAreNotedAndTakeTheirTime()
        {
            var source = new GameObject("a").AddComponent<AudioSource>();
            source.volume = 0.5f;
            source.PlayOneShot(AudioClip.Create("hello", 44100, 1, 44100, false), 0.5f);
            Assert.That(Device.Sounds[0].Clip.name, Is.EqualTo("hello"));
            Assert.That(Device.Sounds[0].Volume, Is.EqualTo(0.25f));
            Engine.RunFor(0.9);
            Assert.That(source.isPlaying, Is.True);
            Engine.RunFor(0.2);
            Assert.That(source.isPlaying, Is.False);
        }

        [Test]
        public void AHumansBonesAreFound()
        {
            var animator = new GameObject("a").AddComponent<Animator>();
            Transform head = new GameObject("head").transform;
            Stage.MakeHuman(animator, new System.Collections.Generic.Dictionary<HumanBodyBones, Transform> { { HumanBodyBones.Head, head } });
            Assert.That(animator.isHuman, Is.True);
            Assert.That(animator.GetBoneTransform(HumanBodyBones.Head), Is.SameAs(head));
            Assert.That(animator.GetBoneTransform(HumanBodyBones.Jaw), Is.Null);
        }
    }
}
