using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <summary>The beginning of a connection: connecting, hello, and the server's welcome.</summary>
    internal sealed class Handshake
    {
        private readonly SessionOptions options;
        private readonly Connection connection;
        private readonly ValueWalk walk = new ValueWalk();

        private Handshake(SessionOptions options, Connection connection)
        {
            this.options = options;
            this.connection = connection;
        }

        /// <summary>The connection; frames behind the welcome wait in its inbox.</summary>
        internal Connection Connection => connection;

        /// <summary>The name of the session, new or resumed.</summary>
        internal string SessionId { get; private set; }

        /// <summary>The session's epoch.</summary>
        internal long Epoch { get; private set; }

        /// <summary>Whether the session goes on.</summary>
        internal bool IsResumed { get; private set; }

        /// <summary>What the server takes.</summary>
        internal Limits Limits { get; private set; }

        /// <summary>Connects and says hello. Whatever goes wrong, no connection is left.</summary>
        /// <param name="options">Where to, and how.</param>
        /// <param name="connection">What to connect; it isn't connected yet.</param>
        /// <param name="session">The session to be resumed; null for a new one.</param>
        /// <param name="epoch">Its epoch.</param>
        /// <param name="seq">The last seq of it that has been processed.</param>
        /// <param name="late">Tells that it has taken too long.</param>
        /// <param name="cancellation">Ends the attempt.</param>
        /// <exception cref="LoquentException">It didn't come to a welcome.</exception>
        internal static async Task<Handshake> MakeAsync(
            SessionOptions options,
            Connection connection,
            string session,
            long epoch,
            long seq,
            CancellationToken late,
            CancellationToken cancellation)
        {
            bool staysHere = connection.StaysInContext;
            var handshake = new Handshake(options, connection);
            using (var attempt = CancellationTokenSource.CreateLinkedTokenSource(late, cancellation))
            {
                try
                {
                    await connection.ConnectAsync(attempt.Token).ConfigureAwait(staysHere);
                    await handshake.GreetAsync(session, epoch, seq, attempt.Token).ConfigureAwait(staysHere);
                    return handshake;
                }
                catch (OperationCanceledException)
                {
                    var tooLate = new UnreachableException(
                        connection.Address + " didn't answer within " + options.ConnectTimeout.TotalSeconds
                        + " s: check the address, and whether the server is up and no firewall stands between.");
                    connection.Abandon(tooLate, CloseCode.GivenUp, string.Empty);
                    cancellation.ThrowIfCancellationRequested();
                    throw tooLate;
                }
                catch (LoquentException error)
                {
                    connection.Abandon(error, error is ProtocolException ? CloseCode.Protocol : CloseCode.GivenUp, string.Empty);
                    throw;
                }
            }
        }

        private async Task GreetAsync(string session, long epoch, long seq, CancellationToken cancellation)
        {
            bool staysHere = connection.StaysInContext;
            var writer = new MsgPackWriter();
            options.WriteHello(writer, session, epoch, seq);
            connection.Outbox.TryAdd(writer, false);
            connection.Flush();
            var cancelled = new TaskCompletionSource<bool>(
                staysHere ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            using (cancellation.Register(() => cancelled.TrySetResult(true)))
            {
                while (true)
                {
                    Task arrival = connection.Inbox.ArrivalAsync();
                    bool over = connection.IsOver;
                    if (IsWelcomed(session, epoch))
                    {
                        return;
                    }

                    if (over)
                    {
                        throw connection.Failure;
                    }

                    await Task.WhenAny(arrival, cancelled.Task).ConfigureAwait(staysHere);
                    cancellation.ThrowIfCancellationRequested();
                }
            }
        }

        /// <summary>Reads what has come up to the welcome, and not beyond.</summary>
        private bool IsWelcomed(string session, long epoch)
        {
            while (connection.Inbox.TryNext(out FrameKind kind, out MsgPackReader fields, out long _))
            {
                switch (kind)
                {
                    case FrameKind.Welcome:
                        ReadWelcome(fields, session, epoch);
                        return true;
                    case FrameKind.Goaway:
                        break; // it still may welcome us; when it closes, that is noticed
                    case FrameKind.Fault:
                        fields.ReadUnsigned(); // seq: a fault before welcome belongs to no session
                        throw new FaultException(Fault.Read(ref fields, walk));
                    default:
                        throw new ProtocolException(
                            "The server at " + connection.Address + " sent a frame of kind " + (int)kind + " before welcome, so the connection was closed.");
                }
            }

            return false;
        }

        private void ReadWelcome(MsgPackReader fields, string session, long epoch)
        {
            uint version = fields.ReadU32();
            SessionId = fields.ReadText();
            Epoch = fields.ReadUnsigned();
            IsResumed = fields.ReadBool();
            Limits = Limits.Read(ref fields, walk);
            if (version != ClientFrames.Version)
            {
                throw new ProtocolException(
                    "The server at " + connection.Address + " chose version " + version + " of the protocol, which wasn't offered.");
            }

            if (IsResumed && (SessionId != session || Epoch != epoch + 1))
            {
                throw new ProtocolException(
                    "The server at " + connection.Address + " resumed another session than the one asked for, so the connection was closed.");
            }

            connection.Outbox.MaxMessageBytes = Limits.MessageBytes ?? long.MaxValue;
        }
    }
}
