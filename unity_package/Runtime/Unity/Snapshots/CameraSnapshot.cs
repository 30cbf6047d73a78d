using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Loquent.Core;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Rendering;

namespace Loquent
{
    /// <summary>
    /// What a camera sees, as a JPEG for the model to look at, without holding the game up: the picture is rendered at once, read back from the GPU in the frames
    /// that follow, and encoded on another thread. For a server whose model sees.
    /// </summary>
    /// <remarks>
    /// One picture is made at a time; whoever asks meanwhile gets that one. The file is never larger than the server takes: quality, then size are lowered until it
    /// fits. What is rendered is one more view of the scene, at the moment of the call: don't call from inside a camera's rendering.
    /// </remarks>
    [AddComponentMenu("Loquent/Camera Snapshot")]
    public sealed class CameraSnapshot : MonoBehaviour
    {
        /// <summary>The longest side, in pixels: what a Loquent server shows its model unless told otherwise.</summary>
        public const int LargestSide = 1024;

        /// <summary>The largest picture that a Loquent server takes unless told otherwise, for as long as it isn't known.</summary>
        private const int UsualImageBytes = 1 << 19;

        /// <summary>How much of a message is left for what isn't picture.</summary>
        private const int MessageRest = 1 << 15;

        /// <summary>A GPU that hasn't answered after so many frames won't: it answers after a few.</summary>
        private const int MostFrames = 300;

        [Tooltip("Whose view it is: the player's, or a camera at the NPC's eyes. None: the camera tagged MainCamera, which is the player's.")]
        [SerializeField] private Camera source;

        [Tooltip("How wide the picture is, in pixels. From 64 to 1024; 512 shows a model what things are, more shows it small print.")]
        [Range(JpegFitter.LeastSide, LargestSide)]
        [SerializeField] private int width = 512;

        [Tooltip("How high the picture is, in pixels. From 64 to 1024.")]
        [Range(JpegFitter.LeastSide, LargestSide)]
        [SerializeField] private int height = 512;

        [Tooltip("How much it shows, upright, in degrees; 0 for as much as the camera. From 0 to 120. A headset's own 100 degrees make things small; 60 shows what the player looks at.")]
        [Range(0, 120)]
        [SerializeField] private float fieldOfView = 60;

        [Tooltip("The JPEG's quality to begin with. From 30 to 95. It's lowered when the file is larger than the server takes.")]
        [Range(JpegFitter.LeastQuality, 95)]
        [SerializeField] private int quality = 75;

        [Tooltip("Layers that the model doesn't see, such as that of the canvases: it needn't read its own words.")]
        [SerializeField] private LayerMask leavesOut;

        [Tooltip("A picture was to go with what the player says, and there's none. The text says why; the words go without it.")]
        [SerializeField] private UnityEvent<string> onFailed = new UnityEvent<string>();

        private readonly SnapshotCamera eye = new SnapshotCamera();
        private readonly List<Waiting> waiting = new List<Waiting>();
        private Job job;
        private TaskCompletionSource<byte[]> asked;
        private string warned;
        private bool hasSaidThatItStalls;

        /// <summary>Whose view it is; null for the camera tagged MainCamera.</summary>
        public Camera Source
        {
            get => source;
            set => source = value;
        }

        /// <summary>How wide the picture is, in pixels; from 64 to <see cref="LargestSide"/>.</summary>
        public int Width
        {
            get => width;
            set => width = value;
        }

        /// <summary>How high the picture is, in pixels; from 64 to <see cref="LargestSide"/>.</summary>
        public int Height
        {
            get => height;
            set => height = value;
        }

        /// <summary>How much it shows, upright, in degrees; from 0, for as much as the camera, to 120.</summary>
        public float FieldOfView
        {
            get => fieldOfView;
            set => fieldOfView = value;
        }

        /// <summary>The JPEG's quality to begin with; from 30 to 95.</summary>
        public int Quality
        {
            get => quality;
            set => quality = value;
        }

        /// <summary>Layers that the model doesn't see.</summary>
        public LayerMask LeavesOut
        {
            get => leavesOut;
            set => leavesOut = value;
        }

        /// <summary>A picture was to go with what the player says, and there's none: why.</summary>
        public UnityEvent<string> OnFailed => onFailed;

        /// <summary>Whether a picture is being made.</summary>
        public bool IsCapturing => job != null;

        /// <summary>Makes a picture of what the camera sees now. It's there some frames later.</summary>
        /// <returns>The JPEG file. One that is being made already is given to this caller as well. Cancelled when the component is disabled.</returns>
        /// <exception cref="InvalidOperationException">There can't be a picture; the message says why and what to do.</exception>
        public Task<byte[]> CaptureAsync()
        {
            if (job == null)
            {
                string problem = Begin(LimitsOf(LoquentClient.Find(this)));
                if (problem != null)
                {
                    return Task.FromException<byte[]>(new InvalidOperationException(problem));
                }
            }

            asked = asked ?? new TaskCompletionSource<byte[]>();
            return asked.Task;
        }

        /// <summary>
        /// Says something to an NPC, with a picture of what the camera sees now, as soon as that is there. Without a picture it's said all the same, and the log tells why
        /// there's none. What is said to the same NPC meanwhile takes the place of this.
        /// </summary>
        /// <param name="npc">To whom.</param>
        /// <param name="text">What the player says.</param>
        /// <exception cref="ArgumentNullException"><paramref name="npc"/> or <paramref name="text"/> is null.</exception>
        public void Say(Npc npc, string text)
        {
            if (npc == null)
            {
                throw new ArgumentNullException(nameof(npc));
            }

            if (text == null)
            {
                throw new ArgumentNullException(nameof(text));
            }

            string problem = job != null ? null : Begin(LimitsOf(npc.Client != null ? npc.Client : LoquentClient.Find(npc)));
            if (problem != null)
            {
                Report(problem);
                npc.Say(text);
                return;
            }

            waiting.RemoveAll(one => one.Npc == npc);
            waiting.Add(new Waiting(npc, text));
        }

        private void Update()
        {
            if (job == null)
            {
                return;
            }

            if (job.Encoding == null)
            {
                if (++job.Frames > MostFrames)
                {
                    Fail("the GPU hasn't given the picture back for " + MostFrames + " frames. Try again; if it goes on so, this device can't do it.");
                }
            }
            else if (job.Encoding.IsCompleted)
            {
                Task<byte[]> encoding = job.Encoding;
                if (encoding.Status != TaskStatus.RanToCompletion)
                {
                    Fail("the picture can't be encoded: " + encoding.Exception.GetBaseException().Message);
                }
                else if (encoding.Result == null)
                {
                    Fail("even the smallest picture is larger than the " + job.MostBytes + " bytes that the server takes. Raise its setting image_bytes.");
                }
                else
                {
                    Finish(encoding.Result);
                }
            }
        }

        private void OnDisable()
        {
            Drop();
            eye.Destroy(); // here, since the Editor may load its code anew without destroying this, and nobody would know the hidden camera then
        }

        /// <summary>Renders the picture and has it read back.</summary>
        /// <returns>Why that can't be; null if it can.</returns>
        private string Begin(Limits limits)
        {
            Camera camera = source != null ? source : Camera.main;
            if (!isActiveAndEnabled)
            {
                return "it's disabled, so it takes no picture. Enable it.";
            }

            if (limits != null && limits.Images == 0)
            {
                return "the server's model sees nothing, so it gets no picture. Start the server with a model that sees, or remove this component.";
            }

            if (camera == null)
            {
                return "there's no camera to look through. Tag the player's camera MainCamera, or give the component one.";
            }

            if (SystemInfo.graphicsDeviceType == GraphicsDeviceType.Null)
            {
                return "there's no graphics device, as with -nographics, so there's no picture.";
            }

            RenderTexture rendered = eye.Render(
                camera, Clamped(width), Clamped(height), Mathf.Clamp(fieldOfView, 0, 120), leavesOut);
            job = new Job(rendered.width, rendered.height, Mathf.Clamp(quality, JpegFitter.LeastQuality, 95), MostBytes(limits));
            if (SystemInfo.supportsAsyncGPUReadback)
            {
                Job mine = job;
                AsyncGPUReadback.Request(rendered, 0, TextureFormat.RGBA32, request => Take(request, rendered, mine));
            }
            else
            {
                ReadNow(rendered);
            }

            return null;
        }

        private void Take(AsyncGPUReadbackRequest request, RenderTexture rendered, Job whose)
        {
            RenderTexture.ReleaseTemporary(rendered);
            if (whose != job)
            {
                return; // it came too late, or the component is gone
            }

            if (request.hasError)
            {
                Fail("the GPU couldn't give the picture back. Try again; if it goes on so, this device can't do it.");
                return;
            }

            // The request's own memory is only there in this frame.
            var pixels = new byte[whose.Width * whose.Height * 4];
            request.GetData<byte>().CopyTo(pixels);
            whose.Encode(pixels);
        }

        private void ReadNow(RenderTexture rendered)
        {
            if (!hasSaidThatItStalls)
            {
                hasSaidThatItStalls = true;
                Log.Warning(
                    this, "this graphics device can't give pictures back without waiting for them, so the game stands still for some milliseconds with each one. Take few.");
            }

            RenderTexture before = RenderTexture.active;
            RenderTexture.active = rendered;
            var copy = new Texture2D(rendered.width, rendered.height, TextureFormat.RGBA32, false);
            copy.ReadPixels(new Rect(0, 0, rendered.width, rendered.height), 0, 0);
            RenderTexture.active = before;
            RenderTexture.ReleaseTemporary(rendered);
            job.Encode(copy.GetRawTextureData());
            Destroy(copy);
        }

        private void Finish(byte[] file)
        {
            TaskCompletionSource<byte[]> told = End(out Waiting[] said);
            foreach (Waiting one in said)
            {
                if (one.Npc != null)
                {
                    one.Npc.Say(one.Text, new[] { file });
                }
            }

            told?.TrySetResult(file);
        }

        private void Fail(string why)
        {
            TaskCompletionSource<byte[]> told = End(out Waiting[] said);
            if (said.Length > 0)
            {
                Report(why);
            }

            SayWithout(said);
            told?.TrySetException(new InvalidOperationException(why));
        }

        private void Drop()
        {
            TaskCompletionSource<byte[]> told = End(out Waiting[] said);
            SayWithout(said);
            told?.TrySetCanceled();
        }

        /// <summary>Lets go of the picture that is being made, before anybody is told: who is told may ask for another one.</summary>
        private TaskCompletionSource<byte[]> End(out Waiting[] said)
        {
            TaskCompletionSource<byte[]> told = asked;
            said = waiting.ToArray();
            waiting.Clear();
            asked = null;
            job = null;
            return told;
        }

        private static void SayWithout(Waiting[] said)
        {
            foreach (Waiting one in said)
            {
                if (one.Npc != null && one.Npc.isActiveAndEnabled && !LoquentClient.IsQuitting)
                {
                    one.Npc.Say(one.Text);
                }
            }
        }

        /// <summary>Tells why there's no picture: in the log once, as long as it's the same.</summary>
        private void Report(string why)
        {
            if (warned != why)
            {
                warned = why;
                Log.Warning(this, why);
            }

            Raise.Event(this, onFailed, why);
        }

        private static Limits LimitsOf(LoquentClient client)
        {
            return client == null ? null : client.Session?.Limits;
        }

        private static int Clamped(int side)
        {
            return Mathf.Clamp(side, JpegFitter.LeastSide, LargestSide);
        }

        private static long MostBytes(Limits limits)
        {
            long message = (limits?.MessageBytes ?? long.MaxValue) - MessageRest;
            return Math.Min(limits?.ImageBytes ?? UsualImageBytes, message);
        }

        private struct Waiting
        {
            internal readonly Npc Npc;
            internal readonly string Text;

            internal Waiting(Npc npc, string text)
            {
                Npc = npc;
                Text = text;
            }
        }

        /// <summary>A picture that is being made.</summary>
        private sealed class Job
        {
            private readonly int quality;

            internal Job(int width, int height, int quality, long mostBytes)
            {
                Width = width;
                Height = height;
                MostBytes = mostBytes;
                this.quality = quality;
            }

            internal int Width { get; }

            internal int Height { get; }

            internal long MostBytes { get; }

            /// <summary>For how many frames the GPU has had it.</summary>
            internal int Frames { get; set; }

            /// <summary>Null until the pixels are there.</summary>
            internal Task<byte[]> Encoding { get; private set; }

            /// <summary>Begins to encode.</summary>
            /// <param name="pixels">RGBA, the lowest row first, in the colours of the screen.</param>
            internal void Encode(byte[] pixels)
            {
                Encoding = Application.platform == RuntimePlatform.WebGLPlayer
                    ? Task.FromResult(Fit(pixels)) // no threads there
                    : Task.Run(() => Fit(pixels));
            }

            private byte[] Fit(byte[] pixels)
            {
                return JpegFitter.Encode(
                    pixels,
                    Width,
                    Height,
                    quality,
                    MostBytes,
                    (from, wide, high, tried) =>
                        ImageConversion.EncodeArrayToJPG(from, GraphicsFormat.R8G8B8A8_SRGB, (uint)wide, (uint)high, 0, tried));
            }
        }
    }
}
