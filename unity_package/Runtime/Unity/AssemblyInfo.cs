using System.Runtime.CompilerServices;
using UnityEngine.Scripting;

// A scene's component, or a method that a UnityEvent names, may be all that refers to this assembly: stripping can't see that.
[assembly: AlwaysLinkAssembly]
[assembly: Preserve]
[assembly: InternalsVisibleTo("Loquent.Tests")]
[assembly: InternalsVisibleTo("Loquent.Components.Tests")]
[assembly: InternalsVisibleTo("Loquent.Editor")]
