// Lists what an assembly refers to in others, members and types, in the spelling of Members.cs:
//
//     mono references.exe FOLDER[:FOLDER…] Loquent.dll UnityEngine UnityEngine.UI …
//
// The folders are where the assemblies are that it refers to; of those only the named ones are listed. What a reference leads to is listed, not what it
// says: an inherited member at the type that declares it, a generic one with its parameters' own names. "unresolved NAME" for what leads nowhere.
using System;
using System.Collections.Generic;
using Mono.Cecil;

namespace Loquent.Tools
{
    /// <summary>Reads metadata; loads nothing.</summary>
    internal static class References
    {
        private static int Main(string[] arguments)
        {
            if (arguments.Length < 3)
            {
                Console.Error.WriteLine("Give folders to search, an assembly, and the names of those of which you want to know.");
                return 2;
            }

            var resolver = new DefaultAssemblyResolver();
            foreach (string folder in arguments[0].Split(':'))
            {
                resolver.AddSearchDirectory(folder);
            }

            var wanted = new HashSet<string>(arguments);
            var lines = new SortedSet<string>(StringComparer.Ordinal);
            ModuleDefinition module = ModuleDefinition.ReadModule(arguments[1], new ReaderParameters { AssemblyResolver = resolver });
            foreach (TypeReference type in module.GetTypeReferences())
            {
                if (wanted.Contains(ScopeOf(type)))
                {
                    lines.Add(type.Resolve() == null ? "unresolved " + type.FullName : "T " + type.FullName);
                }
            }

            foreach (MemberReference member in module.GetMemberReferences())
            {
                if (wanted.Contains(ScopeOf(member.DeclaringType)))
                {
                    Add(member, wanted, lines);
                }
            }

            foreach (string line in lines)
            {
                Console.WriteLine(line);
            }

            return 0;
        }

        private static void Add(MemberReference member, ICollection<string> wanted, ISet<string> lines)
        {
            IMemberDefinition found = member.Resolve();
            if (found == null)
            {
                lines.Add("unresolved " + member.FullName);
            }
            else if (wanted.Contains(found.DeclaringType.Module.Assembly.Name.Name))
            {
                bool isStatic = found is MethodDefinition method ? method.IsStatic : found is FieldDefinition field && field.IsStatic;
                lines.Add((found is FieldDefinition ? "F " : "M ") + (isStatic ? "static " : string.Empty) + found.FullName);
            }
        }

        private static string ScopeOf(TypeReference type)
        {
            TypeReference plain = type.GetElementType();
            while (plain.DeclaringType != null)
            {
                plain = plain.DeclaringType;
            }

            return plain.Scope == null ? string.Empty : plain.Scope.Name.Replace(".dll", string.Empty);
        }
    }
}
