namespace Loquent.Core.Reveal
{
    /// <summary>Knows how wide characters are in the font in which they will be drawn. A game engine's side implements it.</summary>
    public interface ITextMeasure
    {
        /// <summary>
        /// Measures one character as a reader sees it: a grapheme cluster, its Arabic letters in the forms in which they will be drawn.
        /// </summary>
        /// <param name="chars">Holds it.</param>
        /// <param name="start">Where it begins.</param>
        /// <param name="count">How many chars it has, at least 1.</param>
        /// <returns>
        /// By how much it makes a line wider, in the unit of <see cref="PageFormat.Width"/>; 0 or more. Called once for each character that is laid
        /// out, on the thread that calls <see cref="ReplyReveal.Advance"/>. It must not allocate.
        /// </returns>
        float Width(char[] chars, int start, int count);
    }
}
