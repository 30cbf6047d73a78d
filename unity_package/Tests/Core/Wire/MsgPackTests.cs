using System;
using System.Text;
using Loquent.Core.Wire;
using NUnit.Framework;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>Writer and reader: the shortest format out, every format in, and nothing beyond the range.</summary>
    [TestFixture]
    public sealed class MsgPackTests
    {
        private static readonly ulong[] Edges =
        {
            0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, uint.MaxValue, uint.MaxValue + 1UL, (1UL << 53) - 1, 1UL << 53,
            long.MaxValue, ulong.MaxValue,
        };

        [Test]
        public void UnsignedIntegersComeBackInTheShortestFormat()
        {
            foreach (ulong value in Edges)
            {
                var writer = new MsgPackWriter(1);
                writer.WriteUnsigned(value);
                int bytes = value < 0x80 ? 1 : value <= 0xff ? 2 : value <= 0xffff ? 3 : value <= uint.MaxValue ? 5 : 9;
                Assert.That(writer.Length, Is.EqualTo(bytes), value.ToString());
                var reader = new MsgPackReader(writer.Bytes, 0, writer.Length);
                Assert.That(reader.TryReadUnsigned(ulong.MaxValue, out ulong read), Is.True);
                Assert.That(read, Is.EqualTo(value));
                Assert.That(reader.Position, Is.EqualTo(bytes));
            }
        }

        [TestCase(-1L, 1)]
        [TestCase(-32L, 1)]
        [TestCase(-33L, 2)]
        [TestCase(-128L, 2)]
        [TestCase(-129L, 3)]
        [TestCase(-32768L, 3)]
        [TestCase(-32769L, 5)]
        [TestCase(-2147483648L, 5)]
        [TestCase(-2147483649L, 9)]
        [TestCase(long.MinValue, 9)]
        public void NegativeIntegersAreNumbersAndNotUnsigned(long value, int bytes)
        {
            var writer = new MsgPackWriter();
            writer.WriteInteger(value);
            Assert.That(writer.Length, Is.EqualTo(bytes));
            var reader = new MsgPackReader(writer.Bytes, 0, writer.Length);
            Assert.That(reader.TryReadUnsigned(ulong.MaxValue, out _), Is.False);
            Assert.That(reader.Position, Is.EqualTo(0));
            Assert.That(reader.TryReadNumber(out double number), Is.True);
            Assert.That(number, Is.EqualTo((double)value));
        }

        [Test]
        public void AnIntegerBeyondTheLargestIsRefusedAndLeftInPlace()
        {
            var writer = new MsgPackWriter();
            writer.WriteUnsigned(1UL << 32);
            var reader = new MsgPackReader(writer.Bytes, 0, writer.Length);
            Assert.That(reader.TryReadUnsigned(uint.MaxValue, out _), Is.False);
            Assert.That(reader.TryReadUnsigned(1UL << 32, out ulong value), Is.True);
            Assert.That(value, Is.EqualTo(1UL << 32));
        }

        [TestCase(0.0)]
        [TestCase(0.1)]
        [TestCase(-1.5e300)]
        [TestCase(double.NaN)]
        [TestCase(double.PositiveInfinity)]
        public void NumbersComeBackBitByBit(double value)
        {
            var writer = new MsgPackWriter();
            writer.WriteNumber(value);
            var reader = new MsgPackReader(writer.Bytes, 0, writer.Length);
            Assert.That(reader.TryReadNumber(out double read), Is.True);
            Assert.That(BitConverter.DoubleToInt64Bits(read), Is.EqualTo(BitConverter.DoubleToInt64Bits(value)));
        }

        [Test]
        public void TextsAndBytesOfEveryLengthFormatComeBack()
        {
            foreach (int count in new[] { 0, 31, 32, 255, 256, 65535, 65536 })
            {
                var writer = new MsgPackWriter(1);
                writer.WriteText(new string('é', count / 2) + new string('x', count % 2));
                int text = writer.Length;
                writer.WriteBytes(new byte[count + 1], 1, count);
                var reader = new MsgPackReader(writer.Bytes, 0, writer.Length);
                Assert.That(Encoding.UTF8.GetByteCount(reader.ReadText()), Is.EqualTo(count));
                Assert.That(reader.Position, Is.EqualTo(text));
                Assert.That(text, Is.EqualTo(count + (count < 32 ? 1 : count < 256 ? 2 : count < 65536 ? 3 : 5)));
                Assert.That(reader.TryReadBytes(out _, out int bytes), Is.True);
                Assert.That(bytes, Is.EqualTo(count));
                Assert.That(reader.Position, Is.EqualTo(writer.Length));
            }
        }

        [Test]
        public void ALoneSurrogateGoesAsReplacementCharacter()
        {
            var writer = new MsgPackWriter();
            writer.WriteText("a\ud800b");
            Assert.That(new MsgPackReader(writer.Bytes, 0, writer.Length).ReadText(), Is.EqualTo("a\ufffdb"));
        }

        [Test]
        public void AValueOfAnotherTypeIsRefusedAndLeftInPlace()
        {
            var writer = new MsgPackWriter();
            writer.WriteBool(true);
            var reader = new MsgPackReader(writer.Bytes, 0, writer.Length);
            Assert.That(reader.TryReadNil(), Is.False);
            Assert.That(reader.TryReadUnsigned(9, out _), Is.False);
            Assert.That(reader.TryReadNumber(out _), Is.False);
            Assert.That(reader.TryReadText(out _, out _), Is.False);
            Assert.That(reader.TryReadBytes(out _, out _), Is.False);
            Assert.That(reader.TryReadArray(out _), Is.False);
            Assert.That(reader.TryReadMap(out _), Is.False);
            Assert.That(reader.TryReadBool(out bool value), Is.True);
            Assert.That(value, Is.True);
        }

        [Test]
        public void NothingIsReadBeyondTheRangeHoweverItIsCut()
        {
            var writer = new MsgPackWriter();
            writer.WriteText(new string('x', 300));
            for (int cut = 0; cut < writer.Length; cut++)
            {
                Assert.That(new MsgPackReader(writer.Bytes, 0, cut).TryReadText(out _, out _), Is.False);
            }

            byte[] heads = { 0xcb, 0xca, 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xc4, 0xc5, 0xc6, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf };
            foreach (byte head in heads)
            {
                byte[] alone = { head, 0, 0, 0, 0, 0, 0, 0, 0 };
                var reader = new MsgPackReader(alone, 0, 1);
                bool any = reader.TryReadNumber(out _) || reader.TryReadText(out _, out _)
                    || reader.TryReadBytes(out _, out _) || reader.TryReadArray(out _) || reader.TryReadMap(out _);
                Assert.That(any, Is.False, head.ToString("x2"));
            }
        }

        [Test]
        public void ALengthThatCannotBeIsRefusedBeforeAnythingIsAllocated()
        {
            byte[] array = { 0xdd, 0xff, 0xff, 0xff, 0xff, 0 };
            byte[] map = { 0xdf, 0xff, 0xff, 0xff, 0xff, 0 };
            byte[] text = { 0xdb, 0xff, 0xff, 0xff, 0xff, 0 };
            Assert.That(new MsgPackReader(array, 0, array.Length).TryReadArray(out _), Is.False);
            Assert.That(new MsgPackReader(map, 0, map.Length).TryReadMap(out _), Is.False);
            Assert.That(new MsgPackReader(text, 0, text.Length).TryReadText(out _, out _), Is.False);
        }

        [Test]
        public void AnUncheckedReadOfAnotherTypeSaysSo()
        {
            byte[] nil = { 0xc0 };
            Assert.Throws<InvalidOperationException>(() => new MsgPackReader(nil, 0, 1).ReadUnsigned());
            Assert.Throws<InvalidOperationException>(() => new MsgPackReader(nil, 0, 1).ReadText());
        }
    }
}
