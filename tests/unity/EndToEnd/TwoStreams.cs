using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core;

namespace Loquent.EndToEnd
{
    /// <summary>Two conversations on one session, both replies at once; the second is cancelled on the way.</summary>
    internal sealed class TwoStreams
    {
        private readonly Arguments arguments;
        private readonly Dictionary<Turn, TurnRecord> records = new Dictionary<Turn, TurnRecord>();
        private readonly List<uint> order = new List<uint>();

        internal TwoStreams(Arguments arguments)
        {
            this.arguments = arguments;
        }

        internal async Task RunAsync(CancellationToken cancellation)
        {
            using (Session session = await Session.ConnectAsync(arguments.SessionOptions, cancellation))
            {
                Task running = session.RunAsync(cancellation);
                Conversation[] conversations = await OpenAsync(session, "opened", cancellation);
                conversations[1].TextReceived += CancelInTime;

                var turns = new Turn[2];
                for (int i = 0; i < turns.Length; i++)
                {
                    turns[i] = Say(conversations[i], arguments.Texts[i]);
                }

                foreach (Turn turn in turns)
                {
                    await turn.WaitAsync(cancellation);
                }

                foreach (Turn turn in turns)
                {
                    records[turn].Print();
                    turn.Conversation.Close();
                }

                new JsonLine("interleaved").Add("value", AreInterleaved()).Print();
                await OpenAsync(session, "stored", cancellation);
                await session.CloseAsync();
                await running;
            }
        }

        private async Task<Conversation[]> OpenAsync(Session session, string name, CancellationToken cancellation)
        {
            var conversations = new Conversation[2];
            for (int i = 0; i < conversations.Length; i++)
            {
                conversations[i] = await session.OpenAsync(arguments.Characters[i], arguments.OpenOptions, cancellation);
                TurnRecord.PrintOpened(name, conversations[i]);
                conversations[i].TextReceived += Count;
            }

            return conversations;
        }

        private Turn Say(Conversation conversation, string text)
        {
            lock (records)
            {
                Turn turn = conversation.Say(text);
                records.Add(turn, new TurnRecord(turn, text));
                return turn;
            }
        }

        private void Count(Turn turn, int start, int count)
        {
            lock (records)
            {
                records[turn].Frames++;
                order.Add(turn.Number);
            }
        }

        private void CancelInTime(Turn turn, int start, int count)
        {
            lock (records)
            {
                if (turn.Text.ScalarCount >= arguments.CancelAfter)
                {
                    records[turn].Shown = arguments.CancelAfter;
                    turn.Cancel(arguments.CancelAfter);
                }
            }
        }

        /// <summary>Whether the turn that speaks changes at least twice: then text of one stands between two of the other.</summary>
        private bool AreInterleaved()
        {
            int changes = 0;
            for (int i = 1; i < order.Count; i++)
            {
                changes += order[i] == order[i - 1] ? 0 : 1;
            }

            return changes >= 2;
        }
    }
}
