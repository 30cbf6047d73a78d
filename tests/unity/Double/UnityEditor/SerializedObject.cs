using System;
using System.Collections.Generic;
using System.Reflection;
using Loquent.Double;

namespace UnityEditor
{
    /// <summary>The serialized fields of an object, to be edited: what is written is in the object when it's applied, as a step that can be undone.</summary>
    public class SerializedObject : IDisposable
    {
        private readonly List<SerializedProperty> handedOut = new List<SerializedProperty>();

        public SerializedObject(UnityEngine.Object obj)
            : this(new[] { obj })
        {
        }

        public SerializedObject(UnityEngine.Object[] objs)
        {
            targetObjects = objs;
            Update();
        }

        public UnityEngine.Object targetObject => targetObjects[0];

        public UnityEngine.Object[] targetObjects { get; }

        public bool isEditingMultipleObjects => targetObjects.Length > 1;

        public void Update() => handedOut.ForEach(one => one.Read());

        public SerializedProperty FindProperty(string propertyPath)
        {
            FieldInfo field = Array.Find(Serialization.FieldsOf(targetObject.GetType()), one => one.Name == propertyPath);
            if (field == null)
            {
                return null;
            }

            var made = new SerializedProperty(targetObject, field);
            handedOut.Add(made);
            return made;
        }

        public bool ApplyModifiedProperties()
        {
            bool hasChanged = false;
            foreach (SerializedProperty one in handedOut)
            {
                hasChanged |= one.Write();
            }

            return hasChanged;
        }

        public void Dispose() => handedOut.Clear();
    }

    public class SerializedProperty
    {
        private readonly UnityEngine.Object owner;
        private readonly FieldInfo field;
        private object value;
        private bool isModified;

        internal SerializedProperty(UnityEngine.Object owner, FieldInfo field)
        {
            this.owner = owner;
            this.field = field;
            Read();
        }

        public string name => field.Name;

        public string stringValue
        {
            get => (string)value;
            set => Set(value);
        }

        public bool boolValue
        {
            get => (bool)value;
            set => Set(value);
        }

        public UnityEngine.Object objectReferenceValue
        {
            get => (UnityEngine.Object)value;
            set => Set(value);
        }

        internal void Read()
        {
            value = field.GetValue(owner);
            isModified = false;
        }

        internal bool Write()
        {
            if (!isModified)
            {
                return false;
            }

            object before = field.GetValue(owner);
            Undoing.Step("Inspector", () => field.SetValue(owner, before));
            field.SetValue(owner, value);
            isModified = false;
            return true;
        }

        private void Set(object to)
        {
            isModified |= !Equals(to, value);
            value = to;
        }
    }
}
