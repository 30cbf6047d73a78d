using System;
using System.Collections.Generic;
using Loquent.Core.Wire;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>Makes random frames of a shape, as values of JSON.</summary>
    internal static class RandomValue
    {
        internal static List<object> Frame(Random random, FrameShape shape)
        {
            var frame = new List<object> { (long)shape.Kind };
            foreach (FieldShape field in shape.Fields)
            {
                frame.Add(Of(random, field.Value));
            }

            return frame;
        }

        internal static string Text(Random random)
        {
            var text = new System.Text.StringBuilder();
            for (int left = random.Next(random.Next(10) == 0 ? 400 : 12); left > 0; left--)
            {
                int scalar = random.Next(3) == 0 ? random.Next(0x110000) : random.Next(0x80);
                text.Append(scalar >= 0xd800 && scalar <= 0xdfff ? "?" : char.ConvertFromUtf32(scalar));
            }

            return text.ToString();
        }

        private static object Of(Random random, ValueShape shape)
        {
            if (shape is OptionalShape optional)
            {
                return random.Next(2) == 0 ? null : Of(random, optional.Inner);
            }

            if (shape is ListShape list)
            {
                var items = new List<object>();
                for (int left = random.Next(20); left > 0; left--)
                {
                    items.Add(Of(random, list.Element));
                }

                return items;
            }

            if (shape is TupleShape tuple)
            {
                return new List<object>(Array.ConvertAll(tuple.Elements, element => Of(random, element)));
            }

            if (shape is MapShape map)
            {
                var entries = new Dictionary<string, object>();
                for (int i = 0; i < map.Keys.Length; i++)
                {
                    if (random.Next(2) == 0)
                    {
                        entries.Add(map.Keys[i], Of(random, map.Values[i]));
                    }
                }

                return entries;
            }

            switch (shape.ToString())
            {
                case "u32":
                    return (long)(Bits(random) & uint.MaxValue);
                case "uint":
                    return (long)(Bits(random) & ((1UL << 53) - 1));
                case "number":
                    return random.NextDouble();
                case "text":
                    return Text(random);
                case "bool":
                    return random.Next(2) == 0;
                case "bytes":
                    var hex = new System.Text.StringBuilder();
                    for (int left = random.Next(random.Next(10) == 0 ? 400 : 8); left > 0; left--)
                    {
                        hex.Append(random.Next(256).ToString("x2"));
                    }

                    return new Dictionary<string, object> { { "bytes", hex.ToString() } };
                default:
                    throw new InvalidOperationException("RandomValue doesn't know the shape " + shape + "; teach it.");
            }
        }

        /// <summary>Integers of every width.</summary>
        private static ulong Bits(Random random)
        {
            var bytes = new byte[8];
            random.NextBytes(bytes);
            return BitConverter.ToUInt64(bytes, 0) >> random.Next(64);
        }
    }
}
