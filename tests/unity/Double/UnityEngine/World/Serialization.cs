using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Which fields Unity serializes, and how a copy of them looks.</summary>
    internal static class Serialization
    {
        private const int DeepestNesting = 10;
        private static readonly Dictionary<Type, FieldInfo[]> Known = new Dictionary<Type, FieldInfo[]>();

        /// <summary>Copies all serialized fields.</summary>
        /// <param name="from">The original.</param>
        /// <param name="to">The copy, of the same type.</param>
        /// <param name="copies">What has been copied, and so has to be referred to in its stead.</param>
        internal static void Copy(object from, object to, IDictionary<UnityEngine.Object, UnityEngine.Object> copies)
        {
            Copy(from, to, copies, 0);
        }

        /// <summary>Names the fields that are serialized, those of base classes first.</summary>
        internal static FieldInfo[] FieldsOf(Type type)
        {
            if (Known.TryGetValue(type, out FieldInfo[] known))
            {
                return known;
            }

            var found = new List<FieldInfo>();
            for (Type from = type; from != null && from != typeof(object); from = from.BaseType)
            {
                var own = new List<FieldInfo>();
                foreach (FieldInfo field in from.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (IsSerialized(field))
                    {
                        own.Add(field);
                    }
                }

                found.InsertRange(0, own);
            }

            FieldInfo[] fields = found.ToArray();
            Known[type] = fields;
            return fields;
        }

        private static void Copy(object from, object to, IDictionary<UnityEngine.Object, UnityEngine.Object> copies, int depth)
        {
            (from as ISerializationCallbackReceiver)?.OnBeforeSerialize();
            foreach (FieldInfo field in FieldsOf(from.GetType()))
            {
                field.SetValue(to, CopyOf(field.FieldType, field.GetValue(from), copies, depth));
            }

            (to as ISerializationCallbackReceiver)?.OnAfterDeserialize();
        }

        private static object CopyOf(Type type, object value, IDictionary<UnityEngine.Object, UnityEngine.Object> copies, int depth)
        {
            if (typeof(UnityEngine.Object).IsAssignableFrom(type))
            {
                var referred = (UnityEngine.Object)value;
                return !ReferenceEquals(referred, null) && copies.TryGetValue(referred, out UnityEngine.Object copy) ? copy : referred;
            }

            if (type == typeof(string))
            {
                return value ?? string.Empty;
            }

            if (type.IsPrimitive || type.IsEnum || (type.IsValueType && type.Namespace == "UnityEngine"))
            {
                return value;
            }

            if (type.IsArray || typeof(IList).IsAssignableFrom(type))
            {
                return CopyOfList(type, (IList)value, copies, depth);
            }

            if (depth >= DeepestNesting)
            {
                return null;
            }

            object made = Activator.CreateInstance(type, true);
            if (value != null)
            {
                Copy(value, made, copies, depth + 1);
            }

            return made;
        }

        private static IList CopyOfList(Type type, IList value, IDictionary<UnityEngine.Object, UnityEngine.Object> copies, int depth)
        {
            int count = value == null ? 0 : value.Count;
            Type element = type.IsArray ? type.GetElementType() : type.GetGenericArguments()[0];
            IList made = type.IsArray ? Array.CreateInstance(element, count) : (IList)Activator.CreateInstance(type);
            for (int i = 0; i < count; i++)
            {
                object item = CopyOf(element, value[i], copies, depth);
                if (type.IsArray)
                {
                    made[i] = item;
                }
                else
                {
                    made.Add(item);
                }
            }

            return made;
        }

        private static bool IsSerialized(FieldInfo field)
        {
            bool asked = field.IsPublic || field.IsDefined(typeof(SerializeField), false);
            return asked && !field.IsInitOnly && !field.IsNotSerialized && IsSerializable(field.FieldType, true);
        }

        private static bool IsSerializable(Type type, bool mayBeList)
        {
            if (type.IsPrimitive || type.IsEnum || type == typeof(string) || typeof(UnityEngine.Object).IsAssignableFrom(type))
            {
                return true;
            }

            if (type.IsArray)
            {
                return mayBeList && type.GetArrayRank() == 1 && IsSerializable(type.GetElementType(), false);
            }

            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
            {
                return mayBeList && IsSerializable(type.GetGenericArguments()[0], false);
            }

            if (type.IsAbstract || type.IsInterface || typeof(Delegate).IsAssignableFrom(type))
            {
                return false;
            }

            bool isEngines = type.IsValueType && type.Namespace == "UnityEngine";
            bool isFrameworks = type.Namespace != null && (type.Namespace == "System" || type.Namespace.StartsWith("System.", StringComparison.Ordinal));
            return isEngines || (type.IsSerializable && !isFrameworks);
        }
    }
}
