namespace Loquent.Core.Reveal
{
    /// <summary>One character of a page, as a reader sees it: a grapheme cluster. In the order of reading.</summary>
    internal struct PageCluster
    {
        /// <summary>Where it begins among the chars in the order of reading.</summary>
        internal int Start;

        /// <summary>How many chars it has.</summary>
        internal int Count;

        /// <summary>So many chars of the source come up to its end.</summary>
        internal int SourceEnd;

        /// <summary>So many scalar values of the source come up to its end.</summary>
        internal long ScalarEnd;

        /// <summary>By how much it makes a line wider.</summary>
        internal float Width;

        /// <summary>The first of its code points.</summary>
        internal int FirstPoint;

        /// <summary>The record of that.</summary>
        internal int Record;

        /// <summary>Why the reveal pauses before it.</summary>
        internal PauseKind Pause;

        internal bool IsSpace => FirstPoint == ' ' && Count == 1;

        internal bool IsWide => CodePoints.IsWide(Record);
    }
}
