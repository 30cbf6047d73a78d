using System;
using System.Collections.Generic;
using Loquent.Double;
using UnityEngine.SceneManagement;

namespace UnityEngine
{
    public enum PrimitiveType
    {
        Sphere = 0,
        Capsule = 1,
        Cylinder = 2,
        Cube = 3,
        Plane = 4,
        Quad = 5,
    }

    /// <summary>Something in a scene: a name, a place and components.</summary>
    public sealed class GameObject : Object
    {
        private static readonly string[] Tags = { "Untagged", "Respawn", "Finish", "EditorOnly", "MainCamera", "Player", "GameController" };
        private string objectTag = "Untagged";
        private Transform place;

        public GameObject()
            : this("New Game Object")
        {
        }

        public GameObject(string name)
        {
            Attach();
            RawName = name;
            IsAsset = World.Current.MakesAssets;
            IsActive = true;
            IsActiveInHierarchy = !IsAsset;
            place = new Transform { Owner = this };
            place.Attach();
            Components.Add(place);
            if (!IsAsset)
            {
                Scene = World.Current.Scenes.Active;
                Scene.Roots.Add(this);
            }
        }

        public GameObject(string name, params Type[] components)
            : this(name)
        {
            foreach (Type type in components)
            {
                AddComponent(type);
            }
        }

        public Transform transform
        {
            get
            {
                Touch();
                return place;
            }
        }

        public GameObject gameObject => this;

        public int layer { get; set; }

        public bool isStatic { get; set; }

        public bool activeSelf => IsActive;

        public bool activeInHierarchy
        {
            get
            {
                Touch();
                return IsActiveInHierarchy;
            }
        }

        public string tag
        {
            get => objectTag;
            set => objectTag = Checked(value);
        }

        public Scene scene => Scene == null ? default(Scene) : new Scene(Scene.Handle);

        internal List<Component> Components { get; } = new List<Component>();

        internal bool IsActive { get; private set; }

        internal bool IsActiveInHierarchy { get; set; }

        /// <summary>Whether it's a prefab or a part of one: in no scene, never awake.</summary>
        internal bool IsAsset { get; set; }

        /// <summary>The scene that it's in; null for a prefab.</summary>
        internal SceneState Scene { get; set; }

        internal GameObject ParentObject => place.ParentOrNull?.Owner;

        public static GameObject CreatePrimitive(PrimitiveType type) => Primitives.Create(type);

        public static GameObject Find(string name)
        {
            string[] path = name.TrimStart('/').Split(new[] { '/' }, 2);
            foreach (GameObject candidate in World.Current.Objects.All<GameObject>(typeof(GameObject), false))
            {
                if (candidate.name == path[0] && (!name.StartsWith("/", StringComparison.Ordinal) || candidate.transform.parent == null))
                {
                    Transform found = path.Length == 1 ? candidate.transform : candidate.transform.Find(path[1]);
                    if (found != null)
                    {
                        return found.gameObject;
                    }
                }
            }

            return null;
        }

        public static GameObject FindWithTag(string tag) => FindGameObjectWithTag(tag);

        public static GameObject FindGameObjectWithTag(string tag)
        {
            GameObject[] found = FindGameObjectsWithTag(tag);
            return found.Length == 0 ? null : found[0];
        }

        public static GameObject[] FindGameObjectsWithTag(string tag)
        {
            Checked(tag);
            return World.Current.Objects.All<GameObject>(typeof(GameObject), false).FindAll(candidate => candidate.tag == tag).ToArray();
        }

        public bool CompareTag(string tag) => objectTag == Checked(tag);

        public void SetActive(bool value)
        {
            Touch();
            if (IsActive != value)
            {
                IsActive = value;
                Lifecycle.ActivityChanged(this);
            }
        }

        public T AddComponent<T>()
            where T : Component => (T)AddComponent(typeof(T));

        public Component AddComponent(Type componentType)
        {
            Touch();
            return Lifecycle.AddComponent(this, componentType);
        }

        public T GetComponent<T>()
        {
            Touch();
            return Find<T>();
        }

        public Component GetComponent(Type type)
        {
            Touch();
            return Find(type);
        }

        public bool TryGetComponent<T>(out T component)
        {
            component = GetComponent<T>();
            return component != null;
        }

        public bool TryGetComponent(Type type, out Component component)
        {
            component = GetComponent(type);
            return component != null;
        }

        public T[] GetComponents<T>()
        {
            var results = new List<T>();
            GetComponents(results);
            return results.ToArray();
        }

        public void GetComponents<T>(List<T> results)
        {
            Touch();
            results.Clear();
            Gather(results);
        }

        public Component[] GetComponents(Type type)
        {
            Touch();
            return Components.FindAll(type.IsInstanceOfType).ToArray();
        }

        public T GetComponentInChildren<T>() => GetComponentInChildren<T>(false);

        public T GetComponentInChildren<T>(bool includeInactive)
        {
            Touch();
            return FindBelow<T>(includeInactive);
        }

        public Component GetComponentInChildren(Type type) => GetComponentInChildren(type, false);

        public Component GetComponentInChildren(Type type, bool includeInactive)
        {
            Component[] all = GetComponentsInChildren(type, includeInactive);
            return all.Length == 0 ? null : all[0];
        }

        public T[] GetComponentsInChildren<T>() => GetComponentsInChildren<T>(false);

        public T[] GetComponentsInChildren<T>(bool includeInactive)
        {
            var results = new List<T>();
            GetComponentsInChildren(includeInactive, results);
            return results.ToArray();
        }

        public void GetComponentsInChildren<T>(List<T> results) => GetComponentsInChildren(false, results);

        public void GetComponentsInChildren<T>(bool includeInactive, List<T> results)
        {
            Touch();
            results.Clear();
            GatherBelow(includeInactive, results);
        }

        public Component[] GetComponentsInChildren(Type type) => GetComponentsInChildren(type, false);

        public Component[] GetComponentsInChildren(Type type, bool includeInactive) =>
            Array.FindAll(GetComponentsInChildren<Component>(includeInactive), type.IsInstanceOfType);

        public T GetComponentInParent<T>() => GetComponentInParent<T>(false);

        public T GetComponentInParent<T>(bool includeInactive)
        {
            Touch();
            for (GameObject one = this; !ReferenceEquals(one, null); one = one.ParentObject)
            {
                if (includeInactive || one.IsActiveInHierarchy)
                {
                    T found = one.Find<T>();
                    if (found != null)
                    {
                        return found;
                    }
                }
            }

            return default(T);
        }

        public Component GetComponentInParent(Type type) => GetComponentInParent(type, false);

        public Component GetComponentInParent(Type type, bool includeInactive)
        {
            Touch();
            for (GameObject one = this; !ReferenceEquals(one, null); one = one.ParentObject)
            {
                Component found = includeInactive || one.IsActiveInHierarchy ? one.Find(type) : null;
                if (found != null)
                {
                    return found;
                }
            }

            return null;
        }

        public T[] GetComponentsInParent<T>() => GetComponentsInParent<T>(false);

        public T[] GetComponentsInParent<T>(bool includeInactive)
        {
            var results = new List<T>();
            GetComponentsInParent(includeInactive, results);
            return results.ToArray();
        }

        public void GetComponentsInParent<T>(bool includeInactive, List<T> results)
        {
            Touch();
            results.Clear();
            for (GameObject one = this; !ReferenceEquals(one, null); one = one.ParentObject)
            {
                if (includeInactive || one.IsActiveInHierarchy)
                {
                    one.Gather(results);
                }
            }
        }

        public void SendMessage(string methodName) => SendMessage(methodName, null, SendMessageOptions.RequireReceiver);

        public void SendMessage(string methodName, SendMessageOptions options) => SendMessage(methodName, null, options);

        public void SendMessage(string methodName, object value) => SendMessage(methodName, value, SendMessageOptions.RequireReceiver);

        public void SendMessage(string methodName, object value, SendMessageOptions options)
        {
            Touch();
            bool received = false;
            foreach (MonoBehaviour script in GetComponents<MonoBehaviour>())
            {
                Type[] parameters = value == null ? Type.EmptyTypes : new[] { value.GetType() };
                System.Reflection.MethodInfo method = Methods.Find(script.GetType(), methodName, parameters)
                    ?? Methods.Find(script.GetType(), methodName, Type.EmptyTypes);
                if (method != null && IsActiveInHierarchy)
                {
                    received = true;
                    Methods.Call(script, method, method.GetParameters().Length == 0 ? new object[0] : new[] { value });
                }
            }

            if (!received && options == SendMessageOptions.RequireReceiver)
            {
                Debug.LogError("SendMessage " + methodName + " has no receiver!", this);
            }
        }

        internal T Find<T>()
        {
            for (int i = 0; i < Components.Count; i++)
            {
                if (Components[i] is T found)
                {
                    return found;
                }
            }

            return default(T);
        }

        internal Component Find(Type type)
        {
            for (int i = 0; i < Components.Count; i++)
            {
                if (type.IsInstanceOfType(Components[i]))
                {
                    return Components[i];
                }
            }

            return null;
        }

        /// <summary>Replaces its Transform by a RectTransform, which keeps place, parent and children.</summary>
        internal Transform ReplaceTransform()
        {
            Transform old = place;
            if (old is RectTransform)
            {
                return old;
            }

            place = new RectTransform { Owner = this };
            place.Attach();
            Components[Components.IndexOf(old)] = place;
            place.TakeOver(old);
            old.Detach();
            return place;
        }

        internal void MoveTo(SceneState to)
        {
            Scene?.Roots.Remove(this);
            to.Roots.Add(this);
            SetScene(to);
        }

        internal void SetScene(SceneState to)
        {
            Scene = to;
            foreach (Transform child in place.Children)
            {
                child.Owner.SetScene(to);
            }
        }

        internal void SetActiveBeforeWaking(bool active) => IsActive = active;

        private static string Checked(string tag)
        {
            return Array.IndexOf(Tags, tag) >= 0 ? tag : throw new UnityException("Tag: " + tag + " is not defined.");
        }

        private T FindBelow<T>(bool includeInactive)
        {
            if (includeInactive || IsActiveInHierarchy)
            {
                T found = Find<T>();
                if (found != null)
                {
                    return found;
                }
            }

            for (int i = 0; i < place.Children.Count; i++)
            {
                T found = place.Children[i].Owner.FindBelow<T>(includeInactive);
                if (found != null)
                {
                    return found;
                }
            }

            return default(T);
        }

        private void Gather<T>(List<T> results)
        {
            for (int i = 0; i < Components.Count; i++)
            {
                if (Components[i] is T found)
                {
                    results.Add(found);
                }
            }
        }

        private void GatherBelow<T>(bool includeInactive, List<T> results)
        {
            if (includeInactive || IsActiveInHierarchy)
            {
                Gather(results);
            }

            for (int i = 0; i < place.Children.Count; i++)
            {
                place.Children[i].Owner.GatherBelow(includeInactive, results);
            }
        }
    }
}
