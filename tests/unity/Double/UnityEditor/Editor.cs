using System;
using System.Linq;
using System.Reflection;
using Loquent.Double;

namespace UnityEditor
{
    /// <summary>An inspector.</summary>
    public class Editor : UnityEngine.ScriptableObject
    {
        public UnityEngine.Object target => targets[0];

        public UnityEngine.Object[] targets { get; private set; }

        public SerializedObject serializedObject { get; private set; }

        public static Editor CreateEditor(UnityEngine.Object targetObject) => CreateEditor(new[] { targetObject });

        /// <summary>Makes the inspector that is declared for the type of the objects.</summary>
        public static Editor CreateEditor(UnityEngine.Object[] targetObjects)
        {
            Type inspected = targetObjects[0].GetType();
            foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies().Where(one => !one.IsDynamic))
            {
                foreach (Type type in assembly.GetTypes())
                {
                    var declared = (CustomEditor)Attribute.GetCustomAttribute(type, typeof(CustomEditor));
                    if (declared != null && declared.InspectedType == inspected)
                    {
                        return Make(type, targetObjects);
                    }
                }
            }

            return Make(typeof(Editor), targetObjects);
        }

        public virtual void OnInspectorGUI() => DrawPropertiesExcluding(serializedObject, new string[0]);

        public virtual bool RequiresConstantRepaint() => false;

        public void Repaint()
        {
        }

        protected internal static void DrawPropertiesExcluding(SerializedObject obj, params string[] propertyToExclude)
        {
            foreach (FieldInfo field in Serialization.FieldsOf(obj.targetObject.GetType()))
            {
                if (Array.IndexOf(propertyToExclude, field.Name) < 0 && !field.IsDefined(typeof(UnityEngine.HideInInspector), true))
                {
                    SerializedProperty property = obj.FindProperty(field.Name);
                    if (field.FieldType == typeof(string))
                    {
                        property.stringValue = EditorGUILayout.TextField(Nice(field.Name), property.stringValue);
                    }
                    else
                    {
                        World.Current.Part<Panel>().Add("Property", Nice(field.Name), Convert.ToString(field.GetValue(obj.targetObject)));
                    }
                }
            }
        }

        /// <summary>As ObjectNames.NicifyVariableName: words with capitals.</summary>
        private static string Nice(string name) =>
            char.ToUpperInvariant(name[0]) + string.Concat(name.Skip(1).Select(one => char.IsUpper(one) ? " " + one : one.ToString()));

        private static Editor Make(Type type, UnityEngine.Object[] targets)
        {
            var made = (Editor)Activator.CreateInstance(type, true);
            made.targets = targets;
            made.serializedObject = new SerializedObject(targets);
            made.Attach();
            made.Tell("Awake");
            made.Tell("OnEnable");
            return made;
        }
    }
}
