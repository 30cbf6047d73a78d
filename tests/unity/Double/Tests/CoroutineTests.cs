using System.Collections;
using System.Threading.Tasks;
using NUnit.Framework;
using UnityEngine;

namespace Loquent.Double.Tests
{
    /// <summary>What waits, for a frame or for time, goes on when Unity lets it.</summary>
    [TestFixture]
    public sealed class CoroutineTests : EngineTest
    {
        [SetUp]
        public void ClearDiary() => Diary.Clear();

        [Test]
        public void ItRunsToItsFirstYieldAtOnceAndThenOnceAFrameAfterUpdate()
        {
            var script = new GameObject("a").AddComponent<Diarist>();
            Diary.Clear();
            script.StartCoroutine(Frames());
            Assert.That(Diary.Take(), Is.EqualTo("1"));
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("a.Start a.Update 2 a.LateUpdate 3"));
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("a.Update 4 a.LateUpdate"));
        }

        [Test]
        public void SecondsAreScaledAndRealSecondsArent()
        {
            Time.timeScale = 0.5f;
            new GameObject("a").AddComponent<Routine>().Steps = Seconds;
            Engine.RunFor(1.1);
            Assert.That(Diary.Take(), Is.EqualTo("real"));
            Engine.RunFor(1);
            Assert.That(Diary.Take(), Is.EqualTo("scaled"));
        }

        [Test]
        public void OneWaitsForAnotherAndForAnEnumerator()
        {
            new GameObject("a").AddComponent<Routine>().Steps = Nested;
            Engine.RunFrames(2);
            Assert.That(Diary.Take(), Is.EqualTo("outer"));
            Engine.RunFrames(1);
            Assert.That(Diary.Take(), Is.EqualTo("inner done outer done"));
        }

        [Test]
        public void AnInactiveGameObjectStopsItAndADisabledComponentDoesnt()
        {
            var script = new GameObject("a").AddComponent<Routine>();
            script.Steps = Forever;
            Engine.RunFrames(2);
            script.enabled = false;
            Diary.Clear();
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("tick"));
            script.gameObject.SetActive(false);
            script.gameObject.SetActive(true);
            Engine.RunFrames(2);
            Assert.That(Diary.Take(), Is.Empty);
        }

        [Test]
        public void AStoppedOneAndOneThatThrewAreOver()
        {
            var script = new GameObject("a").AddComponent<Routine>();
            script.Steps = Throwing;
            Coroutine other = script.StartCoroutine(Forever());
            Engine.Frame();
            EngineLog.Take(LogType.Exception, "out of a coroutine");
            Diary.Clear();
            script.StopCoroutine(other);
            Engine.RunFrames(3);
            Assert.That(Diary.Take(), Is.Empty);
        }

        [Test]
        public void AnInactiveGameObjectCantBeginOne()
        {
            var script = new GameObject("a").AddComponent<Routine>();
            script.gameObject.SetActive(false);
            Assert.That(script.StartCoroutine(Forever()), Is.Null);
            EngineLog.Take(LogType.Error, "is inactive");
        }

        [Test]
        public void InvokeCallsByNameAndRepeats()
        {
            var script = new GameObject("a").AddComponent<Invoked>();
            script.Invoke("Once", 0.1f);
            script.InvokeRepeating("Again", 0.1f, 0.1f);
            Engine.RunFor(0.35);
            Assert.That(Diary.Take(), Is.EqualTo("once again again again"));
            script.CancelInvoke();
            Engine.RunFor(0.3);
            Assert.That(Diary.Take(), Is.Empty);
        }

        [Test]
        public void AnAwaitedTaskGoesOnOnTheMainThreadAfterUpdate()
        {
            var done = new TaskCompletionSource<int>();
            Task waiting = Await(done.Task);
            Task.Run(() => done.SetResult(1)).Wait();
            Assert.That(Diary.Take(), Is.Empty);
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("awaited"));
            Assert.That(waiting.IsCompleted, Is.True);
        }

        private static IEnumerator Frames()
        {
            Diary.Write("1");
            yield return null;
            Diary.Write("2");
            yield return new WaitForEndOfFrame();
            Diary.Write("3");
            yield return null;
            Diary.Write("4");
        }

        private static IEnumerator Seconds()
        {
            yield return new WaitForSecondsRealtime(1);
            Diary.Write("real");
            yield return new WaitForSeconds(0.4f);
            Diary.Write("scaled");
        }

        private static IEnumerator Nested()
        {
            Diary.Write("outer");
            yield return Inner();
            Diary.Write("outer done");
        }

        private static IEnumerator Inner()
        {
            yield return null;
            yield return new WaitUntil(() => true);
            yield return null;
            Diary.Write("inner done");
        }

        private static IEnumerator Forever()
        {
            for (;;)
            {
                Diary.Write("tick");
                yield return null;
            }
        }

        private static IEnumerator Throwing()
        {
            Diary.Write("throws");
            throw new System.InvalidOperationException("out of a coroutine");
#pragma warning disable 162 // it makes the method an iterator
            yield return null;
#pragma warning restore 162
        }

        private static async Task Await(Task task)
        {
            await task;
            Assert.That(Time.frameCount, Is.EqualTo(1));
            Diary.Write("awaited");
        }

        private sealed class Invoked : MonoBehaviour
        {
            private void Once() => Diary.Write("once");

            private void Again() => Diary.Write("again");
        }
    }
}
