using System.Collections.Generic;

namespace Loquent.Core.Wire
{
    /// <summary>Writes the frames that a client sends, each behind what the writer holds already.</summary>
    internal static class ClientFrames
    {
        /// <summary>The version of the protocol that this client speaks.</summary>
        internal const uint Version = 1;

        /// <summary>Writes the first frame of a connection.</summary>
        /// <param name="writer">Takes the frame.</param>
        /// <param name="versions">The versions that the client speaks.</param>
        /// <param name="client">Name and version of the client, for the server's log.</param>
        /// <param name="token">Who may; null if there is none.</param>
        /// <param name="session">The session to be resumed; null for a new one.</param>
        /// <param name="epoch">That session's epoch.</param>
        /// <param name="seq">The last seq of it that has been processed.</param>
        internal static void Hello(
            MsgPackWriter writer, IReadOnlyList<uint> versions, string client, string token, string session, long epoch, long seq)
        {
            Begin(writer, FrameKind.Hello, 4);
            writer.WriteArray(versions.Count);
            for (int i = 0; i < versions.Count; i++)
            {
                writer.WriteUnsigned(versions[i]);
            }

            writer.WriteText(client);
            writer.WriteOptionalText(token);
            if (session == null)
            {
                writer.WriteNil();
                return;
            }

            writer.WriteArray(3);
            writer.WriteText(session);
            writer.WriteUnsigned((ulong)epoch);
            writer.WriteUnsigned((ulong)seq);
        }

        internal static void Open(MsgPackWriter writer, uint conversation, string character, OpenOptions options)
        {
            Begin(writer, FrameKind.Open, 3);
            writer.WriteUnsigned(conversation);
            writer.WriteText(character);
            int count = (options?.Player != null ? 1 : 0) + (options?.PlayerName != null ? 1 : 0)
                + (options?.Locale != null ? 1 : 0) + (options?.MaxTokens != null ? 1 : 0);
            writer.WriteMap(count);
            if (count == 0)
            {
                return;
            }

            WriteEntry(writer, "player", options.Player);
            WriteEntry(writer, "player_name", options.PlayerName);
            WriteEntry(writer, "locale", options.Locale);
            if (options.MaxTokens is long tokens)
            {
                writer.WriteText("max_tokens");
                writer.WriteUnsigned((ulong)tokens);
            }
        }

        internal static void Say(MsgPackWriter writer, uint conversation, uint turn, string text, IReadOnlyList<byte[]> images)
        {
            Begin(writer, FrameKind.Say, 4);
            writer.WriteUnsigned(conversation);
            writer.WriteUnsigned(turn);
            writer.WriteText(text);
            WriteImages(writer, images);
        }

        internal static void Decide(
            MsgPackWriter writer, uint conversation, uint turn, string question, IReadOnlyList<string> options, IReadOnlyList<byte[]> images)
        {
            Begin(writer, FrameKind.Decide, 5);
            writer.WriteUnsigned(conversation);
            writer.WriteUnsigned(turn);
            writer.WriteText(question);
            writer.WriteArray(options.Count);
            for (int i = 0; i < options.Count; i++)
            {
                writer.WriteText(options[i]);
            }

            WriteImages(writer, images);
        }

        internal static void Cancel(MsgPackWriter writer, uint turn, long shown)
        {
            Begin(writer, FrameKind.Cancel, 2);
            writer.WriteUnsigned(turn);
            writer.WriteUnsigned((ulong)shown);
        }

        internal static void Ack(MsgPackWriter writer, long seq)
        {
            Begin(writer, FrameKind.Ack, 1);
            writer.WriteUnsigned((ulong)seq);
        }

        internal static void Close(MsgPackWriter writer, uint conversation)
        {
            Begin(writer, FrameKind.Close, 1);
            writer.WriteUnsigned(conversation);
        }

        private static void Begin(MsgPackWriter writer, FrameKind kind, int fields)
        {
            writer.WriteArray(1 + fields);
            writer.WriteUnsigned((ulong)kind);
        }

        private static void WriteEntry(MsgPackWriter writer, string key, string value)
        {
            if (value != null)
            {
                writer.WriteText(key);
                writer.WriteText(value);
            }
        }

        private static void WriteImages(MsgPackWriter writer, IReadOnlyList<byte[]> images)
        {
            int count = images?.Count ?? 0;
            writer.WriteArray(count);
            for (int i = 0; i < count; i++)
            {
                writer.WriteBytes(images[i], 0, images[i].Length);
            }
        }
    }
}
