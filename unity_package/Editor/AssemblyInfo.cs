using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loquent.Editor.Tests")]
