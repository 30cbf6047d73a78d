using System;
using System.Collections.Generic;
using Loquent.Core;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.Tests.Fakes
{
    /// <summary>
    /// A server inside of the test: it welcomes, opens and takes on by itself, notes what it hears, and says what the test tells it to. Everything happens on
    /// the thread that calls, at once. One for all connections of a test.
    /// </summary>
    internal sealed class LocalServer
    {
        private readonly MsgPackWriter writer = new MsgPackWriter();
        private readonly FrameDecoder decoder = new FrameDecoder(FrameGrammar.FromClient);
        private readonly List<string> heard = new List<string>();
        private long seq;
        private long epoch = 1;
        private int sessions = 1;

        /// <summary>Whether it can be reached.</summary>
        internal bool IsThere { get; set; } = true;

        /// <summary>What hello is refused with; null for nothing.</summary>
        internal string RefusesHello { get; set; }

        /// <summary>What an open is refused with; null for nothing.</summary>
        internal string RefusesOpen { get; set; }

        /// <summary>Whether a lost session is resumed.</summary>
        internal bool Resumes { get; set; } = true;

        /// <summary>Whether what is said is taken on at once.</summary>
        internal bool Begins { get; set; } = true;

        /// <summary>Whether what is cancelled ends at once.</summary>
        internal bool EndsCancelled { get; set; } = true;

        /// <summary>The character's name for players.</summary>
        internal string Name { get; set; } = "Marta";

        /// <summary>The names of characters who are called otherwise.</summary>
        internal Dictionary<string, string> Names { get; } = new Dictionary<string, string>();

        /// <summary>How many connections have been begun.</summary>
        internal int ConnectionCount { get; private set; }

        /// <summary>The newest connection.</summary>
        internal LocalConnection Connection { get; private set; }

        /// <summary>The limits that it tells.</summary>
        internal Dictionary<string, long> Limits { get; } = new Dictionary<string, long>();

        /// <summary>The pictures that came with what was said last.</summary>
        internal List<byte[]> Images { get; } = new List<byte[]>();

        /// <summary>The turn that was said last.</summary>
        internal uint Turn { get; private set; }

        /// <summary>What it has heard since it was taken, one frame a line, without acknowledgements.</summary>
        internal string Heard()
        {
            string all = string.Join("\n", heard.ToArray());
            heard.Clear();
            return all;
        }

        /// <summary>Makes a client use it.</summary>
        internal void Serve(LoquentClient client)
        {
            client.CreateTransport = options =>
            {
                ConnectionCount++;
                Connection = new LocalConnection(this);
                return Connection;
            };
        }

        /// <summary>Sends a piece of the reply to what was said last.</summary>
        internal void Text(string text)
        {
            Text(Turn, text);
        }

        internal void Text(uint turn, string text)
        {
            Send(
                FrameKind.Text,
                5,
                frame =>
                {
                    frame.WriteUnsigned(turn);
                    frame.WriteText(text);
                    frame.WriteUnsigned(1);
                });
        }

        internal void Cue(string name, string argument = null)
        {
            Send(
                FrameKind.Cue,
                5,
                frame =>
                {
                    frame.WriteUnsigned(Turn);
                    frame.WriteText(name);
                    frame.WriteOptionalText(argument);
                });
        }

        /// <summary>Decides what was asked last, and ends it.</summary>
        internal void Decision(int index, params double[] probabilities)
        {
            Send(
                FrameKind.Decision,
                5,
                frame =>
                {
                    frame.WriteUnsigned(Turn);
                    frame.WriteUnsigned((ulong)index);
                    frame.WriteArray(probabilities.Length);
                    foreach (double probability in probabilities)
                    {
                        frame.WriteNumber(probability);
                    }
                });
            End();
        }

        internal void End(string reason = "stop")
        {
            End(Turn, reason);
        }

        internal void End(uint turn, string reason)
        {
            Send(
                FrameKind.End,
                5,
                frame =>
                {
                    frame.WriteUnsigned(turn);
                    frame.WriteText(reason);
                    frame.WriteMap(0);
                });
        }

        /// <summary>Sends the fault of what was to be decided last, behind it no end: it wasn't taken on.</summary>
        internal void RefuseDecide(string code, string message)
        {
            Fault(FrameKind.Decide, Turn, code, message);
        }

        /// <summary>Sends the fault of what was said last, behind it no end: it wasn't taken on.</summary>
        internal void RefuseSay(string code, string message)
        {
            Fault(FrameKind.Say, Turn, code, message);
        }

        /// <summary>Lets the turn fail that is running.</summary>
        internal void Fail(string code, string message)
        {
            Fault(FrameKind.Say, Turn, code, message);
            End("fault");
        }

        /// <summary>Lets the network break.</summary>
        internal void Break()
        {
            Connection.Break(new ConnectionLostException("The test broke the connection."));
        }

        internal void Receive(LocalConnection from, byte[] bytes, int start, int count)
        {
            decoder.Start(bytes, start, count);
            while (decoder.Next() == Outcome.Frame)
            {
                Answer(from, decoder.Shape.Kind, bytes, new MsgPackReader(bytes, decoder.FieldsStart, decoder.FrameEnd));
            }
        }

        private void Answer(LocalConnection from, FrameKind kind, byte[] bytes, MsgPackReader fields)
        {
            switch (kind)
            {
                case FrameKind.Hello:
                    Welcome(from, ref fields);
                    break;
                case FrameKind.Open:
                    Open(fields.ReadU32(), fields.ReadText());
                    break;
                case FrameKind.Say:
                    uint conversation = fields.ReadU32();
                    Turn = fields.ReadU32();
                    heard.Add("say " + Turn + " in " + conversation + ": " + fields.ReadText());
                    ReadImages(ref fields, bytes);
                    if (Begins)
                    {
                        Begin(conversation);
                    }

                    break;
                case FrameKind.Decide:
                    Decide(ref fields, bytes);
                    break;
                case FrameKind.Cancel:
                    uint turn = fields.ReadU32();
                    heard.Add("cancel " + turn + " at " + fields.ReadUnsigned());
                    if (EndsCancelled)
                    {
                        End(turn, "cancelled");
                    }

                    break;
                case FrameKind.Close:
                    heard.Add("close " + fields.ReadU32());
                    break;
            }
        }

        private void Decide(ref MsgPackReader fields, byte[] bytes)
        {
            uint conversation = fields.ReadU32();
            Turn = fields.ReadU32();
            string question = fields.ReadText();
            var options = new string[fields.ReadArray()];
            for (int i = 0; i < options.Length; i++)
            {
                options[i] = fields.ReadText();
            }

            heard.Add("decide " + Turn + " in " + conversation + ": " + question + " " + string.Join("/", options));
            ReadImages(ref fields, bytes);
            if (Begins)
            {
                Begin(conversation);
            }
        }

        private void ReadImages(ref MsgPackReader fields, byte[] bytes)
        {
            Images.Clear();
            for (int images = fields.ReadArray(); images > 0; images--)
            {
                fields.TryReadBytes(out int start, out int count);
                var image = new byte[count];
                Array.Copy(bytes, start, image, 0, count);
                Images.Add(image);
            }
        }

        private void Welcome(LocalConnection to, ref MsgPackReader fields)
        {
            for (int versions = fields.ReadArray(); versions > 0; versions--)
            {
                fields.ReadU32();
            }

            fields.ReadText();
            string token = fields.ReadOptionalText();
            bool resumes = Resumes && !fields.TryReadNil();
            heard.Add("hello" + (token == null ? string.Empty : " with " + token) + (resumes ? " to resume" : string.Empty));
            if (RefusesHello != null)
            {
                writer.Reset();
                WriteFault(0, null, 0, RefusesHello, "The server refuses: " + RefusesHello + ".");
                to.Deliver(writer.ToArray());
                return;
            }

            if (resumes)
            {
                epoch++;
            }
            else if (ConnectionCount > 1)
            {
                epoch = 1;
                seq = 0;
                sessions++;
            }

            writer.Reset();
            writer.WriteArray(6);
            writer.WriteUnsigned((ulong)FrameKind.Welcome);
            writer.WriteUnsigned(1);
            writer.WriteText("session-" + sessions);
            writer.WriteUnsigned((ulong)epoch);
            writer.WriteBool(resumes);
            writer.WriteMap(Limits.Count);
            foreach (KeyValuePair<string, long> limit in Limits)
            {
                writer.WriteText(limit.Key);
                writer.WriteUnsigned((ulong)limit.Value);
            }

            to.Deliver(writer.ToArray());
        }

        private void Open(uint number, string character)
        {
            heard.Add("open " + number + ": " + character);
            if (RefusesOpen != null)
            {
                Fault(FrameKind.Open, number, RefusesOpen, "The server refuses " + character + ": " + RefusesOpen + ".");
                return;
            }

            Send(
                FrameKind.Opened,
                6,
                frame =>
                {
                    frame.WriteUnsigned(number);
                    frame.WriteText(Names.TryGetValue(character, out string name) ? name : Name);
                    frame.WriteArray(1);
                    frame.WriteText("wave");
                    frame.WriteArray(0);
                });
        }

        private void Begin(uint conversation)
        {
            Send(
                FrameKind.Begin,
                4,
                frame =>
                {
                    frame.WriteUnsigned(conversation);
                    frame.WriteUnsigned(Turn);
                });
        }

        private void Fault(FrameKind refers, uint number, string code, string message)
        {
            writer.Reset();
            WriteFault(++seq, refers, number, code, message);
            Connection.Deliver(writer.ToArray());
        }

        private void WriteFault(long number, FrameKind? refers, uint what, string code, string message)
        {
            writer.WriteArray(6);
            writer.WriteUnsigned((ulong)FrameKind.Fault);
            writer.WriteUnsigned((ulong)number);
            if (refers == null)
            {
                writer.WriteNil();
            }
            else
            {
                writer.WriteArray(2);
                writer.WriteUnsigned((ulong)refers.Value);
                writer.WriteUnsigned(what);
            }

            writer.WriteText(code);
            writer.WriteText(message);
            writer.WriteNil();
        }

        private void Send(FrameKind kind, int elements, Action<MsgPackWriter> write)
        {
            writer.Reset();
            writer.WriteArray(elements);
            writer.WriteUnsigned((ulong)kind);
            writer.WriteUnsigned((ulong)++seq);
            write(writer);
            Connection.Deliver(writer.ToArray());
        }
    }
}
