using System;
using System.Collections.Generic;
using Loquent.Core.Tests.Wire;
using Loquent.Core.Wire;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>
    /// A server in memory, one connection after the other: it welcomes by itself, notes what the client sends, and sends what the test
    /// says. Its frames are numbered as they must be, unless the test numbers them.
    /// </summary>
    internal sealed class FakeServer
    {
        private readonly MsgPackWriter writer = new MsgPackWriter();
        private readonly List<List<object>> got = new List<List<object>>();
        private readonly bool inBackground;
        private bool heardBehindHello;

        internal FakeServer(bool inBackground = false)
        {
            this.inBackground = inBackground;
            Options = new SessionOptions(new Uri("ws://fake.invalid:1"))
            {
                Clock = () => Now,
                CreateTransport = options => NewTransport(),
                CloseTimeout = TimeSpan.FromSeconds(1),
                Reconnect = new ReconnectPolicy { Chance = () => Chance },
            };
        }

        /// <summary>Options of a session with this server.</summary>
        internal SessionOptions Options { get; }

        /// <summary>What chance gives when the session waits to reconnect: from 0, for no time, to 1, for the longest.</summary>
        internal double Chance { get; set; }

        /// <summary>The time of the session's clock, in milliseconds.</summary>
        internal long Now { get; set; } = 1000;

        /// <summary>The number of the last frame that was sent.</summary>
        internal long Seq { get; set; }

        internal string Id { get; set; } = "session-1";

        internal long Epoch { get; set; } = 1;

        /// <summary>Whether a hello that offers to resume is answered by resuming.</summary>
        internal bool Resumes { get; set; }

        /// <summary>The limits of the next welcome, as JSON.</summary>
        internal string LimitsJson { get; set; } = "{}";

        /// <summary>Whether hello is answered.</summary>
        internal bool Welcomes { get; set; } = true;

        /// <summary>Whether the answer to hello never arrives.</summary>
        internal bool LosesWelcomes { get; set; }

        /// <summary>A frame that hello is answered with instead of the welcome, as JSON; null for none.</summary>
        internal string Refusal { get; set; }

        /// <summary>How many connections have been begun.</summary>
        internal int ConnectionCount { get; private set; }

        /// <summary>The newest connection.</summary>
        internal FakeTransport Transport { get; private set; }

        /// <summary>How a new connection is to be, before it's used.</summary>
        internal Action<FakeTransport> Prepare { get; set; } = transport => { };

        /// <summary>All frames that the client sent, as JSON, one a line; forgotten when read.</summary>
        internal string TakeSent()
        {
            lock (got)
            {
                string lines = string.Join("\n", got.ConvertAll(ToJson).ToArray());
                got.Clear();
                return lines;
            }
        }

        /// <summary>How many frames the client has sent since they were taken.</summary>
        internal int SentCount
        {
            get
            {
                lock (got)
                {
                    return got.Count;
                }
            }
        }

        /// <summary>Sends frames as one message. The word <c>seq</c> in them stands for the next number.</summary>
        internal void Send(params string[] frames)
        {
            Transport.Deliver(Encode(frames));
        }

        internal byte[] Encode(params string[] frames)
        {
            lock (writer)
            {
                writer.Reset();
                foreach (string frame in frames)
                {
                    string numbered = frame.Contains("seq") ? frame.Replace("seq", (++Seq).ToString()) : frame;
                    FrameJson.Write(writer, (List<object>)Json.Parse(numbered));
                }

                return writer.ToArray();
            }
        }

        private FakeTransport NewTransport()
        {
            Transport = new FakeTransport(inBackground);
            ConnectionCount++;
            FakeTransport made = Transport;
            made.Sent = message => Receive(made, message);
            Prepare(made);
            return made;
        }

        private void Receive(FakeTransport from, byte[] message)
        {
            foreach (object outcome in FrameJson.DecodeMessage(message, FrameGrammar.FromClient))
            {
                var frame = (List<object>)outcome;
                lock (got)
                {
                    got.Add(frame);
                }

                if ((long)frame[0] != (long)FrameKind.Hello)
                {
                    heardBehindHello = true;
                }
                else if (Refusal != null)
                {
                    from.Deliver(Encode(Refusal));
                }
                else if (Welcomes)
                {
                    byte[] welcome = Welcome((List<object>)frame[4]);
                    if (!LosesWelcomes)
                    {
                        from.Deliver(welcome);
                    }
                }
            }
        }

        private byte[] Welcome(List<object> resume)
        {
            // Nothing heard behind hello: the last welcome may have been lost, and the client be an epoch behind.
            long epoch = resume == null ? 0 : (long)resume[1];
            bool again = epoch == Epoch - 1 && !heardBehindHello;
            bool resumed = resume != null && Resumes && (string)resume[0] == Id && (epoch == Epoch || again);
            heardBehindHello = false;
            if (resumed)
            {
                Epoch = epoch + 1;
            }
            else if (Seq > 0)
            {
                Id += "'";
                Epoch = 1;
                Seq = 0;
            }

            return Encode("[33,1,\"" + Id + "\"," + Epoch + "," + (resumed ? "true" : "false") + "," + LimitsJson + "]");
        }

        private static string ToJson(object value)
        {
            if (value is List<object> list)
            {
                return "[" + string.Join(",", list.ConvertAll(ToJson).ToArray()) + "]";
            }

            if (value is Dictionary<string, object> map)
            {
                var entries = new List<string>();
                foreach (KeyValuePair<string, object> entry in map)
                {
                    entries.Add(entry.Key + ":" + ToJson(entry.Value));
                }

                return "{" + string.Join(",", entries.ToArray()) + "}";
            }

            return value == null ? "null" : value is string ? "\"" + value + "\"" : value.ToString();
        }
    }
}
