namespace Loquent.Core.Reveal
{
    /// <summary>A code point to show, and how much of the source has been read with it.</summary>
    internal struct SourcePoint
    {
        internal int CodePoint;
        internal int Record;

        /// <summary>So many chars of the source come up to its end.</summary>
        internal int Position;

        /// <summary>So many scalar values of the source come up to its end.</summary>
        internal long Scalars;
    }
}
