// Lists what an assembly refers to in others, for tests of what it may refer to:
//
//     mono surface.exe Loquent.Core.dll netstandard.dll
//
// Output, one a line: "assembly NAME" for each assembly reference; "missing TYPE" for each type of the framework that the second
// assembly, .NET Standard's list of types, doesn't have; "forbidden NAME" for a type or member that ahead-of-time compilation can't do.
using System;
using System.Collections.Generic;
using Mono.Cecil;

namespace Loquent.Tools
{
    /// <summary>Reads metadata; loads nothing.</summary>
    internal static class Surface
    {
        private static readonly string[] Forbidden = { "System.Reflection.Emit.", "Microsoft.CSharp.", "System.Linq.Expressions.", "System.Dynamic." };

        /// <summary>They make code, or generic types of which nobody knew at compile time.</summary>
        private static readonly string[] ForbiddenMembers =
        {
            "System.Type::MakeGenericType(", "System.Reflection.MethodInfo::MakeGenericMethod(", "System.Reflection.Assembly::Load",
            "System.AppDomain::DefineDynamicAssembly(", "System.Activator::CreateInstanceFrom(",
        };

        private static int Main(string[] paths)
        {
            if (paths.Length != 2)
            {
                Console.Error.WriteLine("Give an assembly, and the assembly that lists the types it may use.");
                return 2;
            }

            var standard = new HashSet<string>();
            ModuleDefinition list = ModuleDefinition.ReadModule(paths[1]);
            foreach (ExportedType type in list.ExportedTypes)
            {
                standard.Add(type.FullName);
            }

            foreach (TypeDefinition type in list.Types)
            {
                standard.Add(type.FullName);
            }

            ModuleDefinition module = ModuleDefinition.ReadModule(paths[0]);
            foreach (AssemblyNameReference reference in module.AssemblyReferences)
            {
                Console.WriteLine("assembly " + reference.Name);
            }

            foreach (TypeReference type in module.GetTypeReferences())
            {
                TypeReference outermost = type;
                while (outermost.DeclaringType != null)
                {
                    outermost = outermost.DeclaringType;
                }

                if (!standard.Contains(outermost.FullName))
                {
                    Console.WriteLine("missing " + type.FullName);
                }

                if (Array.Exists(Forbidden, start => type.FullName.StartsWith(start, StringComparison.Ordinal)))
                {
                    Console.WriteLine("forbidden " + type.FullName);
                }
            }

            foreach (MemberReference member in module.GetMemberReferences())
            {
                if (Array.Exists(ForbiddenMembers, name => member.FullName.Contains(" " + name)))
                {
                    Console.WriteLine("forbidden " + member.FullName);
                }
            }

            return 0;
        }
    }
}
