using NUnit.Framework;

namespace Loquent.Tests
{
    /// <summary>Which cues a pattern belongs to, and which of several patterns is meant.</summary>
    [TestFixture]
    public sealed class CuePatternTests
    {
        [TestCase("wave", "wave", null, true)]
        [TestCase("wave", "wave", "you", true, TestName = "{m}: a name fits whatever the argument")]
        [TestCase("wave", "waves", null, false)]
        [TestCase("wave", "Wave", null, false)]
        [TestCase(" wave ", "wave", null, true)]
        [TestCase("look_at:door", "look_at", "door", true)]
        [TestCase("look_at:door", "look_at", "doors", false)]
        [TestCase("look_at:door", "look_at", null, false)]
        [TestCase("look_at:door", "look_away", "door", false)]
        [TestCase("look_at:*", "look_at", "door", true)]
        [TestCase("look_at:*", "look_at", null, false, TestName = "{m}: a star for the argument wants one")]
        [TestCase("look_at:the_*", "look_at", "the_door", true)]
        [TestCase("look_*", "look_at", "door", true)]
        [TestCase("look_*", "look_", null, true)]
        [TestCase("*_at", "look_at", null, true)]
        [TestCase("l*k*t", "look_at", null, true)]
        [TestCase("l*k*t", "look_away", null, false)]
        [TestCase("*", "anything", null, true)]
        [TestCase("*:door", "open", "door", true)]
        [TestCase("*:door", "open", null, false)]
        [TestCase("a:b:c", "a", "b:c", true, TestName = "{m}: what is behind the first colon is the argument")]
        [TestCase("", "wave", null, false)]
        [TestCase(":door", "", "door", false)]
        public void APatternFitsItsCues(string pattern, string name, string argument, bool fits)
        {
            Assert.That(new CuePattern(pattern).Fit(name, argument) > 0, Is.EqualTo(fits));
        }

        [Test]
        public void WhatSaysMoreFitsBetter()
        {
            string[] rising = { "*", "*:*", "*:do*", "*:door", "look_*", "look_*:*", "look_*:do*", "look_*:door", "look_at", "look_at:*", "look_at:do*", "look_at:door" };
            for (int i = 1; i < rising.Length; i++)
            {
                Assert.That(
                    new CuePattern(rising[i]).Fit("look_at", "door"), Is.GreaterThan(new CuePattern(rising[i - 1]).Fit("look_at", "door")), rising[i]);
            }
        }
    }
}
