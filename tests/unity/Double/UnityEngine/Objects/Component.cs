using System;
using System.Collections.Generic;

namespace UnityEngine
{
    public enum SendMessageOptions
    {
        RequireReceiver = 0,
        DontRequireReceiver = 1,
    }

    /// <summary>A part of a GameObject.</summary>
    public class Component : Object
    {
        public GameObject gameObject
        {
            get
            {
                Touch();
                return Owner;
            }
        }

        public Transform transform
        {
            get
            {
                Touch();
                return Owner.transform;
            }
        }

        public string tag
        {
            get => gameObject.tag;
            set => gameObject.tag = value;
        }

        internal GameObject Owner { get; set; }

        internal override string RawName
        {
            get => Owner.RawName;
            set => Owner.RawName = value;
        }

        public bool CompareTag(string tag) => gameObject.CompareTag(tag);

        public T GetComponent<T>() => gameObject.GetComponent<T>();

        public Component GetComponent(Type type) => gameObject.GetComponent(type);

        public bool TryGetComponent<T>(out T component) => gameObject.TryGetComponent(out component);

        public bool TryGetComponent(Type type, out Component component) => gameObject.TryGetComponent(type, out component);

        public T[] GetComponents<T>() => gameObject.GetComponents<T>();

        public void GetComponents<T>(List<T> results) => gameObject.GetComponents(results);

        public Component[] GetComponents(Type type) => gameObject.GetComponents(type);

        public T GetComponentInChildren<T>() => gameObject.GetComponentInChildren<T>();

        public T GetComponentInChildren<T>(bool includeInactive) => gameObject.GetComponentInChildren<T>(includeInactive);

        public Component GetComponentInChildren(Type t) => gameObject.GetComponentInChildren(t);

        public Component GetComponentInChildren(Type t, bool includeInactive) => gameObject.GetComponentInChildren(t, includeInactive);

        public T[] GetComponentsInChildren<T>() => gameObject.GetComponentsInChildren<T>();

        public T[] GetComponentsInChildren<T>(bool includeInactive) => gameObject.GetComponentsInChildren<T>(includeInactive);

        public void GetComponentsInChildren<T>(List<T> results) => gameObject.GetComponentsInChildren(results);

        public void GetComponentsInChildren<T>(bool includeInactive, List<T> result) => gameObject.GetComponentsInChildren(includeInactive, result);

        public T GetComponentInParent<T>() => gameObject.GetComponentInParent<T>();

        public T GetComponentInParent<T>(bool includeInactive) => gameObject.GetComponentInParent<T>(includeInactive);

        public Component GetComponentInParent(Type t) => gameObject.GetComponentInParent(t);

        public T[] GetComponentsInParent<T>() => gameObject.GetComponentsInParent<T>();

        public T[] GetComponentsInParent<T>(bool includeInactive) => gameObject.GetComponentsInParent<T>(includeInactive);

        public void GetComponentsInParent<T>(bool includeInactive, List<T> results) => gameObject.GetComponentsInParent(includeInactive, results);

        public void SendMessage(string methodName) => gameObject.SendMessage(methodName);

        public void SendMessage(string methodName, object value) => gameObject.SendMessage(methodName, value);

        public void SendMessage(string methodName, SendMessageOptions options) => gameObject.SendMessage(methodName, options);

        public void SendMessage(string methodName, object value, SendMessageOptions options) => gameObject.SendMessage(methodName, value, options);

        /// <summary>It has its GameObject now.</summary>
        internal virtual void WhenAttached()
        {
        }

        internal virtual void WhenDestroyed()
        {
        }

        /// <summary>It's the copy of another component: its fields are filled.</summary>
        internal virtual void WhenCloned()
        {
        }
    }
}
