using System;
using System.Collections.Generic;
using System.Threading;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>All that one run of the engine holds. Every test has a new one, so that nothing of a test reaches the next.</summary>
    internal sealed class World
    {
        [ThreadStatic]
        private static bool isMainThread;
        private static World current;
        private readonly Dictionary<Type, object> parts = new Dictionary<Type, object>();

        private World()
        {
        }

        internal static World Current => current ?? throw new InvalidOperationException("There is no engine yet: call Engine.Reset() before the test, in SetUp.");

        internal static bool Exists => current != null;

        internal static bool IsMainThread => isMainThread;

        /// <summary>Whether the game runs. False is the Editor outside of Play mode, where only components with ExecuteAlways are called.</summary>
        internal bool IsPlaying { get; set; } = true;

        /// <summary>Whether what is being made belongs to no scene, as a prefab.</summary>
        internal bool MakesAssets { get; set; }

        /// <summary>Whether a scene is being loaded: its objects wake up together, when all are there.</summary>
        internal bool HoldsWaking { get; set; }

        internal Clock Clock { get; } = new Clock();

        internal LogBook Log { get; } = new LogBook();

        internal Registry Objects { get; } = new Registry();

        internal Scenes Scenes { get; } = new Scenes();

        internal PlayerLoop Loop { get; } = new PlayerLoop();

        internal Coroutines Coroutines { get; } = new Coroutines();

        internal DelayedCalls Delayed { get; } = new DelayedCalls();

        internal MainThreadQueue Queue { get; } = new MainThreadQueue();

        internal System.Random Chance { get; set; } = new System.Random(1);

        /// <summary>Forgets the world before, and makes the calling thread the main thread of a new one.</summary>
        internal static World Begin()
        {
            isMainThread = true;
            current = new World();
            current.Scenes.Open();
            SynchronizationContext.SetSynchronizationContext(current.Queue);
            return current;
        }

        internal static void End()
        {
            if (current != null && SynchronizationContext.Current == current.Queue)
            {
                SynchronizationContext.SetSynchronizationContext(null);
            }

            current = null;
        }

        /// <summary>Refuses what Unity refuses: a call from another thread.</summary>
        internal static void RequireMainThread(string member)
        {
            if (!isMainThread)
            {
                throw new UnityException(
                    member + " can only be called from the main thread.\nConstructors and field initializers will be executed from the loading thread when "
                    + "loading a scene.\nDon't use this function in the constructor or field initializers, instead move initialization code to the Awake or "
                    + "Start function.");
            }
        }

        /// <summary>Gives what a part of the engine keeps in this world, made when it's asked for first.</summary>
        internal T Part<T>()
            where T : class, new()
        {
            if (!parts.TryGetValue(typeof(T), out object part))
            {
                part = new T();
                parts.Add(typeof(T), part);
            }

            return (T)part;
        }
    }
}
