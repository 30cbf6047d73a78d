using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>
    /// A WebSocket server on the loopback, as small as can be, for one connection: it answers the handshake as told, then the test reads and
    /// writes frames of RFC 6455 itself.
    /// </summary>
    internal sealed class LoopbackServer : IDisposable
    {
        private readonly TcpListener listener = new TcpListener(IPAddress.Loopback, 0);
        private TcpClient peer;
        private Stream stream;

        internal LoopbackServer()
        {
            listener.Start();
            Address = new Uri("ws://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port);
        }

        internal Uri Address { get; }

        /// <summary>The request of the handshake, as it came.</summary>
        internal string Request { get; private set; }

        public void Dispose()
        {
            peer?.Close();
            listener.Stop();
        }

        /// <summary>Takes a connection and reads the request, without answering.</summary>
        internal async Task AcceptAsync()
        {
            peer = await listener.AcceptTcpClientAsync();
            stream = peer.GetStream();
            var request = new StringBuilder();
            var one = new byte[1];
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, 0, 1) == 1)
            {
                request.Append((char)one[0]);
            }

            Request = request.ToString();
        }

        /// <summary>Opens the WebSocket.</summary>
        /// <param name="subprotocol">The one that is selected; null for none.</param>
        internal Task OpenAsync(string subprotocol = SessionOptions.Subprotocol)
        {
            string key = string.Empty;
            foreach (string line in Request.Split('\n'))
            {
                if (line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))
                {
                    key = line.Substring(line.IndexOf(':') + 1).Trim();
                }
            }

            string accept;
            using (SHA1 hash = SHA1.Create())
            {
                accept = Convert.ToBase64String(hash.ComputeHash(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
            }

            return AnswerAsync(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + "\r\n"
                + (subprotocol == null ? string.Empty : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n") + "\r\n");
        }

        internal Task AnswerAsync(string http)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(http);
            return stream.WriteAsync(bytes, 0, bytes.Length);
        }

        /// <summary>Writes one WebSocket frame; payloads up to 65,535 bytes.</summary>
        internal Task WriteAsync(int opcode, byte[] payload, bool final = true)
        {
            var bytes = new List<byte> { (byte)((final ? 0x80 : 0) | opcode) };
            if (payload.Length < 126)
            {
                bytes.Add((byte)payload.Length);
            }
            else
            {
                bytes.Add(126);
                bytes.Add((byte)(payload.Length >> 8));
                bytes.Add((byte)payload.Length);
            }

            bytes.AddRange(payload);
            return stream.WriteAsync(bytes.ToArray(), 0, bytes.Count);
        }

        /// <summary>Reads one WebSocket frame from the client: its opcode and its payload.</summary>
        internal async Task<KeyValuePair<int, byte[]>> ReadAsync()
        {
            byte[] head = await ReadExactlyAsync(2);
            int length = head[1] & 0x7f;
            if (length == 126)
            {
                byte[] more = await ReadExactlyAsync(2);
                length = (more[0] << 8) | more[1];
            }

            byte[] mask = await ReadExactlyAsync(4);
            byte[] payload = await ReadExactlyAsync(length);
            for (int i = 0; i < length; i++)
            {
                payload[i] ^= mask[i % 4];
            }

            return new KeyValuePair<int, byte[]>(head[0] & 0x0f, payload);
        }

        /// <summary>Whether the client has let go of its socket: reading gives its end, not silence.</summary>
        internal async Task<bool> IsLetGoAsync()
        {
            var bytes = new byte[256];
            try
            {
                while (await stream.ReadAsync(bytes, 0, bytes.Length) > 0)
                {
                    continue;
                }
            }
            catch (IOException)
            {
                return true;
            }

            return true;
        }

        /// <summary>Breaks the connection without a word.</summary>
        internal void Reset()
        {
            peer.LingerState = new LingerOption(true, 0);
            peer.Close();
        }

        private async Task<byte[]> ReadExactlyAsync(int count)
        {
            var bytes = new byte[count];
            for (int at = 0; at < count;)
            {
                int now = await stream.ReadAsync(bytes, at, count - at);
                if (now == 0)
                {
                    throw new EndOfStreamException("The client has closed.");
                }

                at += now;
            }

            return bytes;
        }
    }
}
