namespace Loquent.Core
{
    /// <summary>Something that the character does at one point of its reply. Never changes.</summary>
    public sealed class Cue
    {
        internal Cue(string name, string argument, int position)
        {
            Name = name;
            Argument = argument;
            Position = position;
        }

        /// <summary>What to do, such as <c>wave</c>; one of <see cref="Conversation.Cues"/>.</summary>
        public string Name { get; }

        /// <summary>With what, such as <c>door</c>; null if the cue has none.</summary>
        public string Argument { get; }

        /// <summary>Where: so many chars of <see cref="Turn.Text"/> stand before it.</summary>
        public int Position { get; }
    }
}
