using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Tests.Wire;
using Loquent.Core.Wire;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>
    /// Replays a recorded trace through a real session: brings what the server sent, cuts where it was cut, does what the player did, and
    /// looks after each step whether the laws hold. What the steps mean is in protocol/vectors/README.md.
    /// </summary>
    internal sealed class TracePlayer : IDisposable
    {
        private readonly SessionOptions options;
        private readonly List<FakeTransport> transports = new List<FakeTransport>();
        private readonly Queue<List<object>> sent = new Queue<List<object>>();
        private readonly Dictionary<uint, Task<Conversation>> openings = new Dictionary<uint, Task<Conversation>>();
        private readonly SortedDictionary<uint, Shown> turns = new SortedDictionary<uint, Shown>();
        private Task<Session> connecting;
        private Session session;
        private List<object> hello;
        private long now = 1000;
        private long delivered;
        private long acknowledged;
        private bool isReachable = true;

        internal TracePlayer()
        {
            options = new SessionOptions(new Uri("ws://fake.invalid:1"))
            {
                Clock = () => now,
                CreateTransport = made => NewTransport(),
                CloseTimeout = TimeSpan.FromHours(1),
                Reconnect = new ReconnectPolicy { Chance = () => 0 },
            };
        }

        public void Dispose()
        {
            session?.Dispose();
        }

        /// <summary>Takes one step.</summary>
        /// <param name="fields">The fields of its line.</param>
        internal void Take(string[] fields)
        {
            Require(fields[0] == "sent" || sent.Count == 0, "Something was sent that isn't in the trace.");

            switch (fields[0])
            {
                case "connect":
                    Connect(int.Parse(fields[1], CultureInfo.InvariantCulture), Json.Parse(fields[2]));
                    break;
                case "unreachable":
                    isReachable = false;
                    session.Update();
                    isReachable = true;
                    Require(transports.Count == Number(fields[1]), "It tries now, once.");
                    break;
                case "message":
                    Deliver(Transport(fields[1]), ProtocolFolder.ReadBytes(fields[2]));
                    Begin();
                    break;
                case "part":
                    Transport(fields[1]).DeliverPart(ProtocolFolder.ReadBytes(fields[2]));
                    break;
                case "cut":
                    Transport(fields[1]).Break();
                    break;
                case "pass":
                    now += Number(fields[1]);
                    break;
                case "update":
                    Update((int)Number(fields[1]), Number(fields[2]), Number(fields[3]));
                    break;
                case "sent":
                    HaveSent((List<object>)Json.Parse(fields[2]));
                    break;
                case "shown":
                    HaveShown((uint)Number(fields[1]), (string)Json.Parse(fields[2]), (string)Json.Parse(fields[3]));
                    break;
                default:
                    Do(fields);
                    break;
            }

            foreach (Shown turn in turns.Values)
            {
                turn.Check();
            }
        }

        private static void Require(bool holds, string law)
        {
            // Not an assertion of NUnit: one that fails may be what a test waits for.
            if (!holds)
            {
                throw new InvalidOperationException("Not so: " + law);
            }
        }

        private static long Number(string field)
        {
            return long.Parse(field, CultureInfo.InvariantCulture);
        }

        private void Connect(int number, object resume)
        {
            hello = null;
            if (session == null)
            {
                connecting = Session.ConnectAsync(options);
            }
            else
            {
                Require(session.State == SessionState.Reconnecting, "It has noticed the loss.");
                session.Update();
            }

            Require(transports.Count == number && hello != null, "It connects now, once.");
            Require(Json.AreEqual(hello[4], resume), "hello says which session, which epoch and what was processed last.");
        }

        private void Deliver(FakeTransport transport, byte[] message)
        {
            foreach (object outcome in FrameJson.DecodeMessage(message, FrameGrammar.FromServer))
            {
                var frame = (List<object>)outcome;
                var kind = (FrameKind)(long)frame[0];
                if (kind == FrameKind.Welcome && !(bool)frame[4])
                {
                    delivered = acknowledged = 0;
                }
                else if (kind >= FrameKind.Opened && kind <= FrameKind.Fault)
                {
                    delivered = Math.Max(delivered, (long)frame[1]);
                }
            }

            transport.Deliver(message);
        }

        /// <summary>What the first welcome makes: later ones are taken by Update.</summary>
        private void Begin()
        {
            if (session == null)
            {
                session = connecting.Result;
                session.FaultReceived += fault => Require(false, "A refused repetition is no news: " + fault);
                session.ConnectionLost += why => Require(false, "It doesn't give up: " + why.Message);
            }
        }

        private void Update(int budget, long processed, long shown)
        {
            long done = session.Update(budget);
            Require(session.LastError == null, "Nothing goes wrong: " + session.LastError);
            Require(done == processed, "It processes as many frames; here " + done + ".");
            long chars = 0;
            foreach (Shown turn in turns.Values)
            {
                chars += turn.Turn.Text.ScalarCount;
            }

            Require(chars == shown, "So much is shown; here " + chars + ".");
        }

        private void Do(string[] fields)
        {
            uint number = (uint)Number(fields[1]);
            switch (fields[0])
            {
                case "open":
                    openings.Add(number, session.OpenAsync((string)Json.Parse(fields[2])));
                    break;
                case "say":
                    Turn turn = openings[number].Result.Say((string)Json.Parse(fields[3]));
                    Require(turn.Number == Number(fields[2]), "Turns are numbered one by one.");
                    turns.Add(turn.Number, new Shown(turn, (string)Json.Parse(fields[4])));
                    break;
                case "cancel":
                    Require(turns[number].Turn.Text.ScalarCount == Number(fields[2]), "So much is shown when it's cancelled.");
                    turns[number].Turn.Cancel();
                    break;
                case "close":
                    openings[number].Result.Close();
                    break;
                default:
                    throw new FormatException("A trace has no step " + fields[0] + "; teach TracePlayer what it is.");
            }
        }

        private void HaveSent(List<object> wanted)
        {
            foreach (object frame in wanted)
            {
                Require(sent.Count > 0 && Json.AreEqual(sent.Dequeue(), frame), "All of it was sent, in this order.");
            }
        }

        private void HaveShown(uint number, string end, string text)
        {
            Turn turn = turns[number].Turn;
            Require(turn.IsEnded && turn.End.Reason.ToString().ToLowerInvariant() == end, "That is how it ended.");
            Require(turn.Text.ToString() == text, "That is what was shown; here «" + turn.Text + "».");
            Require((end == "fault") == (turn.End.Error is ConnectionLostException), "Only what wasn't gone on with is lost.");
        }

        private FakeTransport Transport(string number)
        {
            return transports[(int)Number(number) - 1];
        }

        private FakeTransport NewTransport()
        {
            var made = new FakeTransport { AnswersClose = false, Sent = Receive };
            if (!isReachable)
            {
                made.Connecting = Task.FromException(new UnreachableException("Nobody is there."));
            }

            transports.Add(made);
            return made;
        }

        private void Receive(byte[] message)
        {
            foreach (object outcome in FrameJson.DecodeMessage(message, FrameGrammar.FromClient))
            {
                var frame = (List<object>)outcome;
                switch ((FrameKind)(long)frame[0])
                {
                    case FrameKind.Hello:
                        hello = frame;
                        break;
                    case FrameKind.Ack:
                        long seq = (long)frame[1];
                        Require(seq > acknowledged && seq <= delivered, "Acks grow, and are of what has come.");
                        acknowledged = seq;
                        break;
                    default:
                        sent.Enqueue(frame);
                        break;
                }
            }
        }

        /// <summary>A turn, and what its handlers have been told.</summary>
        private sealed class Shown
        {
            private readonly string reply;
            private string told = string.Empty;

            internal Shown(Turn turn, string reply)
            {
                Turn = turn;
                this.reply = reply;
                turn.Conversation.TextReceived += (speaking, start, count) =>
                {
                    if (speaking == turn)
                    {
                        Require(start == told.Length, "Each piece follows the last one.");
                        told += turn.Text.ToString(start, count);
                    }
                };
                turn.Conversation.Ended += ended => Ends += ended == turn ? 1 : 0;
            }

            internal Turn Turn { get; }

            internal int Ends { get; private set; }

            /// <summary>Nothing is missing, repeated or out of order, and it ends once at most.</summary>
            internal void Check()
            {
                string text = Turn.Text.ToString();
                Require(text == told, "What was told is what is there.");
                Require(reply.StartsWith(text, StringComparison.Ordinal), "«" + text + "» is how «" + reply + "» begins.");
                Require(Ends == (Turn.IsEnded ? 1 : 0), "It ends once; here " + Ends + " times.");
                bool isWhole = Turn.IsEnded && Turn.End.Reason == EndReason.Stop && !Turn.IsCancelled;
                Require(!isWhole || text == reply, "All of the reply is there at its end.");
            }
        }
    }
}
