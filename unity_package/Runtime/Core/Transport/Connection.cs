using System;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;
using Loquent.Core.Wire;

namespace Loquent.Core.Transport
{
    /// <summary>
    /// One connection: a transport with its one receiving loop and its one sender, and the bounded queues between them and the session.
    /// </summary>
    /// <remarks>
    /// Over a transport that runs in the background, the loop runs on the thread pool and the sender on a thread of its own, which the
    /// session's thread can wake without allocating. Otherwise everything runs on the session's thread, and <see cref="Flush"/> sends.
    /// Whatever ends the connection, no socket and no thread remains after at most the time for closing.
    /// </remarks>
    internal sealed class Connection : IDisposable
    {
        private readonly ITransport transport;
        private readonly Func<long> clock;
        private readonly Action hear;
        private readonly TimeSpan closeTimeout;
        private readonly bool staysHere;
        private readonly TaskCompletionSource<bool> receiverEnded = NewEnd();
        private readonly TaskCompletionSource<bool> senderEnded = NewEnd();
        private byte[] sending = new byte[Outbox.FirstBytes];
        private bool isSending;
        private long lastHeard;
        private volatile bool over;
        private volatile bool waitingForPeer;
        private LoquentException failure;
        private LoquentException sendFailure;
        private int finishing;
        private int disposed;

        /// <param name="transport">Not connected yet. It belongs to the connection from here on.</param>
        /// <param name="options">Bounds and times.</param>
        internal Connection(ITransport transport, SessionOptions options)
        {
            this.transport = transport;
            staysHere = !transport.RunsInBackground;
            clock = options.Clock;
            hear = () => Interlocked.Exchange(ref lastHeard, clock());
            closeTimeout = options.CloseTimeout;
            Inbox = new Inbox(options.InboxMessages, options.InboxBytes, options.MaxMessageBytes, transport.RunsInBackground);
            Outbox = new Outbox(options.OutboxBytes);
            Address = options.Address.OriginalString;
        }

        /// <summary>What has come.</summary>
        internal Inbox Inbox { get; }

        /// <summary>What is to go.</summary>
        internal Outbox Outbox { get; }

        /// <summary>Where the server is, for sentences.</summary>
        internal string Address { get; }

        /// <summary>Whether nothing comes any more but what is in the inbox already.</summary>
        internal bool IsOver => over;

        /// <summary>Why it's over; null while it isn't.</summary>
        internal LoquentException Failure => Volatile.Read(ref failure);

        /// <summary>When the peer was last heard, be it a part of a message, in milliseconds of the session's clock.</summary>
        internal long LastHeard => Interlocked.Read(ref lastHeard);

        /// <summary>Whether silence is the peer's, and not due to a full inbox.</summary>
        internal bool IsListening => waitingForPeer;

        /// <summary>Completes when neither the loop nor the sender runs any more.</summary>
        internal Task Gone => Task.WhenAll(receiverEnded.Task, senderEnded.Task);

        /// <summary>Whether waits are to go on in the context they began in, because there is no background.</summary>
        internal bool StaysInContext => staysHere;

        private bool IsDisposed => Volatile.Read(ref disposed) != 0;

        /// <summary>Connects and starts to receive and send.</summary>
        internal async Task ConnectAsync(CancellationToken cancellation)
        {
            try
            {
                await transport.ConnectAsync(cancellation).ConfigureAwait(staysHere);
            }
            catch
            {
                receiverEnded.TrySetResult(true);
                senderEnded.TrySetResult(true);
                Dispose();
                throw;
            }

            Interlocked.Exchange(ref lastHeard, clock());
            if (!staysHere)
            {
                _ = Task.Run(ReceiveAsync, CancellationToken.None);
                new Thread(SendInThread) { IsBackground = true, Name = "Loquent sender" }.Start();
            }
            else
            {
                _ = ReceiveAsync();
            }
        }

        /// <summary>Sends what waits, where there's no thread to do it. Otherwise does nothing.</summary>
        internal void Flush()
        {
            if (staysHere && !isSending)
            {
                SendInContext();
            }
        }

        /// <summary>Gives the connection up: tells the peer why, if it still can be told, and lets go of everything soon.</summary>
        internal void Abandon(LoquentException why, int closeCode, string reason)
        {
            Fail(why);
            over = true;
            Inbox.Complete();
            Outbox.Close(closeCode, reason);
            Finish();
        }

        /// <summary>Says that the session is over, behind what waits; the close that comes of it is the one thing that ends it on the server, too.</summary>
        internal void EndSession()
        {
            Outbox.Close(CloseCode.Done, string.Empty);
        }

        /// <summary>Closes as one should: sends what waits, then the close, and waits for the peer's, as long as there is time for it.</summary>
        internal async Task CloseAsync()
        {
            Fail(new SessionClosedException("The session was closed."));

            // Nobody reads any more: what still comes is dropped, so that the peer's close is found behind it.
            Inbox.Complete();
            EndSession();
            Flush();
            await GoneInTimeAsync().ConfigureAwait(staysHere);
            Dispose();
        }

        /// <summary>Lets go of the socket at once. The loop and the sender end as soon as the transport lets them.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) != 0)
            {
                return;
            }

            Fail(new SessionClosedException("The session was disposed."));
            over = true;
            Outbox.Complete();
            transport.Dispose();
            Inbox.Complete();
            if (staysHere)
            {
                senderEnded.TrySetResult(true);
            }
        }

        private static TaskCompletionSource<bool> NewEnd()
        {
            return new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        private async Task ReceiveAsync()
        {
            var decoder = new FrameDecoder(FrameGrammar.FromServer);
            try
            {
                bool goesOn = true;
                while (goesOn && !IsDisposed)
                {
                    await Inbox.RoomAsync().ConfigureAwait(staysHere);
                    goesOn = !IsDisposed && await ReceiveOneAsync(decoder).ConfigureAwait(staysHere);
                }
            }
            catch (Exception error)
            {
                Fail(error as LoquentException ?? Broken(error));
                Outbox.Close(error is ProtocolException ? CloseCode.TooLarge : CloseCode.GivenUp, string.Empty);
            }
            finally
            {
                over = true;
                receiverEnded.TrySetResult(true);
                Inbox.Complete();
                Finish();
            }
        }

        /// <returns>Whether more may come.</returns>
        private async Task<bool> ReceiveOneAsync(FrameDecoder decoder)
        {
            Message message = Inbox.Rent();
            message.Buffer.Filled = hear;
            waitingForPeer = true;
            Received received = await transport.ReceiveAsync(message.Buffer).ConfigureAwait(staysHere);
            waitingForPeer = false;
            message.Buffer.Filled = null;
            message.ArrivedAt = clock();
            Interlocked.Exchange(ref lastHeard, message.ArrivedAt);
            if (received == Received.Close)
            {
                Inbox.Return(message);
                Fail(ClosedByPeer());
                Outbox.Close(CloseCode.AnswerTo(transport.CloseCode), string.Empty);
                return false;
            }

            if (received == Received.Text)
            {
                message.Skip("The server sent a text message; frames travel in binary messages. It was skipped.");
            }
            else
            {
                message.Decode(decoder);
            }

            string framing = message.FramingReason;
            if (message.IsEmpty)
            {
                Inbox.Return(message);
            }
            else
            {
                Inbox.Add(message);
            }

            if (framing != null)
            {
                Fail(new ProtocolException("The server sent bytes that are no frames, so the connection was closed. " + framing));
                Outbox.Close(CloseCode.Framing, "framing");
            }

            return framing == null;
        }

        private void SendInThread()
        {
            try
            {
                bool goesOn = true;
                while (goesOn && Outbox.WaitForWork())
                {
                    goesOn = SendOneAsync().GetAwaiter().GetResult();
                }
            }
            catch (Exception error)
            {
                SendFailed(error);
            }
            finally
            {
                SenderEnds();
            }
        }

        private async void SendInContext()
        {
            isSending = true;
            try
            {
                while (!IsDisposed && Outbox.HasWork)
                {
                    if (!await SendOneAsync().ConfigureAwait(staysHere))
                    {
                        SenderEnds();
                    }
                }
            }
            catch (Exception error)
            {
                SendFailed(error);
                SenderEnds();
            }
            finally
            {
                isSending = false;
            }
        }

        /// <summary>Sends one message of what waits, or the close if that is what's left.</summary>
        /// <returns>Whether more may be sent.</returns>
        private Task<bool> SendOneAsync()
        {
            int count = Outbox.Take(ref sending);
            return count > 0 ? SendMessageAsync(count) : SendCloseAsync();
        }

        private async Task<bool> SendMessageAsync(int count)
        {
            await transport.SendAsync(sending, 0, count).ConfigureAwait(staysHere);
            if (sending.Length > Outbox.KeptBytes)
            {
                sending = new byte[Outbox.FirstBytes];
            }

            return true;
        }

        private async Task<bool> SendCloseAsync()
        {
            if (!Outbox.TryTakeClose())
            {
                return true;
            }

            await transport.CloseAsync(Outbox.CloseCode, Outbox.CloseReason).ConfigureAwait(staysHere);
            return false;
        }

        private void SendFailed(Exception error)
        {
            // What the server said before it went may still be readable, so the receiver gets the time for closing to find it.
            Outbox.Complete();
            sendFailure = error as LoquentException ?? Broken(error);
            Finish();
        }

        private void SenderEnds()
        {
            Outbox.Complete();
            senderEnded.TrySetResult(true);
        }

        /// <summary>Once one half has ended: gives the other one the time for closing, then disposes.</summary>
        private async void Finish()
        {
            if (Interlocked.Exchange(ref finishing, 1) != 0)
            {
                return;
            }

            try
            {
                Flush();
                await GoneInTimeAsync().ConfigureAwait(staysHere);
                if (sendFailure != null)
                {
                    Fail(sendFailure);
                }

                Dispose();
            }
            catch (Exception error)
            {
                // Nobody awaits this, and a transport that can't even be disposed must not end the program.
                Fail(Broken(error));
            }
        }

        /// <summary>Waits until nothing runs any more, or the time for closing is over.</summary>
        private async Task GoneInTimeAsync()
        {
            using (var ended = new CancellationTokenSource())
            {
                Task late = Task.Delay(closeTimeout, ended.Token);
                await Task.WhenAny(Gone, late).ConfigureAwait(staysHere);
                ended.Cancel();
            }
        }

        private void Fail(LoquentException why)
        {
            Interlocked.CompareExchange(ref failure, why, null);
        }

        private ConnectionLostException Broken(Exception error)
        {
            return new ConnectionLostException(
                "The connection to " + Address + " broke: check the network and the server, then connect again. (" + error.Message + ")",
                error,
                transport.CloseCode);
        }

        private ConnectionLostException ClosedByPeer()
        {
            string said = string.IsNullOrEmpty(transport.CloseReason) ? string.Empty : ": " + transport.CloseReason;
            return new ConnectionLostException(
                "The server at " + Address + " closed the connection (" + (transport.CloseCode?.ToString() ?? "no code") + said
                + "). Connect again when it's there.",
                null,
                transport.CloseCode);
        }
    }
}
