namespace Loquent
{
    /// <summary>How a canvas turns to the player.</summary>
    public enum CanvasFacing
    {
        /// <summary>Around the vertical only: it stays upright.</summary>
        Upright,

        /// <summary>Also up and down, without ever leaning to the side.</summary>
        Full,

        /// <summary>It doesn't: it's turned as its object is.</summary>
        None
    }
}
