namespace Loquent.Core.Reveal
{
    /// <summary>Why the reveal pauses before a character; a later one outweighs an earlier one.</summary>
    internal enum PauseKind : byte
    {
        None,
        Comma,
        Dash,
        Sentence,
        Ellipsis,
        Paragraph,
    }
}
