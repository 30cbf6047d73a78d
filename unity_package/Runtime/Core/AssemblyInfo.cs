using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loquent.Core.Tests")]
[assembly: InternalsVisibleTo("Loquent.Tests")]
[assembly: InternalsVisibleTo("Loquent.Desk.Tests")]
