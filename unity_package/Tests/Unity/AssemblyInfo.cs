using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loquent.Components.Tests")]
