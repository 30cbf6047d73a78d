using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core;
using Loquent.Core.Failures;

namespace Loquent.EndToEnd
{
    /// <summary>A conversation with each character, something said to each, over a network that fails; what the session does about it.</summary>
    internal sealed class Losses
    {
        private readonly Arguments arguments;
        internal Losses(Arguments arguments)
        {
            this.arguments = arguments;
        }

        internal async Task RunAsync(CancellationToken cancellation)
        {
            SessionOptions options = arguments.SessionOptions;
            options.Reconnect.FirstDelay = arguments.ReconnectDelay;
            options.Reconnect.MaxDelay = TimeSpan.FromTicks(4 * arguments.ReconnectDelay.Ticks);
            options.ConnectTimeout = TimeSpan.FromSeconds(2);
            using (Session session = await Session.ConnectAsync(options, cancellation))
            {
                session.Reconnecting += next => new JsonLine("reconnecting").Add("attempt", next.Number).Add("reason", next.Reason.GetType().Name).Print();
                session.Reconnected += resumed => new JsonLine("reconnected").Add("resumed", resumed).Print();
                Task running = session.RunAsync(cancellation);
                var records = new List<TurnRecord>();
                var ends = new List<Task>();
                for (int i = 0; i < arguments.Texts.Length; i++)
                {
                    Conversation conversation = await session.OpenAsync(arguments.Characters[i], arguments.OpenOptions, cancellation);
                    TurnRecord.PrintOpened("opened", conversation);
                    var lost = new TaskCompletionSource<bool>();
                    conversation.Lost += (gone, why) => lost.SetResult(true);
                    Turn turn = conversation.Say(arguments.Texts[i]);
                    var record = new TurnRecord(turn, arguments.Texts[i]);
                    conversation.TextReceived += (speaking, start, count) => record.Frames++;
                    records.Add(record);
                    ends.Add(EndAsync(turn, lost.Task, running, cancellation));
                }

                await Task.WhenAny(running, Task.WhenAll(ends));
                records.ForEach(record => record.Print());
                await session.CloseAsync();
                await running;
            }
        }

        /// <summary>
        /// Waits for the end of a turn. If its conversation is lost with it, opens that again; if the server ends it for good, waits for what becomes of the
        /// session.
        /// </summary>
        private static async Task EndAsync(Turn turn, Task lost, Task running, CancellationToken cancellation)
        {
            TurnEnd end = await turn.Completion;
            if (end.Error is FaultException)
            {
                await running;
            }
            if (end.Error is ConnectionLostException)
            {
                await lost;
                Conversation gone = turn.Conversation;
                TurnRecord.PrintOpened("opened again", await gone.Session.OpenAsync(gone.Character, gone.Options, cancellation));
            }
        }
    }
}
