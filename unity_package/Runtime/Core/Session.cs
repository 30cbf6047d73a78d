using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <summary>
    /// A program's tie to a server: it holds one connection at a time and any number of conversations. When the connection is lost, it makes another one
    /// and goes on where it was, unless told otherwise.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Bytes are received and checked in the background and wait in a bounded queue. Call <see cref="Update"/> once per frame: it drains the
    /// queue, raises all events and completes all tasks, on the thread that calls it. A program without a frame loop runs
    /// <see cref="RunAsync"/> instead.
    /// </para>
    /// <para>All methods may be called from any thread, and in handlers.</para>
    /// <para>
    /// End it with <see cref="CloseAsync"/> or <see cref="Dispose"/>: its socket and its sending thread live until then, even if nothing refers to
    /// it any more.
    /// </para>
    /// </remarks>
    public sealed partial class Session : IDisposable
    {
        private readonly object gate = new object();
        private readonly SessionOptions options;
        private readonly CancellationTokenSource lifetime = new CancellationTokenSource();
        private readonly Sequence sequence = new Sequence();
        private readonly SilenceWatch silence = new SilenceWatch();
        private readonly ValueWalk walk = new ValueWalk();
        private volatile Connection connection;
        private volatile SessionState state = SessionState.Disconnected;
        private volatile Limits limits;
        private volatile bool staysInContext;
        private volatile string id;
        private long epoch;

        private Session(SessionOptions options)
        {
            this.options = options;
            schedule = options.Reconnect == null ? null : new ReconnectSchedule(options.Reconnect);
        }

        /// <summary>
        /// The connection is lost, or an attempt to make another one has failed, and the session will try again: it says when, and why that is. Raised inside
        /// <see cref="Update"/>, after all that had come was processed.
        /// </summary>
        public event Action<ReconnectAttempt> Reconnecting
        {
            add => reconnecting.Add(value);
            remove => reconnecting.Remove(value);
        }

        /// <summary>
        /// There is a connection again, made by the session itself or by <see cref="ReconnectAsync"/>. True: every conversation and turn that was kept goes on.
        /// False: the session on the server is a new one, and what was open has been reported as <see cref="Conversation.Lost"/> before. Raised inside
        /// <see cref="Update"/>, before anything that comes over the connection.
        /// </summary>
        public event Action<bool> Reconnected
        {
            add => reconnected.Add(value);
            remove => reconnected.Remove(value);
        }

        /// <summary>
        /// The connection is lost, and the session won't make another one by itself: it has given up, or has been told not to try (see
        /// <see cref="SessionOptions.Reconnect"/>). The exception says why. Raised inside <see cref="Update"/>, after all that had come was processed, and
        /// before the turns and conversations that go with it. <see cref="ReconnectAsync"/> makes another connection.
        /// </summary>
        public event Action<LoquentException> ConnectionLost
        {
            add => connectionLost.Add(value);
            remove => connectionLost.Remove(value);
        }

        /// <summary>
        /// The server says what went wrong: every fault, also those of turns and of opening. For a log. Raised inside <see cref="Update"/>.
        /// </summary>
        public event Action<Fault> FaultReceived
        {
            add => faultReceived.Add(value);
            remove => faultReceived.Remove(value);
        }

        /// <summary>
        /// The server will close the connection after so much time. Running turns may still end; new ones are refused. Raised inside
        /// <see cref="Update"/>.
        /// </summary>
        public event Action<TimeSpan> GoingAway
        {
            add => goingAway.Add(value);
            remove => goingAway.Remove(value);
        }

        /// <summary>
        /// Something went wrong that stops nothing: a handler threw, or the server sent a frame that had to be skipped. Raised inside
        /// <see cref="Update"/>. What a handler of this event throws itself is dropped.
        /// </summary>
        public event Action<Exception> Error
        {
            add => errors.Add(value);
            remove => errors.Remove(value);
        }

        /// <summary>
        /// How the session stands to its server. A loss becomes known inside <see cref="Update"/>, and so does a connection that the session has made by
        /// itself.
        /// </summary>
        public SessionState State => state;

        /// <summary>What the server takes.</summary>
        public Limits Limits => limits;

        /// <summary>The last exception that <see cref="Error"/> told, whether somebody listened or not; null if there was none.</summary>
        public Exception LastError { get; private set; }

        /// <summary>Connects to a server. Completes when it has said welcome, without <see cref="Update"/>.</summary>
        /// <param name="address">Where it is, such as <c>ws://127.0.0.1:8765</c>.</param>
        /// <param name="cancellation">Ends the attempt.</param>
        /// <returns>The session.</returns>
        /// <exception cref="ArgumentException">The address isn't a ws or wss address.</exception>
        /// <exception cref="UnreachableException">There is no server, or it didn't answer in time.</exception>
        /// <exception cref="SubprotocolException">It's another kind of server.</exception>
        /// <exception cref="FaultException">The server refused: token, version, or it's full.</exception>
        /// <exception cref="ConnectionLostException">The connection broke before the welcome.</exception>
        /// <exception cref="ProtocolException">The server doesn't keep to the protocol.</exception>
        /// <exception cref="OperationCanceledException">The attempt was ended.</exception>
        public static Task<Session> ConnectAsync(Uri address, CancellationToken cancellation = default(CancellationToken))
        {
            return ConnectAsync(new SessionOptions(address), cancellation);
        }

        /// <summary>Connects to a server. Completes when it has said welcome, without <see cref="Update"/>.</summary>
        /// <param name="options">Where it is, and how to deal with it.</param>
        /// <param name="cancellation">Ends the attempt.</param>
        /// <returns>The session.</returns>
        /// <exception cref="ArgumentException">An option can't be used.</exception>
        /// <exception cref="UnreachableException">There is no server, or it didn't answer in time.</exception>
        /// <exception cref="SubprotocolException">It's another kind of server.</exception>
        /// <exception cref="FaultException">The server refused: token, version, or it's full.</exception>
        /// <exception cref="ConnectionLostException">The connection broke before the welcome.</exception>
        /// <exception cref="ProtocolException">The server doesn't keep to the protocol.</exception>
        /// <exception cref="OperationCanceledException">The attempt was ended.</exception>
        public static async Task<Session> ConnectAsync(SessionOptions options, CancellationToken cancellation = default(CancellationToken))
        {
            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }

            var session = new Session(options.Checked());
            Task<bool> connecting = session.ReconnectAsync(cancellation);
            await connecting.ConfigureAwait(session.staysInContext);
            return session;
        }

        /// <summary>
        /// Makes another connection after the last one was lost, at once: when the session has given up, when it isn't to do it by itself, or to not wait
        /// for its next attempt. Goes on with the session, if <see cref="SessionOptions.Resume"/> is set and the server still has it. Otherwise the session
        /// on the server is a new one: conversations that were kept are then reported as <see cref="Conversation.Lost"/> by the next
        /// <see cref="Update"/>, after their turns have ended. If it fails, nothing has changed.
        /// </summary>
        /// <param name="cancellation">Ends the attempt. It can be tried again.</param>
        /// <returns>Whether the session goes on: every conversation and turn that was kept.</returns>
        /// <exception cref="InvalidOperationException">The session is connected, or just making a connection.</exception>
        /// <exception cref="UnreachableException">There is no server, or it didn't answer in time.</exception>
        /// <exception cref="SubprotocolException">It's another kind of server.</exception>
        /// <exception cref="FaultException">The server refused: token, version, or it's full.</exception>
        /// <exception cref="ConnectionLostException">The connection broke before the welcome.</exception>
        /// <exception cref="ProtocolException">The server doesn't keep to the protocol.</exception>
        /// <exception cref="SessionClosedException">The session is closed, or was closed meanwhile.</exception>
        /// <exception cref="OperationCanceledException">The attempt was ended.</exception>
        public async Task<bool> ReconnectAsync(CancellationToken cancellation = default(CancellationToken))
        {
            TaskCompletionSource<bool> attempt = BeginReconnecting(out string offered);
            try
            {
                using (var late = new CancellationTokenSource(options.ConnectTimeout))
                using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.Token))
                {
                    Handshake made;
                    try
                    {
                        made = await Handshake.MakeAsync(
                            options, NewConnection(), offered, epoch, sequence.Processed, late.Token, either.Token).ConfigureAwait(staysInContext);
                    }
                    catch (Exception) when (state == SessionState.Closed && !cancellation.IsCancellationRequested)
                    {
                        throw Closed();
                    }

                    Adopt(made);
                    return made.IsResumed;
                }
            }
            finally
            {
                lock (gate)
                {
                    attempting = null;
                }

                attempt.SetResult(true);
            }
        }

        private TaskCompletionSource<bool> BeginReconnecting(out string offered)
        {
            lock (gate)
            {
                if (state == SessionState.Closed)
                {
                    throw Closed();
                }

                if (state == SessionState.Connected || attempting != null)
                {
                    throw new InvalidOperationException(
                        "The session has a connection, or is just making one; wait for Reconnecting or ConnectionLost.");
                }

                var attempt = new TaskCompletionSource<bool>();
                attempting = attempt.Task;
                offered = options.Resume ? id : null;
                return attempt;
            }
        }

        /// <summary>Goes on over a connection that has been made.</summary>
        /// <exception cref="SessionClosedException">The session was closed meanwhile, and the connection with it.</exception>
        private void Adopt(Handshake made)
        {
            lock (gate)
            {
                if (state == SessionState.Closed)
                {
                    throw Closed();
                }

                if (!made.IsResumed)
                {
                    LetGo(new ConnectionLostException("The server has begun a new session: what was open on the lost connection must be opened again."));
                    sequence.Restart();
                }

                id = made.SessionId;
                epoch = made.Epoch;
                limits = made.Limits;
                connectedAt = options.Clock();
                silence.Restart(connectedAt);
                updatedAt = connectedAt;
                pausedMs = 0;
                backAt = 0;
                connection = made.Connection;
                connectionCount++;
                resumed = connectionCount == 1 ? (bool?)null : made.IsResumed;
                state = SessionState.Connected;
                if (made.IsResumed)
                {
                    unconfirmed.SendAgain(bytes => made.Connection.Outbox.TryAdd(bytes, bytes.Length, false));
                }
            }

            made.Connection.Flush();
        }

        private static SessionClosedException Closed()
        {
            return new SessionClosedException("The session is closed; connect a new one.");
        }
    }
}
