using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loquent.Editor.Tests")]
[assembly: InternalsVisibleTo("Loquent.Desk.Tests")]
[assembly: InternalsVisibleTo("loquent-trial")]
