using System;
using System.Collections.Generic;
using System.Globalization;
using Loquent.Core.Wire;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>Frames of both directions as values of JSON and back, by the same grammar table that the package decodes with.</summary>
    internal static class FrameJson
    {
        /// <summary>Decodes a message: a list of frames, "malformed" and "framing", as the vectors have it.</summary>
        internal static List<object> DecodeMessage(byte[] message, FrameGrammar grammar)
        {
            var decoder = new FrameDecoder(grammar);
            var outcomes = new List<object>();
            decoder.Start(message, 0, message.Length);
            while (true)
            {
                switch (decoder.Next())
                {
                    case Outcome.Frame:
                        outcomes.Add(ReadFrame(decoder.Shape, new MsgPackReader(message, decoder.FieldsStart, decoder.FrameEnd)));
                        break;
                    case Outcome.Malformed:
                        outcomes.Add("malformed");
                        break;
                    case Outcome.FramingLost:
                        outcomes.Add("framing");
                        break;
                    default:
                        return outcomes;
                }
            }
        }

        /// <summary>Encodes one frame, given as <c>[kind, field, …]</c>.</summary>
        internal static void Write(MsgPackWriter writer, List<object> frame)
        {
            ulong kind = (ulong)(long)frame[0];
            FrameShape shape = FrameGrammar.FromClient.Find(kind) ?? FrameGrammar.FromServer.Find(kind);
            writer.WriteArray(frame.Count);
            writer.WriteUnsigned(kind);
            for (int i = 0; i < shape.Fields.Length; i++)
            {
                Write(writer, shape.Fields[i].Value, frame[i + 1]);
            }
        }

        /// <summary>Gives the bytes of a <c>{"bytes": "hex"}</c>.</summary>
        internal static byte[] Bytes(object value)
        {
            string hex = (string)((Dictionary<string, object>)value)["bytes"];
            var bytes = new byte[hex.Length / 2];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = byte.Parse(hex.Substring(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }

            return bytes;
        }

        private static List<object> ReadFrame(FrameShape shape, MsgPackReader reader)
        {
            var frame = new List<object> { (long)shape.Kind };
            foreach (FieldShape field in shape.Fields)
            {
                frame.Add(Read(ref reader, field.Value));
            }

            return frame;
        }

        private static object Read(ref MsgPackReader reader, ValueShape shape)
        {
            var walk = new ValueWalk();
            if (shape is OptionalShape optional)
            {
                return reader.TryReadNil() ? null : Read(ref reader, optional.Inner);
            }

            if (shape is ListShape list)
            {
                var items = new List<object>();
                for (int left = reader.ReadArray(); left > 0; left--)
                {
                    items.Add(Read(ref reader, list.Element));
                }

                return items;
            }

            if (shape is TupleShape tuple)
            {
                var items = new List<object>();
                int count = reader.ReadArray();
                for (int i = 0; i < count; i++)
                {
                    if (i < tuple.Elements.Length)
                    {
                        items.Add(Read(ref reader, tuple.Elements[i]));
                    }
                    else
                    {
                        reader.TrySkip(walk);
                    }
                }

                return items;
            }

            if (shape is MapShape map)
            {
                var entries = new Dictionary<string, object>();
                for (int left = reader.ReadMap(); left > 0; left--)
                {
                    reader.TryReadText(out int start, out int count);
                    int known = map.IndexOf(reader.Bytes, start, count);
                    if (known < 0)
                    {
                        reader.TrySkip(walk);
                    }
                    else if (!reader.TryReadNil())
                    {
                        entries[map.Keys[known]] = Read(ref reader, map.Values[known]);
                    }
                }

                return entries;
            }

            return ReadSimple(ref reader, shape);
        }

        private static object ReadSimple(ref MsgPackReader reader, ValueShape shape)
        {
            switch (shape.ToString())
            {
                case "u32":
                case "uint":
                    return reader.ReadUnsigned();
                case "number":
                    return reader.ReadNumber();
                case "text":
                    return reader.ReadText();
                case "bool":
                    return reader.ReadBool();
                case "bytes":
                    reader.TryReadBytes(out int start, out int count);
                    var bytes = new byte[count];
                    Buffer.BlockCopy(reader.Bytes, start, bytes, 0, count);
                    string hex = BitConverter.ToString(bytes).Replace("-", string.Empty);
                    return new Dictionary<string, object> { { "bytes", hex.ToLowerInvariant() } };
                default:
                    throw new InvalidOperationException("FrameJson doesn't know the shape " + shape + "; teach it.");
            }
        }

        private static void Write(MsgPackWriter writer, ValueShape shape, object value)
        {
            if (shape is OptionalShape optional)
            {
                if (value == null)
                {
                    writer.WriteNil();
                }
                else
                {
                    Write(writer, optional.Inner, value);
                }
            }
            else if (shape is ListShape list)
            {
                var items = (List<object>)value;
                writer.WriteArray(items.Count);
                items.ForEach(item => Write(writer, list.Element, item));
            }
            else if (shape is TupleShape tuple)
            {
                var items = (List<object>)value;
                writer.WriteArray(items.Count);
                for (int i = 0; i < items.Count; i++)
                {
                    Write(writer, tuple.Elements[i], items[i]);
                }
            }
            else if (shape is MapShape map)
            {
                var entries = (Dictionary<string, object>)value;
                writer.WriteMap(entries.Count);
                for (int i = 0; i < map.Keys.Length; i++)
                {
                    if (entries.TryGetValue(map.Keys[i], out object entry))
                    {
                        writer.WriteText(map.Keys[i]);
                        Write(writer, map.Values[i], entry);
                    }
                }
            }
            else
            {
                WriteSimple(writer, shape, value);
            }
        }

        private static void WriteSimple(MsgPackWriter writer, ValueShape shape, object value)
        {
            switch (shape.ToString())
            {
                case "u32":
                case "uint":
                    writer.WriteUnsigned((ulong)(long)value);
                    break;
                case "number":
                    writer.WriteNumber((double)value);
                    break;
                case "text":
                    writer.WriteText((string)value);
                    break;
                case "bool":
                    writer.WriteBool((bool)value);
                    break;
                case "bytes":
                    byte[] bytes = Bytes(value);
                    writer.WriteBytes(bytes, 0, bytes.Length);
                    break;
                default:
                    throw new InvalidOperationException("FrameJson doesn't know the shape " + shape + "; teach it.");
            }
        }
    }
}
