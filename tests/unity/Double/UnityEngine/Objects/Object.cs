using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Loquent.Double;

namespace UnityEngine
{
    [Flags]
    public enum HideFlags
    {
        None = 0,
        HideInHierarchy = 1,
        HideInInspector = 2,
        DontSaveInEditor = 4,
        NotEditable = 8,
        DontSaveInBuild = 16,
        DontUnloadUnusedAsset = 32,
        DontSave = 52,
        HideAndDontSave = 61,
    }

    public enum FindObjectsInactive
    {
        Exclude = 0,
        Include = 1,
    }

    public enum FindObjectsSortMode
    {
        None = 0,
        InstanceID = 1,
    }

    /// <summary>What the engine keeps. A destroyed one equals null, and so does one that a program made with new though it mustn't.</summary>
    public class Object
    {
        private string objectName = string.Empty;
        private HideFlags flags;
        private int id;

        public string name
        {
            get
            {
                Touch();
                return RawName;
            }

            set
            {
                Touch();
                RawName = value;
            }
        }

        public HideFlags hideFlags
        {
            get => flags;
            set => flags = value;
        }

        /// <summary>Whether the engine has it.</summary>
        internal bool IsAlive { get; private set; }

        /// <summary>Whether it's being destroyed.</summary>
        internal bool IsEnding { get; set; }

        /// <summary>The name that is shown; a component's is its GameObject's.</summary>
        internal virtual string RawName
        {
            get => objectName;
            set => objectName = value;
        }

        public static implicit operator bool(Object exists) => !IsNull(exists);

        public static bool operator ==(Object x, Object y) =>
            IsNull(x) ? IsNull(y) : !IsNull(y) && ReferenceEquals(x, y);

        public static bool operator !=(Object x, Object y) => !(x == y);

        public static void Destroy(Object obj) => Destroy(obj, 0);

        public static void Destroy(Object obj, float t)
        {
            World.RequireMainThread(nameof(Destroy));
            if (IsNull(obj))
            {
                return;
            }

            if (!World.Current.IsPlaying)
            {
                Debug.LogError("Destroy may not be called from edit mode! Use DestroyImmediate instead.\nDestroying an object in edit mode destroys it permanently.");
            }
            else if (Lifecycle.MayDestroy(obj))
            {
                World.Current.Delayed.Destroy(obj, t);
            }
        }

        public static void DestroyImmediate(Object obj) => DestroyImmediate(obj, false);

        public static void DestroyImmediate(Object obj, bool allowDestroyingAssets)
        {
            World.RequireMainThread(nameof(DestroyImmediate));
            if (!IsNull(obj) && Lifecycle.MayDestroy(obj))
            {
                Lifecycle.Destroy(obj);
            }
        }

        public static void DontDestroyOnLoad(Object target)
        {
            World.RequireMainThread(nameof(DontDestroyOnLoad));
            var owner = target as GameObject;
            owner = ReferenceEquals(owner, null) ? (target as Component)?.Owner : owner;
            if (ReferenceEquals(owner, null) || owner.IsAsset)
            {
                return;
            }

            if (!ReferenceEquals(owner.transform.ParentOrNull, null))
            {
                Debug.LogWarning("DontDestroyOnLoad only works for root GameObjects or components on root GameObjects.");
                return;
            }

            owner.MoveTo(World.Current.Scenes.Lasting);
        }

        public static Object Instantiate(Object original) => Cloner.Clone(original, null, false);

        public static Object Instantiate(Object original, Transform parent) => Cloner.Clone(original, parent, false);

        public static Object Instantiate(Object original, Transform parent, bool instantiateInWorldSpace) =>
            Cloner.Clone(original, parent, instantiateInWorldSpace);

        public static Object Instantiate(Object original, Vector3 position, Quaternion rotation) => Cloner.Clone(original, null, position, rotation);

        public static Object Instantiate(Object original, Vector3 position, Quaternion rotation, Transform parent) =>
            Cloner.Clone(original, parent, position, rotation);

        public static T Instantiate<T>(T original)
            where T : Object => (T)Cloner.Clone(original, null, false);

        public static T Instantiate<T>(T original, Transform parent)
            where T : Object => (T)Cloner.Clone(original, parent, false);

        public static T Instantiate<T>(T original, Transform parent, bool worldPositionStays)
            where T : Object => (T)Cloner.Clone(original, parent, worldPositionStays);

        public static T Instantiate<T>(T original, Vector3 position, Quaternion rotation)
            where T : Object => (T)Cloner.Clone(original, null, position, rotation);

        public static T Instantiate<T>(T original, Vector3 position, Quaternion rotation, Transform parent)
            where T : Object => (T)Cloner.Clone(original, parent, position, rotation);

        public static T[] FindObjectsByType<T>(FindObjectsSortMode sortMode)
            where T : Object => FindObjectsByType<T>(FindObjectsInactive.Exclude, sortMode);

        public static T[] FindObjectsByType<T>(FindObjectsInactive findObjectsInactive, FindObjectsSortMode sortMode)
            where T : Object => Found<T>(findObjectsInactive).ToArray();

        public static Object[] FindObjectsByType(Type type, FindObjectsSortMode sortMode) =>
            FindObjectsByType(type, FindObjectsInactive.Exclude, sortMode);

        public static Object[] FindObjectsByType(Type type, FindObjectsInactive findObjectsInactive, FindObjectsSortMode sortMode) =>
            World.Current.Objects.All<Object>(type, findObjectsInactive == FindObjectsInactive.Include).ToArray();

        public static T FindFirstObjectByType<T>()
            where T : Object => FindFirstObjectByType<T>(FindObjectsInactive.Exclude);

        public static T FindFirstObjectByType<T>(FindObjectsInactive findObjectsInactive)
            where T : Object
        {
            World.Current.Objects.Searches++;
            return First(Found<T>(findObjectsInactive));
        }

        public static T FindAnyObjectByType<T>()
            where T : Object => FindFirstObjectByType<T>();

        public static T FindAnyObjectByType<T>(FindObjectsInactive findObjectsInactive)
            where T : Object => FindFirstObjectByType<T>(findObjectsInactive);

        public int GetInstanceID() => id;

        public override int GetHashCode() => id == 0 ? RuntimeHelpers.GetHashCode(this) : id;

        public override bool Equals(object other)
        {
            var that = other as Object;
            return (other == null || !ReferenceEquals(that, null)) && this == that;
        }

        public override string ToString() => IsNull(this) ? "null" : name + " (" + GetType().FullName + ")";

        /// <summary>Gives it to the engine.</summary>
        internal void Attach()
        {
            World.RequireMainThread(GetType().Name);
            IsAlive = true;
            id = World.Current.Objects.Add(this);
        }

        /// <summary>Takes it from the engine: it equals null from now on.</summary>
        internal void Detach()
        {
            IsAlive = false;
            if (World.Exists)
            {
                World.Current.Objects.Remove(id);
            }
        }

        /// <summary>Refuses what Unity refuses: another thread, and what has been destroyed.</summary>
        internal void Touch([CallerMemberName] string member = null)
        {
            World.RequireMainThread(member);
            if (!IsAlive)
            {
                throw id == 0
                    ? (Exception)new NullReferenceException("A " + GetType().Name + " that was made with new isn't the engine's.")
                    : new MissingReferenceException(
                        "The object of type '" + GetType().Name + "' has been destroyed but you are still trying to access it.\nYour script should either check "
                        + "if it is null or you should not destroy the object.");
            }
        }

        private static bool IsNull(Object one) => ReferenceEquals(one, null) || !one.IsAlive;

        private static List<T> Found<T>(FindObjectsInactive inactive)
            where T : Object
        {
            World.RequireMainThread("FindObjectsByType");
            return World.Current.Objects.All<T>(typeof(T), inactive == FindObjectsInactive.Include);
        }

        private static T First<T>(List<T> found)
            where T : Object => found.Count == 0 ? null : found[0];
    }
}
