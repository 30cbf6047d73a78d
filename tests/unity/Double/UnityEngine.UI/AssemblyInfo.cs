using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Unity.TextMeshPro")]
[assembly: InternalsVisibleTo("Loquent.Double")]
