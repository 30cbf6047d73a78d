using System.Threading;
using System.Threading.Tasks;
using Loquent.Core;

namespace Loquent.EndToEnd
{
    /// <summary>One conversation, one thing said, the reply's pieces as they come.</summary>
    internal sealed class Chat
    {
        private readonly Arguments arguments;

        internal Chat(Arguments arguments)
        {
            this.arguments = arguments;
        }

        internal async Task RunAsync(CancellationToken cancellation)
        {
            using (Session session = await Session.ConnectAsync(arguments.SessionOptions, cancellation))
            {
                Task running = session.RunAsync(cancellation);
                Conversation conversation = await session.OpenAsync(arguments.Characters[0], arguments.OpenOptions, cancellation);
                TurnRecord.PrintOpened("opened", conversation);
                int frames = 0;
                conversation.TextReceived += (speaking, start, count) =>
                {
                    frames++;
                    new JsonLine("text").Add("text", speaking.Text.ToString(start, count)).Print();
                };
                Turn turn = conversation.Say(arguments.Texts[0]);
                await turn.WaitAsync(cancellation);
                new TurnRecord(turn, arguments.Texts[0]) { Frames = frames }.Print();
                await session.CloseAsync();
                await running;
            }
        }
    }
}
