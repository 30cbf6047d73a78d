using System.Collections.Generic;
using Loquent.Double;
using UnityEngine.Events;

namespace UnityEngine.SceneManagement
{
    public enum LoadSceneMode
    {
        Single = 0,
        Additive = 1,
    }

    /// <summary>A scene, by its handle.</summary>
    public struct Scene
    {
        private readonly int m_Handle;

        internal Scene(int handle) => m_Handle = handle;

#if !UNITY_6000_0_OR_NEWER
        public int handle => m_Handle;
#endif

        public string name => State == null ? string.Empty : State.Name;

        public string path => name;

        public bool isLoaded => State != null && State.IsLoaded;

        public int rootCount => State == null ? 0 : State.Roots.Count;

        internal SceneState State => m_Handle == 0 ? null : World.Current.Scenes.Find(m_Handle);

        public static bool operator ==(Scene lhs, Scene rhs) => lhs.m_Handle == rhs.m_Handle;

        public static bool operator !=(Scene lhs, Scene rhs) => lhs.m_Handle != rhs.m_Handle;

        public bool IsValid() => State != null;

        public GameObject[] GetRootGameObjects() => State.Roots.ToArray();

        public void GetRootGameObjects(List<GameObject> rootGameObjects)
        {
            rootGameObjects.Clear();
            rootGameObjects.AddRange(State.Roots);
        }

        public override int GetHashCode() => m_Handle;

        public override bool Equals(object other) => other is Scene && this == (Scene)other;
    }

    /// <summary>Loads and unloads scenes. A test says with Engine.AddScene what they hold.</summary>
    public class SceneManager
    {
        public static event UnityAction<Scene, LoadSceneMode> sceneLoaded
        {
            add => World.Current.Scenes.Loaded += value;
            remove => World.Current.Scenes.Loaded -= value;
        }

        public static event UnityAction<Scene> sceneUnloaded
        {
            add => World.Current.Scenes.Unloaded += value;
            remove => World.Current.Scenes.Unloaded -= value;
        }

        public static event UnityAction<Scene, Scene> activeSceneChanged
        {
            add => World.Current.Scenes.ActiveChanged += value;
            remove => World.Current.Scenes.ActiveChanged -= value;
        }

        public static int sceneCount => World.Current.Scenes.All.Count;

        public static Scene GetActiveScene() => new Scene(World.Current.Scenes.Active.Handle);

        public static bool SetActiveScene(Scene scene) => World.Current.Scenes.Activate(scene.State);

        public static Scene GetSceneAt(int index) => new Scene(World.Current.Scenes.All[index].Handle);

        public static Scene GetSceneByName(string name)
        {
            SceneState found = World.Current.Scenes.Find(name);
            return found == null ? default(Scene) : new Scene(found.Handle);
        }

        public static Scene CreateScene(string sceneName) => new Scene(World.Current.Scenes.Create(sceneName).Handle);

        public static void LoadScene(string sceneName) => LoadScene(sceneName, LoadSceneMode.Single);

        public static void LoadScene(string sceneName, LoadSceneMode mode) => World.Current.Scenes.Load(sceneName, mode);

        public static void LoadScene(int sceneBuildIndex) => LoadScene(World.Current.Scenes.BuildOrder[sceneBuildIndex]);

        public static AsyncOperation LoadSceneAsync(string sceneName) => LoadSceneAsync(sceneName, LoadSceneMode.Single);

        public static AsyncOperation LoadSceneAsync(string sceneName, LoadSceneMode mode) => World.Current.Scenes.Load(sceneName, mode);

        public static AsyncOperation UnloadSceneAsync(Scene scene)
        {
            var operation = new AsyncOperation();
            World.Current.Scenes.Unload(scene.State);
            operation.Finish();
            return operation;
        }

        public static AsyncOperation UnloadSceneAsync(string sceneName) => UnloadSceneAsync(GetSceneByName(sceneName));

        public static void MoveGameObjectToScene(GameObject go, Scene scene) => go.MoveTo(scene.State);
    }
}
