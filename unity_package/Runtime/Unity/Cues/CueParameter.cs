namespace Loquent
{
    /// <summary>What a cue does to a parameter of an Animator.</summary>
    public enum CueParameter
    {
        /// <summary>Sets a trigger.</summary>
        Trigger,

        /// <summary>Sets a bool to true.</summary>
        BoolOn,

        /// <summary>Sets a bool to false.</summary>
        BoolOff
    }
}
