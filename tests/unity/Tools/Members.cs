// Lists the public and protected members of assemblies, one a line, in the spelling of Mono.Cecil's FullName:
//
//     mono members.exe UnityEngine.CoreModule.dll …
//
//     T <full type> : <class|struct|enum|interface|delegate> <base type> [sealed] [abstract] <interfaces…>
//     M [static ]<return type> <type>::<name>(<parameter types>)[ [obsolete]| [obsolete-error]]
//     F [static ]<field type> <type>::<name>
using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace Loquent.Tools
{
    /// <summary>Reads metadata; loads nothing.</summary>
    internal static class Members
    {
        private static int Main(string[] paths)
        {
            if (paths.Length == 0)
            {
                Console.Error.WriteLine("Give the assemblies whose members you want.");
                return 2;
            }

            var lines = new SortedSet<string>(StringComparer.Ordinal);
            foreach (string path in paths)
            {
                foreach (TypeDefinition type in ModuleDefinition.ReadModule(path).GetTypes())
                {
                    if (IsSeen(type))
                    {
                        Add(type, lines);
                    }
                }
            }

            foreach (string line in lines)
            {
                Console.WriteLine(line);
            }

            return 0;
        }

        private static bool IsSeen(TypeDefinition type)
        {
            bool own = type.IsNested ? type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamilyOrAssembly : type.IsPublic;
            return own && (type.DeclaringType == null || IsSeen(type.DeclaringType));
        }

        private static void Add(TypeDefinition type, ISet<string> lines)
        {
            lines.Add("T " + type.FullName + " : " + Kind(type) + BaseOf(type) + Flags(type) + Interfaces(type));
            foreach (MethodDefinition method in type.Methods)
            {
                if (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
                {
                    lines.Add("M " + (method.IsStatic ? "static " : string.Empty) + method.FullName + Obsolete(method));
                }
            }

            foreach (FieldDefinition field in type.Fields)
            {
                if (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly)
                {
                    lines.Add("F " + (field.IsStatic ? "static " : string.Empty) + field.FullName);
                }
            }
        }

        private static string Kind(TypeDefinition type)
        {
            return type.IsInterface ? "interface"
                : type.IsEnum ? "enum"
                : type.IsValueType ? "struct"
                : type.BaseType != null && type.BaseType.FullName == "System.MulticastDelegate" ? "delegate"
                : "class";
        }

        private static string BaseOf(TypeDefinition type)
        {
            return type.BaseType == null ? string.Empty : " " + type.BaseType.FullName;
        }

        private static string Flags(TypeDefinition type)
        {
            return (type.IsSealed ? " sealed" : string.Empty) + (type.IsAbstract ? " abstract" : string.Empty);
        }

        private static string Interfaces(TypeDefinition type)
        {
            return string.Concat(type.Interfaces.Select(one => " " + one.InterfaceType.FullName));
        }

        private static string Obsolete(MethodDefinition method)
        {
            CustomAttribute mark = method.CustomAttributes.FirstOrDefault(one => one.AttributeType.FullName == "System.ObsoleteAttribute");
            if (mark == null)
            {
                return string.Empty;
            }

            bool isError = mark.ConstructorArguments.Any(argument => argument.Value is bool && (bool)argument.Value);
            return isError ? " [obsolete-error]" : " [obsolete]";
        }
    }
}
