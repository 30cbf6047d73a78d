namespace Loquent.Core.Reveal
{
    /// <summary>Whether a line is broken at a place.</summary>
    internal enum LineBreak
    {
        None,
        Allowed,
        Mandatory,
    }
}
