using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.SceneManagement;

namespace Loquent.Double
{
    /// <summary>One loaded scene: its GameObjects without a parent.</summary>
    internal sealed class SceneState
    {
        internal SceneState(int handle, string name)
        {
            Handle = handle;
            Name = name;
        }

        internal int Handle { get; }

        internal string Name { get; set; }

        internal bool IsLoaded { get; set; } = true;

        internal List<GameObject> Roots { get; } = new List<GameObject>();
    }

    /// <summary>The scenes: those that are loaded, those that can be, and the one of objects that outlive their scene.</summary>
    internal sealed class Scenes
    {
        private readonly List<SceneState> loaded = new List<SceneState>();
        private readonly List<Loading> asked = new List<Loading>();
        private int lastHandle;

        internal event UnityAction<Scene, LoadSceneMode> Loaded;

        internal event UnityAction<Scene> Unloaded;

        internal event UnityAction<Scene, Scene> ActiveChanged;

        /// <summary>What a scene's name stands for: what builds its objects.</summary>
        internal Dictionary<string, Action> Builds { get; } = new Dictionary<string, Action>();

        internal List<string> BuildOrder { get; } = new List<string>();

        internal SceneState Active { get; private set; }

        internal SceneState Lasting { get; private set; }

        internal IReadOnlyList<SceneState> All => loaded;

        internal void Open()
        {
            Active = Create("Start");
            Lasting = new SceneState(-12, "DontDestroyOnLoad");
        }

        internal SceneState Create(string name)
        {
            lastHandle -= 2;
            var state = new SceneState(lastHandle, name);
            loaded.Add(state);
            return state;
        }

        internal SceneState Find(int handle)
        {
            return handle == Lasting.Handle ? Lasting : loaded.Find(scene => scene.Handle == handle);
        }

        internal SceneState Find(string name)
        {
            return loaded.Find(scene => scene.Name == name);
        }

        internal bool Activate(SceneState state)
        {
            if (state == null || state == Active)
            {
                return state != null;
            }

            SceneState before = Active;
            Active = state;
            Raise(() => ActiveChanged?.Invoke(new Scene(before.Handle), new Scene(state.Handle)));
            return true;
        }

        /// <summary>Loads with the beginning of the next frame, as Unity does.</summary>
        internal AsyncOperation Load(string name, LoadSceneMode mode)
        {
            if (!Builds.ContainsKey(name))
            {
                Debug.LogError(
                    "Scene '" + name + "' couldn't be loaded because it has not been added to the build settings or the AssetBundle has not been loaded.");
                return null;
            }

            if (asked.Count == 0)
            {
                World.Current.Loop.FrameBegins += LoadAsked;
            }

            var loading = new Loading { Name = name, Mode = mode };
            asked.Add(loading);
            return loading.Operation;
        }

        internal void Unload(SceneState state)
        {
            state.IsLoaded = false;
            DestroyAll(state);
            loaded.Remove(state);
            Raise(() => Unloaded?.Invoke(new Scene(state.Handle)));
        }

        /// <summary>Destroys everything, as when Play mode ends.</summary>
        internal void UnloadAll()
        {
            foreach (SceneState state in loaded.ToArray())
            {
                DestroyAll(state);
            }

            DestroyAll(Lasting);
        }

        private static void DestroyAll(SceneState state)
        {
            GameObject[] roots = state.Roots.ToArray();
            foreach (GameObject root in roots)
            {
                Lifecycle.Destroy(root);
            }

            if (state.Roots.Count > 0)
            {
                Debug.LogError(
                    "Some objects were not cleaned up when closing the scene. (Did you spawn new GameObjects from OnDestroy?)\nThe following scene GameObjects "
                    + "were found:\n" + string.Join("\n", state.Roots.ConvertAll(root => root.name)));
                foreach (GameObject root in state.Roots.ToArray())
                {
                    Lifecycle.Destroy(root);
                }
            }
        }

        private static void Raise(Action handlers)
        {
            try
            {
                handlers();
            }
            catch (Exception error)
            {
                Debug.LogException(error);
            }
        }

        private void LoadAsked()
        {
            World.Current.Loop.FrameBegins -= LoadAsked;
            Loading[] due = asked.ToArray();
            asked.Clear();
            foreach (Loading loading in due)
            {
                SceneState[] before = loaded.ToArray();
                SceneState state = Create(loading.Name);
                if (loading.Mode == LoadSceneMode.Single)
                {
                    foreach (SceneState old in before)
                    {
                        Unload(old);
                    }

                    Activate(state);
                }

                World.Current.Clock.LevelLoaded = World.Current.Clock.Time;
                SceneState active = Active;
                Active = state; // what is built goes there
                World.Current.HoldsWaking = true;
                Raise(Builds[loading.Name]);
                World.Current.HoldsWaking = false;
                Active = active;
                Lifecycle.WakeUp(state);
                Raise(() => Loaded?.Invoke(new Scene(state.Handle), loading.Mode));
                loading.Operation.Finish();
            }
        }

        private sealed class Loading
        {
            internal string Name;
            internal LoadSceneMode Mode;
            internal readonly AsyncOperation Operation = new AsyncOperation();
        }
    }
}
