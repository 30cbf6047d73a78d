using Loquent.Double;
using NUnit.Framework;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>What looks like an escape is shown as it was written. Unity 6's TextMeshPro obeys \u and \U in every text, even with control characters off.</summary>
    [TestFixture]
    public sealed class EscapeTests : ComponentTest
    {
        [TestCase(@"C:\temp\new\readme")]
        [TestCase(@"A is \u0041, and \U0001F44D is a thumb.")]
        [TestCase(@"two \\ of them")]
        [TestCase(@"it ends with \")]
        public void IsShownAsItWasWritten(string reply)
        {
            SpeechCanvas canvas = new GameObject("Sign").AddComponent<SpeechCanvas>();
            canvas.Show(reply);
            Until(() => canvas.Reveal.IsRead && canvas.Alpha == 1);
            string seen = Typesetting.Visible(canvas.PartsInUse.Page).Replace("\u200b", string.Empty);
            Assert.That(seen.Replace('\n', ' '), Is.EqualTo(reply));
        }
    }
}
