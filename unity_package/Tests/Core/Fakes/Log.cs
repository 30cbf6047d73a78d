using System.Collections.Generic;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>Notes all events of a session and its conversations in their order, one a line.</summary>
    internal sealed class Log
    {
        private readonly List<string> lines = new List<string>();

        internal void Listen(Session session)
        {
            session.Reconnecting += next => lines.Add(
                "reconnecting " + next.Number + " in " + next.Delay.TotalMilliseconds + ": " + next.Reason.GetType().Name);
            session.Reconnected += resumed => lines.Add(resumed ? "resumed" : "connected anew");
            session.ConnectionLost += why => lines.Add("lost connection: " + why.GetType().Name);
            session.FaultReceived += fault => lines.Add("fault " + fault.SentCode);
            session.GoingAway += time => lines.Add("going away " + time.TotalMilliseconds);
            session.Error += error => lines.Add("error " + error.GetType().Name);
        }

        internal void Listen(Conversation conversation)
        {
            conversation.Began += turn => lines.Add("began " + turn.Number);
            conversation.TextReceived += (turn, start, count) => lines.Add("text " + turn.Number + " " + turn.Text.ToString(start, count));
            conversation.CueReached += (turn, cue) => lines.Add("cue " + turn.Number + " " + cue.Name + "/" + cue.Argument + " at " + cue.Position);
            conversation.FaultReceived += (turn, fault) => lines.Add("fault of " + turn.Number + " " + fault.Code);
            conversation.Ended += turn => lines.Add("ended " + turn.Number + " " + turn.End.Reason);
            conversation.Lost += (gone, why) => lines.Add("lost " + gone.Number + ": " + why.GetType().Name);
        }

        /// <summary>All lines since they were taken.</summary>
        internal string Take()
        {
            string all = string.Join("\n", lines.ToArray());
            lines.Clear();
            return all;
        }
    }
}
