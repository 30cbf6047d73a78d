using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loquent.Core.Tests")]
