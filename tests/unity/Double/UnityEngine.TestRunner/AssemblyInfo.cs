using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loquent.Double")]
[assembly: InternalsVisibleTo("Loquent.Components.Tests")]
[assembly: InternalsVisibleTo("Loquent.Desk.Tests")]
