using System;
using System.Text;
using Loquent.Core.Wire;
using NUnit.Framework;

namespace Loquent.Core.Tests.Wire
{
    /// <summary>Strict UTF-8, against .NET's own strict decoder as the judge.</summary>
    [TestFixture]
    public sealed class Utf8Tests
    {
        private static readonly Encoding Judge = new UTF8Encoding(false, true);

        [Test]
        public void EveryScalarValueIsValidAndComesBack()
        {
            var into = new char[2];
            var bytes = new byte[4];
            for (int scalar = 0; scalar <= 0x10ffff; scalar += scalar < 0x3000 ? 1 : 7)
            {
                if (scalar >= 0xd800 && scalar <= 0xdfff)
                {
                    continue;
                }

                string text = char.ConvertFromUtf32(scalar);
                int count = Utf8.Encode(text, bytes, 0);
                Assert.That(Utf8.ByteCount(text), Is.EqualTo(count));
                Assert.That(Utf8.IsValid(bytes, 0, count), Is.True, scalar.ToString("x"));
                Assert.That(Utf8.IsValid(bytes, 0, count - 1), Is.EqualTo(count == 1), scalar.ToString("x"));
                int chars = Utf8.Decode(bytes, 0, count, into, 0, out int scalars);
                Assert.That(new string(into, 0, chars), Is.EqualTo(text));
                Assert.That(scalars, Is.EqualTo(1));
            }
        }

        [Test]
        public void EveryPairAndManyLongerSequencesAreJudgedAsTheStrictDecoderDoes()
        {
            for (int first = 0x80; first < 0x100; first++)
            {
                for (int second = 0; second < 0x100; second++)
                {
                    Compare((byte)first, (byte)second);
                    foreach (int third in new[] { 0x00, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xff })
                    {
                        Compare((byte)first, (byte)second, (byte)third);
                        Compare((byte)first, (byte)second, (byte)third, 0x80);
                        Compare((byte)first, (byte)second, 0x80, (byte)third);
                    }
                }
            }
        }

        private static void Compare(params byte[] bytes)
        {
            bool valid = true;
            try
            {
                Judge.GetString(bytes);
            }
            catch (ArgumentException)
            {
                valid = false;
            }

            if (Utf8.IsValid(bytes, 0, bytes.Length) != valid)
            {
                Assert.Fail(BitConverter.ToString(bytes) + (valid ? " is valid." : " isn't valid."));
            }
        }
    }
}
