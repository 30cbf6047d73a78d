using System;
using System.Threading;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>
    /// Drives the engine double from a test: its frames, its time, its ends. Time moves with frames only, so a test is the same each time, however long it takes.
    /// </summary>
    public static class Engine
    {
        /// <summary>What a frame takes unless told: 72 of them are a second, as on a Quest.</summary>
        public const double FrameSeconds = 1 / 72.0;

        /// <summary>How many bytes the last frame took from the garbage collector on the main thread, the double's own included (it takes none in steady state).</summary>
        public static long LastFrameBytes { get; private set; }

        /// <summary>How many frames there have been.</summary>
        public static int Frames => World.Current.Clock.FrameCount;

        /// <summary>How often all objects have been searched for one of a type, which takes the longer the more there are.</summary>
        public static int Searches => World.Current.Objects.Searches;

        /// <summary>The engine's seconds.</summary>
        public static double Seconds => World.Current.Clock.UnscaledTime;

        /// <summary>
        /// Begins Play mode in a new world with an empty scene, on this thread. Static fields of programs stay, as in the Editor without a domain reload, and
        /// the methods marked with RuntimeInitializeOnLoadMethod are called.
        /// </summary>
        public static void Reset()
        {
            World.Begin();
            World.Current.Part<Canvases>();
            World.Current.Part<Cameras>();
            World.Current.Part<TextResources>();
            Startup.Run();
        }

        /// <summary>Begins a world outside of Play mode: of scripts only those with ExecuteAlways are called.</summary>
        public static void ResetToEditMode()
        {
            World.Begin();
            World.Current.IsPlaying = false;
            World.Current.Part<TextResources>();
            World.Current.Part<ApplicationState>().Platform = RuntimePlatform.LinuxEditor;
        }

        /// <summary>Runs one frame.</summary>
        /// <param name="seconds">How long it takes, unscaled.</param>
        public static void Frame(double seconds = FrameSeconds)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            World.Current.Loop.Run(seconds);
            LastFrameBytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Recorder.Note();
        }

        /// <summary>Runs a number of frames.</summary>
        /// <param name="count">How many.</param>
        public static void RunFrames(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Frame();
            }
        }

        /// <summary>Runs frames for so many seconds.</summary>
        /// <param name="seconds">Of the engine's time.</param>
        /// <param name="hertz">How many frames a second has.</param>
        public static void RunFor(double seconds, double hertz = 1 / FrameSeconds)
        {
            int count = (int)Math.Round(seconds * hertz);
            for (int i = 0; i < count; i++)
            {
                Frame(1 / hertz);
            }
        }

        /// <summary>Runs frames until something is so.</summary>
        /// <param name="isSo">Asked after each frame.</param>
        /// <param name="seconds">At most so many of the engine's seconds.</param>
        /// <returns>Whether it came to be so.</returns>
        public static bool RunUntil(Func<bool> isSo, double seconds = 60)
        {
            for (double end = Seconds + seconds; Seconds < end;)
            {
                Frame();
                if (isSo())
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>Runs frames at the pace of real time until something is so: where other threads or a real server take part.</summary>
        /// <param name="isSo">Asked after each frame.</param>
        /// <param name="seconds">At most so many.</param>
        /// <returns>Whether it came to be so.</returns>
        public static bool RunInRealTimeUntil(Func<bool> isSo, double seconds = 30)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            double last = 0;
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                double now = watch.Elapsed.TotalSeconds;
                Frame(Math.Max(now - last, 0.0001));
                last = now;
                if (isSo())
                {
                    return true;
                }

                Thread.Sleep(TimeSpan.FromSeconds(Math.Max(0, FrameSeconds - (watch.Elapsed.TotalSeconds - now))));
            }

            return false;
        }

        /// <summary>Ends Play mode: OnApplicationQuit, Application.quitting, then OnDisable and OnDestroy of everything.</summary>
        public static void Stop()
        {
            if (!World.Exists)
            {
                return;
            }

            Tell(Message.OnApplicationQuit);
            ApplicationState state = World.Current.Part<ApplicationState>();
            Guard(() => state.Quitting?.Invoke());
            state.Ending.Cancel();
            World.Current.Scenes.UnloadAll();
            Guard(() => state.Unloading?.Invoke());
            Recorder.End();
        }

        /// <summary>Pauses the program, or lets it go on: a headset is taken off, and put on again.</summary>
        /// <param name="isPaused">Whether it's paused.</param>
        public static void Pause(bool isPaused) => Tell(Message.OnApplicationPause, isPaused);

        /// <summary>Gives the program the focus, or takes it.</summary>
        /// <param name="hasFocus">Whether it has it.</param>
        public static void Focus(bool hasFocus)
        {
            ApplicationState state = World.Current.Part<ApplicationState>();
            state.IsFocused = hasFocus;
            Tell(Message.OnApplicationFocus, hasFocus);
            Guard(() => state.FocusChanged?.Invoke(hasFocus));
        }

        /// <summary>Calls OnValidate, as the inspector does after a change.</summary>
        /// <param name="script">Whose.</param>
        public static void Validate(MonoBehaviour script) => Messages.Call(script, Message.OnValidate);

        /// <summary>Calls Reset, as the inspector does when the component is added by hand.</summary>
        /// <param name="script">Whose.</param>
        public static void AddedByHand(MonoBehaviour script)
        {
            Messages.Call(script, Message.Reset);
            Validate(script);
        }

        /// <summary>Calls OnDrawGizmosSelected, as the scene view does.</summary>
        /// <param name="script">Whose.</param>
        public static void DrawGizmos(MonoBehaviour script) => Messages.Call(script, Message.OnDrawGizmosSelected);

        private static void Tell(Message message)
        {
            foreach (MonoBehaviour script in World.Current.Objects.All<MonoBehaviour>(typeof(MonoBehaviour), false))
            {
                if (script.IsAlive && script.IsAwake)
                {
                    Messages.Call(script, message);
                }
            }
        }

        private static void Tell(Message message, bool value)
        {
            foreach (MonoBehaviour script in World.Current.Objects.All<MonoBehaviour>(typeof(MonoBehaviour), false))
            {
                if (script.IsAlive && script.IsAwake)
                {
                    Messages.Call(script, message, value);
                }
            }
        }

        private static void Guard(Action action)
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                Debug.LogException(error);
            }
        }
    }
}
