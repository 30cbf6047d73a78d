using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.EndToEnd
{
    /// <summary>Does one thing wrong after the other, and looks whether the connection still works.</summary>
    internal sealed class Faults
    {
        private const uint Conversation = 1;

        private readonly Arguments arguments;
        private RawClient client;
        private uint lastNumber = 100;

        internal Faults(Arguments arguments)
        {
            this.arguments = arguments;
        }

        private string Character => arguments.Characters[0];

        internal async Task RunAsync(CancellationToken cancellation)
        {
            SessionOptions options = arguments.SessionOptions;
            using (client = new RawClient(new ClientWebSocketTransport(options.Address, null, TimeSpan.Zero)))
            {
                await client.ConnectAsync(cancellation);
                Answer welcome = await GreetAsync(options);
                await OfConversationsAsync(options);
                await OfTurnsAsync();
                await OfMessagesAsync(welcome);
            }
        }

        private async Task<Answer> GreetAsync(SessionOptions options)
        {
            await client.SendAsync(writer => ClientFrames.Ack(writer, 1));
            await PrintFaultAsync("before_hello", false);
            await client.SendAsync(writer => ClientFrames.Hello(writer, new[] { 99u }, options.Client, options.Token, null, 0, 0));
            await PrintFaultAsync("version_99", false);
            await client.SendAsync(writer => ClientFrames.Hello(writer, new[] { ClientFrames.Version }, options.Client, options.Token, null, 0, 0));
            Answer welcome = await WaitAsync(answer => answer.Kind == FrameKind.Welcome);
            await client.SendAsync(writer => ClientFrames.Hello(writer, new[] { ClientFrames.Version }, options.Client, options.Token, null, 0, 0));
            await PrintFaultAsync("second_hello");
            return welcome;
        }

        private async Task OfConversationsAsync(SessionOptions options)
        {
            await client.SendAsync(writer => ClientFrames.Open(writer, 2, "nobody-of-that-name", null));
            await PrintFaultAsync("unknown_character");
            await client.SendAsync(writer => ClientFrames.Open(writer, Conversation, Character, arguments.OpenOptions));
            await WaitAsync(answer => answer.Kind == FrameKind.Opened && answer.Number == Conversation);
            await client.SendAsync(writer => ClientFrames.Open(writer, Conversation, Character, arguments.OpenOptions));
            await PrintFaultAsync("second_open");
            await client.SendAsync(writer =>
            {
                writer.WriteArray(4);
                writer.WriteUnsigned((ulong)FrameKind.Open);
                writer.WriteUnsigned(3);
                writer.WriteText(Character);
                writer.WriteMap(1);
                writer.WriteText("max_tokens");
                writer.WriteUnsigned(0);
            });
            await PrintFaultAsync("invalid_option");
            await client.SendAsync(writer => ClientFrames.Close(writer, 77));
            await PrintFaultAsync("close_unknown_conversation");
        }

        private async Task OfTurnsAsync()
        {
            await client.SendAsync(writer => ClientFrames.Say(writer, 77, 1, "Hello?", null));
            await PrintFaultAsync("say_in_unknown_conversation");
            await client.SendAsync(writer => ClientFrames.Say(writer, Conversation, 2, " \n", null));
            await PrintFaultAsync("empty_text");
            await client.SendAsync(writer => ClientFrames.Say(writer, Conversation, 10, "Tell me a long story.", null));
            await WaitAsync(answer => answer.Kind == FrameKind.Begin && answer.Number == 10);
            await client.SendAsync(writer => ClientFrames.Say(writer, Conversation, 11, "And another one.", null));
            await PrintFaultAsync("second_turn_at_once");
            await client.SendAsync(writer =>
            {
                ClientFrames.Cancel(writer, 10, 0);
                ClientFrames.Cancel(writer, 10, 0);
                ClientFrames.Cancel(writer, 4000, 0);
            });
            await WaitAsync(answer => answer.Kind == FrameKind.End && answer.Number == 10);
            await client.SendAsync(writer => ClientFrames.Say(writer, Conversation, 10, "Once more.", null));
            await PrintFaultAsync("repeated_turn");
        }

        private async Task OfMessagesAsync(Answer welcome)
        {
            await client.SendAsync(0x92, (byte)FrameKind.Ack, 0xa1, 0x31);
            await PrintFaultAsync("malformed");
            await client.SendAsync(0x92, 0x63, 0x01);
            await PrintAliveAsync("unknown_kind");
            if (welcome.MessageBytes != null)
            {
                byte[] large = new byte[welcome.MessageBytes.Value];
                await client.SendAsync(writer => writer.WriteBytes(large, 0, large.Length));
                await PrintFaultAsync("large_message");
            }

            await client.SendAsync(0xc1);
            await PrintFaultAsync("framing", false);
            await client.ReceiveAsync(answer => false);
            new JsonLine("closed").Add("step", "framing").Add("code", client.CloseCode).Print();
        }

        private async Task PrintFaultAsync(string step, bool isAsked = true)
        {
            Answer fault = await WaitAsync(answer => answer.Kind == FrameKind.Fault);
            JsonLine line = new JsonLine("fault")
                .Add("step", step).Add("code", fault.Code).Add("refers", fault.Refers).Add("message", fault.Message);
            line.Add("alive", isAsked ? (object)await IsAliveAsync() : null).Print();
        }

        private async Task PrintAliveAsync(string step)
        {
            new JsonLine("skipped").Add("step", step).Add("alive", await IsAliveAsync()).Print();
        }

        /// <summary>Whether a conversation can be opened: a fresh number each time.</summary>
        private async Task<bool> IsAliveAsync()
        {
            uint number = ++lastNumber;
            await client.SendAsync(writer => ClientFrames.Open(writer, number, Character, null));
            Answer answer = await WaitAsync(one => one.Kind == FrameKind.Fault || (one.Kind == FrameKind.Opened && one.Number == number));
            await client.SendAsync(writer => ClientFrames.Close(writer, number));
            return answer.Kind == FrameKind.Opened;
        }

        private async Task<Answer> WaitAsync(Func<Answer, bool> isWanted)
        {
            return await client.ReceiveAsync(isWanted)
                ?? throw new ConnectionLostException("The server closed the connection (" + client.CloseCode + ").", null, client.CloseCode);
        }
    }
}
