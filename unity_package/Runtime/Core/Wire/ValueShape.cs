using System;
using System.Collections.Generic;
using System.Text;

namespace Loquent.Core.Wire
{
    /// <summary>
    /// What a value of a frame may be. <see cref="object.ToString"/> gives the notation of protocol/frames.toml, such as
    /// <c>[text, uint, uint]?</c>.
    /// </summary>
    internal abstract class ValueShape
    {
        internal const ulong U32Max = uint.MaxValue;
        internal const ulong UIntMax = (ulong)FrameGrammar.LargestUInt;

        internal static readonly ValueShape U32 = new UnsignedShape("u32", U32Max);
        internal static readonly ValueShape UInt = new UnsignedShape("uint", UIntMax);
        internal static readonly ValueShape Number = new NumberShape();
        internal static readonly ValueShape Text = new TextShape();
        internal static readonly ValueShape Bytes = new BytesShape();
        internal static readonly ValueShape Bool = new BoolShape();

        /// <summary>Reads over one value. A value of several parts may have been read in part where this says false.</summary>
        /// <param name="reader">Stands before the value, whose end is known to lie within its range.</param>
        /// <param name="walk">Finds the ends of what is skipped.</param>
        /// <returns>Whether the value has this shape.</returns>
        internal abstract bool Accepts(ref MsgPackReader reader, ValueWalk walk);

        internal static ValueShape Optional(ValueShape shape)
        {
            return new OptionalShape(shape);
        }

        internal static ValueShape ListOf(ValueShape element)
        {
            return new ListShape(element);
        }

        internal static ValueShape TupleOf(params ValueShape[] elements)
        {
            return new TupleShape(elements);
        }
    }

    /// <summary>An integer from 0 to a largest.</summary>
    internal sealed class UnsignedShape : ValueShape
    {
        private readonly string name;
        private readonly ulong max;

        internal UnsignedShape(string name, ulong max)
        {
            this.name = name;
            this.max = max;
        }

        public override string ToString()
        {
            return name;
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            return reader.TryReadUnsigned(max, out _);
        }
    }

    /// <summary>A number, fraction or not.</summary>
    internal sealed class NumberShape : ValueShape
    {
        public override string ToString()
        {
            return "number";
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            return reader.TryReadNumber(out _);
        }
    }

    /// <summary>A str of valid UTF-8.</summary>
    internal sealed class TextShape : ValueShape
    {
        public override string ToString()
        {
            return "text";
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            return reader.TryReadText(out _, out _);
        }
    }

    /// <summary>A bin.</summary>
    internal sealed class BytesShape : ValueShape
    {
        public override string ToString()
        {
            return "bytes";
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            return reader.TryReadBytes(out _, out _);
        }
    }

    /// <summary>True or false.</summary>
    internal sealed class BoolShape : ValueShape
    {
        public override string ToString()
        {
            return "bool";
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            return reader.TryReadBool(out _);
        }
    }

    /// <summary>Nil, or what another shape takes.</summary>
    internal sealed class OptionalShape : ValueShape
    {
        internal readonly ValueShape Inner;

        internal OptionalShape(ValueShape inner)
        {
            Inner = inner;
        }

        public override string ToString()
        {
            return Inner + "?";
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            return reader.TryReadNil() || Inner.Accepts(ref reader, walk);
        }
    }

    /// <summary>An array of any length, all of one shape.</summary>
    internal sealed class ListShape : ValueShape
    {
        internal readonly ValueShape Element;

        internal ListShape(ValueShape element)
        {
            Element = element;
        }

        public override string ToString()
        {
            return "[" + Element + "]";
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            if (!reader.TryReadArray(out int count))
            {
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                if (!Element.Accepts(ref reader, walk))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>An array of a fixed length, each element with a shape of its own; elements too many are skipped.</summary>
    internal sealed class TupleShape : ValueShape
    {
        internal readonly ValueShape[] Elements;

        internal TupleShape(ValueShape[] elements)
        {
            Elements = elements;
        }

        public override string ToString()
        {
            var text = new StringBuilder("[");
            for (int i = 0; i < Elements.Length; i++)
            {
                text.Append(i == 0 ? string.Empty : ", ").Append(Elements[i]);
            }

            return text.Append(']').ToString();
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            if (!reader.TryReadArray(out int count) || count < Elements.Length)
            {
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                bool good = i < Elements.Length ? Elements[i].Accepts(ref reader, walk) : reader.TrySkip(walk);
                if (!good)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>A map with text keys, some of which are known. Unknown keys are skipped; a known key whose value is nil counts as missing.</summary>
    internal sealed class MapShape : ValueShape
    {
        internal readonly string[] Keys;
        internal readonly ValueShape[] Values;
        private readonly byte[][] keyBytes;

        internal MapShape(params KeyValuePair<string, ValueShape>[] entries)
        {
            Keys = Array.ConvertAll(entries, entry => entry.Key);
            Values = Array.ConvertAll(entries, entry => entry.Value);
            keyBytes = Array.ConvertAll(Keys, Encoding.UTF8.GetBytes);
        }

        public override string ToString()
        {
            return "map";
        }

        /// <summary>Finds the known key in a range of bytes.</summary>
        /// <returns>Its index in <see cref="Keys"/>, or −1.</returns>
        internal int IndexOf(byte[] bytes, int start, int count)
        {
            for (int i = 0; i < keyBytes.Length; i++)
            {
                byte[] key = keyBytes[i];
                int same = 0;
                while (key.Length == count && same < count && key[same] == bytes[start + same])
                {
                    same++;
                }

                if (key.Length == count && same == count)
                {
                    return i;
                }
            }

            return -1;
        }

        /// <summary>Reads the integers of a checked map; the others are skipped.</summary>
        /// <returns>By the order of <see cref="Keys"/>; null for a key that's missing.</returns>
        internal long?[] ReadIntegers(ref MsgPackReader reader, ValueWalk walk)
        {
            var values = new long?[Keys.Length];
            int count = reader.ReadMap();
            for (int i = 0; i < count; i++)
            {
                reader.TryReadText(out int start, out int length);
                int known = IndexOf(reader.Bytes, start, length);
                if (known >= 0 && reader.TryReadUnsigned(UIntMax, out ulong value))
                {
                    values[known] = (long)value;
                }
                else
                {
                    reader.TrySkip(walk);
                }
            }

            return values;
        }

        internal override bool Accepts(ref MsgPackReader reader, ValueWalk walk)
        {
            if (!reader.TryReadMap(out int count))
            {
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                if (!reader.TryReadText(out int start, out int length))
                {
                    return false;
                }

                int known = IndexOf(reader.Bytes, start, length);
                bool good = known < 0
                    ? reader.TrySkip(walk)
                    : reader.TryReadNil() || Values[known].Accepts(ref reader, walk);
                if (!good)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
