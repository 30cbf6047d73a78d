namespace Loquent
{
    /// <summary>Where a <see cref="CanvasAnchor"/> keeps its canvas.</summary>
    public enum AnchorKind
    {
        /// <summary>Above everything that is drawn of the target: the top of its renderers' bounds, taken together.</summary>
        AboveBounds,

        /// <summary>At a bone of the target's humanoid Animator.</summary>
        Bone,

        /// <summary>At the target's transform.</summary>
        Transform
    }
}
