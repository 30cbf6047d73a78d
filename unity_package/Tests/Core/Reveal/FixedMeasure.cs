using Loquent.Core.Reveal;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>A font in which every character is 1 wide, and ideographs, kana, Hangul and emoji 2.</summary>
    internal sealed class FixedMeasure : ITextMeasure
    {
        public float Width(char[] chars, int start, int count)
        {
            int point = CodePoints.Read(chars, start, start + count, out int size);
            return CodePoints.IsWide(CodePoints.Record(point)) ? 2 : 1;
        }
    }
}
