using System;
using System.Text;
using NUnit.Framework;

namespace Loquent.Core.Tests
{
    /// <summary>The growing text, and the two ways to count it.</summary>
    [TestFixture]
    public sealed class TextBufferTests
    {
        private const string Mixed = "a👩‍👩‍👧é\n你";

        [Test]
        public void TextGrowsByAppending()
        {
            var text = new TextBuffer(1);
            var all = new StringBuilder();
            for (int i = 0; i < 100; i++)
            {
                all.Append(Mixed);
                byte[] bytes = Encoding.UTF8.GetBytes("--" + Mixed);
                Assert.That(text.Append(bytes, 2, bytes.Length - 2), Is.EqualTo(Mixed.Length));
            }

            Assert.That(text.ToString(), Is.EqualTo(all.ToString()));
            Assert.That(text.Length, Is.EqualTo(100 * Mixed.Length));
            Assert.That(text.ScalarCount, Is.EqualTo(100 * (Mixed.Length - 3)));
            Assert.That(new string(text.Buffer, 0, text.Length), Is.EqualTo(all.ToString()));
            Assert.That(text[0], Is.EqualTo('a'));
            Assert.That(text.ToString(Mixed.Length, 1), Is.EqualTo("a"));
        }

        [Test]
        public void ScalarsAndCharsAreCountedBothWays()
        {
            TextBuffer text = Of(Mixed);
            int chars = 0;
            for (int scalars = 0; scalars <= text.ScalarCount; scalars++)
            {
                Assert.That(text.CountChars(scalars), Is.EqualTo(chars));
                Assert.That(text.CountScalars(chars), Is.EqualTo(scalars));
                chars += chars < text.Length && char.IsHighSurrogate(text[chars]) ? 2 : 1;
            }
        }

        [Test]
        public void HalfASurrogatePairHasNotBeenSeen()
        {
            TextBuffer text = Of("a👍b");
            Assert.That(text.CountScalars(1), Is.EqualTo(1));
            Assert.That(text.CountScalars(2), Is.EqualTo(1));
            Assert.That(text.CountScalars(3), Is.EqualTo(2));
        }

        [Test]
        public void WhatIsNotThereIsRefused()
        {
            TextBuffer text = Of("a👍");
            Assert.Throws<ArgumentOutOfRangeException>(() => text.CountScalars(4));
            Assert.Throws<ArgumentOutOfRangeException>(() => text.CountScalars(-1));
            Assert.Throws<ArgumentOutOfRangeException>(() => text.CountChars(3));
            Assert.Throws<ArgumentOutOfRangeException>(() => text.CountChars(-1));
            Assert.Throws<ArgumentOutOfRangeException>(() => text.ToString(2, 2));
            Assert.Throws<ArgumentOutOfRangeException>(() => text[3].ToString());
        }

        private static TextBuffer Of(string content)
        {
            var text = new TextBuffer(4);
            byte[] bytes = Encoding.UTF8.GetBytes(content);
            text.Append(bytes, 0, bytes.Length);
            return text;
        }
    }
}
