using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Security.Authentication;
using Loquent.Core.Failures;

namespace Loquent.Core.Transport
{
    /// <summary>Why .NET's WebSocket client couldn't connect, as a sentence that says what to do, and whether trying again may help.</summary>
    internal static class HandshakeFailure
    {
        private const int Unauthorized = 401;
        private const int Forbidden = 403;
        private const int Unavailable = 503;

        /// <summary>Makes the exception.</summary>
        /// <param name="error">What connecting ended with.</param>
        /// <param name="at">The address.</param>
        internal static UnreachableException Explain(Exception error, string at)
        {
            // Of the platform's words, the first line: Mono adds places in its own sources.
            string said = " (" + error.GetBaseException().Message.Split('\n')[0].Trim() + ")";
            if (Find<SocketException>(error) != null)
            {
                return new UnreachableException("Can't reach " + at + ": is the server running? Start it with `make serve`." + said, error);
            }

            if (Find<IOException>(error) != null)
            {
                // Also in the middle of TLS, where it comes inside of an AuthenticationException.
                return new UnreachableException(
                    "The connection to " + at + " broke while it was being made: check the network, and whether the server speaks "
                    + (at.StartsWith("wss:", StringComparison.OrdinalIgnoreCase) ? "TLS there or wants ws:// instead of wss://." : "WebSocket there.") + said,
                    error);
            }

            if (Find<AuthenticationException>(error) != null)
            {
                return new UnreachableException(
                    "The server at " + at + " couldn't prove who it is: check its certificate, and whether it speaks TLS at all or wants ws:// instead of wss://."
                    + said,
                    error,
                    null,
                    false);
            }

            int? status = StatusIn(error);
            return new UnreachableException(
                "The server at " + at + " didn't open a WebSocket: " + WhatToDo(status) + said,
                error,
                status,
                status != Unauthorized && status != Forbidden);
        }

        private static string WhatToDo(int? status)
        {
            switch (status)
            {
                case Unauthorized:
                    return "it wants another token. Set SessionOptions.Token to one that it knows; `loquent token NAME` makes one there.";
                case Forbidden:
                    return "it doesn't let this program in. Take away a header Origin from SessionOptions.Headers, or let the server allow it.";
                case Unavailable:
                    return "it's full, or it stops. Try again in a moment.";
                default:
                    return "check that address and path are a Loquent server's, and the token if it wants one; or it's full, and a moment later it takes you.";
            }
        }

        /// <summary>Finds the status of the handshake's answer. .NET has it in its words; Mono, and so Unity, keeps it for itself.</summary>
        private static int? StatusIn(Exception error)
        {
            const string Before = "status code '";
            for (; error != null; error = error.InnerException)
            {
                int at = error.Message.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
                if (at >= Before.Length && at + 3 <= error.Message.Length
                    && int.TryParse(error.Message.Substring(at, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
                {
                    return status;
                }
            }

            return null;
        }

        private static T Find<T>(Exception error)
            where T : Exception
        {
            while (error != null && !(error is T))
            {
                error = error.InnerException;
            }

            return (T)error;
        }
    }
}
