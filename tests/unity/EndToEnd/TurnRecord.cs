using Loquent.Core;

namespace Loquent.EndToEnd
{
    /// <summary>What is known of one turn, besides what the turn knows itself.</summary>
    internal sealed class TurnRecord
    {
        private readonly Turn turn;
        private readonly string said;

        internal TurnRecord(Turn turn, string said)
        {
            this.turn = turn;
            this.said = said;
        }

        /// <summary>How many text frames came.</summary>
        internal int Frames { get; set; }

        /// <summary>How many scalar values were said to have been shown, if the turn was cancelled.</summary>
        internal int? Shown { get; set; }

        internal void Print()
        {
            new JsonLine("turn")
                .Add("character", turn.Conversation.Character)
                .Add("said", said)
                .Add("text", turn.Text.ToString())
                .Add("scalars", turn.Text.ScalarCount)
                .Add("reason", turn.End.Reason.ToString().ToLowerInvariant())
                .Add("shown", Shown)
                .Add("shown_text", Shown == null ? null : turn.Text.ToString(0, turn.Text.CountChars(Shown.Value)))
                .Add("frames", Frames)
                .Add("error", turn.End.Error?.Message)
                .Print();
        }

        internal static void PrintOpened(string name, Conversation conversation)
        {
            new JsonLine(name)
                .Add("character", conversation.Character)
                .Add("name", conversation.Name)
                .Add("cues", conversation.Cues)
                .Add("history", conversation.History)
                .Print();
        }
    }
}
