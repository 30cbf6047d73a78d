using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.EndToEnd
{
    /// <summary>Sends frames, good and bad, and reads what comes back, without a session's help. (The Wire sources are compiled in.)</summary>
    internal sealed class RawClient : IDisposable
    {
        private readonly ITransport transport;
        private readonly FrameDecoder decoder = new FrameDecoder(FrameGrammar.FromServer);
        private readonly Queue<Answer> answers = new Queue<Answer>();
        private readonly MsgPackWriter writer = new MsgPackWriter();

        internal RawClient(ITransport transport)
        {
            this.transport = transport;
        }

        public void Dispose()
        {
            transport.Dispose();
        }

        /// <summary>Connects; from then on, <paramref name="cancellation"/> breaks the connection.</summary>
        internal async Task ConnectAsync(CancellationToken cancellation)
        {
            await transport.ConnectAsync(cancellation);
            cancellation.Register(transport.Dispose);
        }

        internal Task SendAsync(Action<MsgPackWriter> write)
        {
            writer.Reset();
            write(writer);
            return transport.SendAsync(writer.Bytes, 0, writer.Length);
        }

        internal Task SendAsync(params byte[] bytes)
        {
            return transport.SendAsync(bytes, 0, bytes.Length);
        }

        /// <summary>Waits for the next frame that is wanted; the others are passed over. Null when the server closes.</summary>
        internal async Task<Answer> ReceiveAsync(Func<Answer, bool> isWanted)
        {
            while (true)
            {
                while (answers.Count > 0)
                {
                    Answer answer = answers.Dequeue();
                    if (isWanted(answer))
                    {
                        return answer;
                    }
                }

                var buffer = new ReceiveBuffer(16 * 1024 * 1024);
                if (await transport.ReceiveAsync(buffer) == Received.Close)
                {
                    return null;
                }

                Decode(buffer);
            }
        }

        /// <summary>The code that the server closed with.</summary>
        internal int? CloseCode => transport.CloseCode;

        private void Decode(ReceiveBuffer buffer)
        {
            decoder.Start(buffer.Bytes, 0, buffer.Count);
            while (true)
            {
                Outcome outcome = decoder.Next();
                if (outcome == Outcome.End)
                {
                    return;
                }

                if (outcome != Outcome.Frame)
                {
                    throw new ProtocolException("The server sent what can't be read: " + decoder.Reason);
                }

                answers.Enqueue(new Answer(decoder.Shape.Kind, new MsgPackReader(buffer.Bytes, decoder.FieldsStart, decoder.FrameEnd)));
            }
        }
    }

    /// <summary>A frame from the server, as far as this program wants to know it.</summary>
    internal sealed class Answer
    {
        internal Answer(FrameKind kind, MsgPackReader fields)
        {
            Kind = kind;
            if (kind == FrameKind.Opened || kind == FrameKind.End || kind == FrameKind.Text)
            {
                fields.ReadUnsigned();
                Number = fields.ReadU32();
            }
            else if (kind == FrameKind.Begin)
            {
                fields.ReadUnsigned();
                fields.ReadU32();
                Number = fields.ReadU32();
            }
            else if (kind == FrameKind.Welcome)
            {
                fields.ReadU32();
                fields.ReadText();
                fields.ReadUnsigned();
                fields.ReadBool();
                MessageBytes = FrameGrammar.Limits.ReadIntegers(ref fields, new ValueWalk())[0];
            }
            else if (kind == FrameKind.Fault)
            {
                fields.ReadUnsigned();
                if (!fields.TryReadNil())
                {
                    fields.ReadArray();
                    Refers = new object[] { ((FrameKind)fields.ReadU32()).ToString().ToLowerInvariant(), fields.ReadU32() };
                }

                Code = fields.ReadText();
                Message = fields.ReadText();
            }
        }

        internal FrameKind Kind { get; }

        /// <summary>The conversation (opened) or turn (begin, text, end) that it's about.</summary>
        internal uint Number { get; }

        /// <summary>The largest message that a welcome allows.</summary>
        internal long? MessageBytes { get; }

        internal object[] Refers { get; }

        internal string Code { get; }

        internal string Message { get; }
    }
}
