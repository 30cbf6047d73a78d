using System;
using System.Collections.Generic;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>What commonly goes wrong with a server's address.</summary>
    internal static class AddressChecks
    {
        /// <summary>Looks at an address.</summary>
        /// <param name="address">As it was typed.</param>
        /// <param name="target">What the game is built for.</param>
        /// <param name="write">Writes another address in its place; null if that can't be done from here.</param>
        internal static IEnumerable<Finding> Look(string address, BuildTarget target, Action<string> write)
        {
            string typed = (address ?? string.Empty).Trim();
            if (typed.Length == 0)
            {
                yield return Fixable("There's no address. Give the server's, such as " + LoquentSettings.DefaultAddress + ".", LoquentSettings.DefaultAddress, write);
                yield break;
            }

            if (!typed.Contains("://"))
            {
                yield return Fixable("The address has no ws:// in front.", "ws://" + typed, write);
                yield break;
            }

            if (!Uri.TryCreate(typed, UriKind.Absolute, out Uri uri) || uri.Host.Length == 0)
            {
                yield return Finding.Error("'" + typed + "' is no address. It looks like ws://192.168.1.20:8765.");
                yield break;
            }

            if (uri.Scheme == "http" || uri.Scheme == "https")
            {
                string right = (uri.Scheme == "https" ? "wss" : "ws") + typed.Substring(uri.Scheme.Length);
                yield return Fixable("The server speaks WebSocket, so its address begins with ws:// or, with TLS, wss://.", right, write);
                yield break;
            }

            if (uri.Scheme != "ws" && uri.Scheme != "wss")
            {
                yield return Finding.Error("'" + uri.Scheme + "' isn't spoken by the server. Its address begins with ws:// or, with TLS, wss://.");
                yield break;
            }

            bool isDevice = target == BuildTarget.Android || target == BuildTarget.iOS;
            if (uri.IsLoopback && isDevice)
            {
                yield return Finding.Warning(
                    "The game is built for a device, and there " + uri.Host + " is the device itself. It works here in the Editor; for the device give the address of the "
                    + "server's machine: `make doctor` on it says which.");
            }
            else if (uri.Scheme == "ws" && !uri.IsLoopback)
            {
                yield return Finding.Warning(
                    "What is said, and the token, go over the network as they are, for everybody on it to read. On your own Wi-Fi that may do; otherwise give the server a certificate and "
                    + "use wss://. (Android's ban on cleartext doesn't stop it: that one is about web requests, not about sockets.)");
            }
        }

        private static Finding Fixable(string text, string right, Action<string> write)
        {
            return write == null
                ? Finding.Error(text + " It should be " + right + ".")
                : Finding.Error(text, "Make it " + right, () => write(right));
        }
    }
}
