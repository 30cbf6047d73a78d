using System;
using System.Collections.Generic;
using Loquent.Double;
using Unity.Collections;
using UnityEngine.Experimental.Rendering;

namespace UnityEngine.Experimental.Rendering
{
    public enum GraphicsFormat
    {
        None = 0,
        R8G8B8_SRGB = 3,
        R8G8B8A8_SRGB = 4,
        R8G8B8_UNorm = 7,
        R8G8B8A8_UNorm = 8,
        B8G8R8A8_SRGB = 57,
        B8G8R8A8_UNorm = 59,
    }
}

namespace UnityEngine.Rendering
{
    /// <summary>Reads pixels back without waiting for the graphics card: the answer comes some frames later.</summary>
    public static class AsyncGPUReadback
    {
        public static AsyncGPUReadbackRequest Request(Texture src, int mipIndex = 0, Action<AsyncGPUReadbackRequest> callback = null) =>
            Request(src, mipIndex, TextureFormat.RGBA32, callback);

        public static AsyncGPUReadbackRequest Request(
            Texture src, int mipIndex, TextureFormat dstFormat, Action<AsyncGPUReadbackRequest> callback = null) =>
            World.Current.Part<Readbacks>().Ask(src, dstFormat == TextureFormat.RGB24 ? 3 : 4, callback);

        public static AsyncGPUReadbackRequest Request(
            Texture src, int mipIndex, GraphicsFormat dstFormat, Action<AsyncGPUReadbackRequest> callback = null) =>
            World.Current.Part<Readbacks>().Ask(src, dstFormat == GraphicsFormat.R8G8B8_SRGB || dstFormat == GraphicsFormat.R8G8B8_UNorm ? 3 : 4, callback);

        public static void WaitAllRequests() => World.Current.Part<Readbacks>().FinishAll();
    }

    public struct AsyncGPUReadbackRequest
    {
        private readonly Readback m_State;

        internal AsyncGPUReadbackRequest(Readback state) => m_State = state;

        public bool done => m_State == null || m_State.IsDone;

        public bool hasError => m_State == null || m_State.HasFailed;

        public int width => m_State.Width;

        public int height => m_State.Height;

        public int layerCount => 1;

        public int layerDataSize => m_State.Width * m_State.Height * m_State.BytesPerPixel;

        /// <summary>Waits for the graphics card.</summary>
        public void WaitForCompletion()
        {
            World.Current.Part<GraphicsCard>().Stalls++;
            m_State.Finish();
        }

        public void Update()
        {
        }

        /// <summary>Valid until the next frame begins.</summary>
        public NativeArray<T> GetData<T>(int layer = 0)
            where T : struct
        {
            if (!done || hasError)
            {
                throw new InvalidOperationException("Cannot access the data as it is not available");
            }

            if (World.Current.Clock.FrameCount > m_State.DoneInFrame)
            {
                throw new InvalidOperationException("AsyncGPUReadbackRequest data is valid for one frame only: it has been disposed.");
            }

            return m_State.Data<T>();
        }
    }
}

namespace Loquent.Double
{
    /// <summary>One request for pixels.</summary>
    internal sealed class Readback
    {
        private readonly UnityEngine.Texture source;
        private readonly Action<UnityEngine.Rendering.AsyncGPUReadbackRequest> callback;
        private readonly UnityEngine.Color32[] pixels;
        private readonly List<Action> frees = new List<Action>();

        internal Readback(UnityEngine.Texture source, int bytesPerPixel, Action<UnityEngine.Rendering.AsyncGPUReadbackRequest> callback)
        {
            this.source = source;
            this.callback = callback;
            BytesPerPixel = bytesPerPixel;
            Width = source.width;
            Height = source.height;
            DueInFrame = World.Current.Clock.FrameCount + World.Current.Part<GraphicsCard>().Latency;
            pixels = (UnityEngine.Color32[])source.Pixels.Clone();
        }

        internal int Width { get; }

        internal int Height { get; }

        internal int BytesPerPixel { get; }

        internal int DueInFrame { get; }

        internal int DoneInFrame { get; private set; }

        internal bool IsDone { get; private set; }

        internal bool HasFailed { get; private set; }

        internal void Finish()
        {
            if (IsDone)
            {
                return;
            }

            IsDone = true;
            HasFailed = source == null; // destroyed meanwhile
            DoneInFrame = World.Current.Clock.FrameCount;
            try
            {
                callback?.Invoke(new UnityEngine.Rendering.AsyncGPUReadbackRequest(this));
            }
            catch (Exception error)
            {
                UnityEngine.Debug.LogException(error);
            }
        }

        internal NativeArray<T> Data<T>()
            where T : struct
        {
            object data = typeof(T) == typeof(UnityEngine.Color32) ? (object)pixels : Bytes();
            var block = new NativeBlock<T>((T[])data, false);
            frees.Add(block.Free);
            return new NativeArray<T>(block);
        }

        internal void Forget()
        {
            foreach (Action free in frees)
            {
                free();
            }
        }

        private byte[] Bytes()
        {
            var bytes = new byte[pixels.Length * BytesPerPixel];
            for (int i = 0; i < pixels.Length; i++)
            {
                for (int channel = 0; channel < BytesPerPixel; channel++)
                {
                    bytes[(i * BytesPerPixel) + channel] = pixels[i][channel];
                }
            }

            return bytes;
        }
    }

    /// <summary>The requests that are under way.</summary>
    internal sealed class Readbacks
    {
        private readonly List<Readback> pending = new List<Readback>();
        private readonly List<Readback> done = new List<Readback>();

        public Readbacks()
        {
            World.Current.Loop.FrameBegins += Run;
        }

        internal UnityEngine.Rendering.AsyncGPUReadbackRequest Ask(
            UnityEngine.Texture source, int bytesPerPixel, Action<UnityEngine.Rendering.AsyncGPUReadbackRequest> callback)
        {
            World.RequireMainThread("Request");
            var state = new Readback(source, bytesPerPixel, callback);
            pending.Add(state);
            return new UnityEngine.Rendering.AsyncGPUReadbackRequest(state);
        }

        internal void FinishAll()
        {
            World.Current.Part<GraphicsCard>().Stalls++;
            foreach (Readback one in pending.ToArray())
            {
                one.Finish();
            }
        }

        private void Run()
        {
            done.ForEach(one => one.Forget());
            done.Clear();
            foreach (Readback one in pending.ToArray())
            {
                if (one.IsDone || one.DueInFrame <= World.Current.Clock.FrameCount)
                {
                    pending.Remove(one);
                    one.Finish();
                    done.Add(one);
                }
            }
        }
    }
}
