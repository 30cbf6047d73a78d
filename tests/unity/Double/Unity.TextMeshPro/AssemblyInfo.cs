using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loquent.Double")]
