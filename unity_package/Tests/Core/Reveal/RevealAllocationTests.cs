using System;
using System.Reflection;
using System.Text;
using Loquent.Core.Reveal;
using NUnit.Framework;

namespace Loquent.Core.Tests.Reveal
{
    /// <summary>What sixteen characters that speak at once cost a frame: no garbage, whatever they say.</summary>
    [TestFixture]
    public sealed class RevealAllocationTests
    {
        private const int Characters = 16;
        private const int WarmUp = 3000;
        private const int Frames = 3000;

        [TestCase("Good evening, traveller! Come in... ")]
        [TestCase("你好，我是一个虚拟现实场景。")]
        [TestCase("שלום (abc) 42! سلام عليكم، ")]
        [TestCase("👩‍👩‍👧 🇩🇪 a\u0301\u0302 क्षत्रिय co\u00adop\u200d <size=900> \u202e \n\n\n")]
        public void StreamingAndRevealingAllocateNothing(string sentence)
        {
            MethodInfo counter = typeof(GC).GetMethod("GetAllocatedBytesForCurrentThread", Type.EmptyTypes);
            if (counter == null)
            {
                Assert.Ignore("This runtime doesn't count a thread's allocations; Unity's profiler does.");
            }

            var allocated = (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), counter);
            long nothing = allocated();
            GC.KeepAlive(new byte[100000]);
            Assert.That(allocated() - nothing, Is.GreaterThan(0), "The counter counts.");
            var texts = new TextBuffer[Characters];
            var reveals = new ReplyReveal[Characters];
            int cues = 0;
            for (int i = 0; i < Characters; i++)
            {
                texts[i] = new TextBuffer(1024 * 1024);
                reveals[i] = new ReplyReveal(new FixedMeasure(), new PageFormat(30));
                reveals[i].CueReached += cue => cues++;
            }

            byte[] bytes = Encoding.UTF8.GetBytes(sentence);
            var cue0 = new Cue("wave", null, 0);
            long spent = 0;
            double seen = 0;
            for (int frame = 0; frame < WarmUp + Frames; frame++)
            {
                long before = allocated();
                for (int i = 0; i < Characters; i++)
                {
                    if (frame % 20 == i)
                    {
                        texts[i].Append(bytes, 0, bytes.Length);
                        reveals[i].Receive(texts[i]);
                        reveals[i].Receive(cue0);
                    }

                    reveals[i].Advance(1.0 / 72);
                    for (int j = reveals[i].SettledClusters; j < reveals[i].VisibleClusters; j++)
                    {
                        seen += reveals[i].AlphaOf(j);
                    }
                }

                spent += frame < WarmUp ? 0 : allocated() - before;
            }

            Assert.That(seen, Is.GreaterThan(0));
            Assert.That(cues, Is.EqualTo((WarmUp + Frames) / 20 * Characters));
            Assert.That(reveals[0].Page.Number, Is.GreaterThan(5), "Pages have been turned.");
            Assert.That(spent, Is.EqualTo(0));
        }
    }
}
