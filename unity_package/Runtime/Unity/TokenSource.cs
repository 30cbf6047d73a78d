namespace Loquent
{
    /// <summary>Where the token comes from that a server may want.</summary>
    public enum TokenSource
    {
        /// <summary>There is none: for a server that wants none.</summary>
        None,

        /// <summary>It stands in the settings. Whoever has the build can read it: give such a token few rights, or take another source.</summary>
        Asset,

        /// <summary>An environment variable of the machine holds it: for the Editor, and for programs on a PC.</summary>
        Environment,

        /// <summary>The game says it, by <see cref="LoquentClient.TokenProvider"/>: after a sign-in, for instance.</summary>
        Script
    }
}
