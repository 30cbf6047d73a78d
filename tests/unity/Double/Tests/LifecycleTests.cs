using NUnit.Framework;
using UnityEngine;

namespace Loquent.Double.Tests
{
    /// <summary>Who is told what, and when: as Unity does it.</summary>
    [TestFixture]
    public sealed class LifecycleTests : EngineTest
    {
        [SetUp]
        public void ClearDiary() => Diary.Clear();

        [Test]
        public void AComponentIsAwakeAndEnabledWhenAddComponentReturnsAndStartedBeforeItsFirstUpdate()
        {
            new GameObject("a").AddComponent<Diarist>();
            Assert.That(Diary.Take(), Is.EqualTo("a.Awake a.OnEnable"));
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("a.Start a.Update a.LateUpdate"));
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("a.Update a.LateUpdate"));
        }

        [Test]
        public void InAnInactiveGameObjectNothingIsCalledUntilItsActive()
        {
            var sleeper = new GameObject("a");
            sleeper.SetActive(false);
            var script = sleeper.AddComponent<Diarist>();
            Engine.Frame();
            Assert.That(script.isActiveAndEnabled, Is.False);
            Assert.That(Diary.Take(), Is.Empty);
            sleeper.SetActive(true);
            Assert.That(Diary.Take(), Is.EqualTo("a.Awake a.OnEnable"));
            sleeper.SetActive(false);
            sleeper.SetActive(true);
            Assert.That(Diary.Take(), Is.EqualTo("a.OnDisable a.OnEnable"));
        }

        [Test]
        public void ActivityGoesDownTheHierarchy()
        {
            var parent = new GameObject("p");
            var child = new GameObject("c");
            child.transform.SetParent(parent.transform);
            child.AddComponent<Diarist>();
            Diary.Clear();
            parent.SetActive(false);
            Assert.That(child.activeSelf, Is.True);
            Assert.That(child.activeInHierarchy, Is.False);
            Assert.That(Diary.Take(), Is.EqualTo("c.OnDisable"));
            child.transform.SetParent(null);
            Assert.That(Diary.Take(), Is.EqualTo("c.OnEnable"));
        }

        [Test]
        public void ADisabledComponentIsAwakeButNotStarted()
        {
            var one = new GameObject("a");
            one.SetActive(false);
            one.AddComponent<Diarist>().enabled = false;
            one.SetActive(true);
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("a.Awake"));
        }

        [Test]
        public void DestroyWaitsForTheEndOfTheFrameAndEqualsNullThen()
        {
            var one = new GameObject("a");
            var script = one.AddComponent<Diarist>();
            Engine.Frame();
            Diary.Clear();
            Object.Destroy(one);
            Assert.That(script == null, Is.False);
            Assert.That(Diary.Take(), Is.Empty);
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("a.Update a.LateUpdate a.OnDisable a.OnDestroy"));
            Assert.That(script == null && one == null && !script, Is.True);
            Assert.That(ReferenceEquals(script, null), Is.False);
            Assert.Throws<MissingReferenceException>(() => Debug.Log(script.transform));
        }

        [Test]
        public void DestroyLaterWaitsForItsTime()
        {
            var one = new GameObject("a");
            Object.Destroy(one, 0.5f);
            Engine.RunFor(0.4);
            Assert.That(one != null, Is.True);
            Engine.RunFor(0.2);
            Assert.That(one == null, Is.True);
        }

        [Test]
        public void DestroyImmediateDoesntWait()
        {
            var parent = new GameObject("p");
            parent.AddComponent<Diarist>();
            var child = new GameObject("c");
            child.transform.SetParent(parent.transform);
            child.AddComponent<Diarist>();
            Diary.Clear();
            Object.DestroyImmediate(parent);
            Assert.That(Diary.Take(), Is.EqualTo("p.OnDisable c.OnDisable p.OnDestroy c.OnDestroy"));
            Assert.That(child == null, Is.True);
        }

        [Test]
        public void WhatWasNeverAwakeIsntToldOfItsEnd()
        {
            var one = new GameObject("a");
            one.SetActive(false);
            one.AddComponent<Diarist>();
            Object.DestroyImmediate(one);
            Assert.That(Diary.Take(), Is.Empty);
        }

        [Test]
        public void ExecutionOrderComesBeforeTheOrderOfMaking()
        {
            new GameObject("a").AddComponent<Diarist>();
            new GameObject("b").AddComponent<EarlyDiarist>();
            Diary.Clear();
            Engine.Frame();
            Assert.That(
                Diary.Take(), Is.EqualTo("early b.Start a.Start early b.Update a.Update early b.LateUpdate a.LateUpdate"));
        }

        [Test]
        public void ASceneWakesUpTogether()
        {
            Stage.AddScene(
                "next",
                () =>
                {
                    new GameObject("a").AddComponent<Diarist>();
                    new GameObject("b").AddComponent<EarlyDiarist>();
                });
            UnityEngine.SceneManagement.SceneManager.LoadScene("next");
            Assert.That(Diary.Take(), Is.Empty);
            Engine.Frame();
            Assert.That(
                Diary.Take(),
                Is.EqualTo(
                    "early b.Awake early b.OnEnable a.Awake a.OnEnable early b.Start a.Start early b.Update a.Update early b.LateUpdate a.LateUpdate"));
        }

        [Test]
        public void AnExceptionIsLoggedAndStopsNobodyElse()
        {
            new GameObject("t").AddComponent<Thrower>();
            new GameObject("a").AddComponent<Diarist>();
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("a.Awake a.OnEnable a.Start a.Update a.LateUpdate"));
            Assert.That(EngineLog.Take(LogType.Exception, "in Awake").Context.name, Is.EqualTo("t"));
            EngineLog.Take(LogType.Exception, "in Update");
        }

        [Test]
        public void WhatIsMadeInUpdateStartsInTheSameFrameAndIsUpdatedInTheNext()
        {
            new GameObject("m").AddComponent<Maker>();
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("new.Awake new.OnEnable new.Start new.LateUpdate"));
            Engine.Frame();
            Assert.That(Diary.Take(), Is.EqualTo("new.Update new.LateUpdate"));
        }

        [Test]
        public void RequiredComponentsComeAndStay()
        {
            var one = new GameObject("a");
            one.AddComponent<Needy>();
            var needed = one.GetComponent<Diarist>();
            Assert.That(needed, Is.Not.Null);
            Object.Destroy(needed);
            Engine.Frame();
            Assert.That(needed != null, Is.True);
            EngineLog.Take(LogType.Error, "Can't remove Diarist .* because Needy");
            Assert.That(one.AddComponent<Needy>(), Is.Null);
            EngineLog.Take(LogType.Error, "Can't add component 'Needy'");
        }

        [Test]
        public void PlayModeEndsWithQuitAndThenTheEndOfEverything()
        {
            new GameObject("a").AddComponent<Diarist>();
            Diary.Clear();
            bool hasQuit = false;
            Application.quitting += () => hasQuit = true;
            Engine.Stop();
            Assert.That(Diary.Take(), Is.EqualTo("a.OnApplicationQuit a.OnDisable a.OnDestroy"));
            Assert.That(hasQuit, Is.True);
        }

        [Test]
        public void AScenesEndTakesAllButWhatLasts()
        {
            Stage.AddScene("next", () => { });
            new GameObject("a").AddComponent<Diarist>();
            var lasting = new GameObject("b");
            lasting.AddComponent<Diarist>();
            Object.DontDestroyOnLoad(lasting);
            Diary.Clear();
            string unloaded = null;
            UnityEngine.SceneManagement.SceneManager.sceneUnloaded += scene => unloaded = Diary.Take();
            UnityEngine.SceneManagement.SceneManager.LoadScene("next");
            Engine.Frame();
            Assert.That(unloaded, Is.EqualTo("a.OnDisable a.OnDestroy"));
            Assert.That(lasting.scene.name, Is.EqualTo("DontDestroyOnLoad"));
            Assert.That(Diary.Take(), Is.EqualTo("b.Start b.Update b.LateUpdate"));
        }

        [Test]
        public void WhatIsMadeInOnDestroyAtASceneEndIsAnError()
        {
            Stage.AddScene("next", () => { });
            new GameObject("a").AddComponent<Spawner>();
            UnityEngine.SceneManagement.SceneManager.LoadScene("next");
            Engine.Frame();
            EngineLog.Take(LogType.Error, "Did you spawn new GameObjects from OnDestroy");
        }

        [Test]
        public void APauseIsTold()
        {
            new GameObject("a").AddComponent<Diarist>();
            Diary.Clear();
            Engine.Pause(true);
            Engine.Pause(false);
            Assert.That(Diary.Take(), Is.EqualTo("a.OnApplicationPause(True) a.OnApplicationPause(False)"));
        }

        [Test]
        public void AnotherThreadIsRefused()
        {
            Transform one = new GameObject("a").transform;
            System.Exception error = null;
            var thread = new System.Threading.Thread(
                () =>
                {
                    try
                    {
                        one.position = Vector3.one;
                    }
                    catch (System.Exception caught)
                    {
                        error = caught;
                    }
                });
            thread.Start();
            thread.Join();
            Assert.That(error, Is.InstanceOf<UnityException>());
            Assert.That(error.Message, Is.StringContaining("can only be called from the main thread"));
        }

        [Test]
        public void WhatIsntAddedToAGameObjectEqualsNull()
        {
            Assert.That(new Diarist() == null, Is.True);
        }

        [Test]
        public void TheDestroyTokenIsCancelledWithTheComponent()
        {
            var one = new GameObject("a").AddComponent<Diarist>();
            System.Threading.CancellationToken token = one.destroyCancellationToken;
            Assert.That(token.IsCancellationRequested, Is.False);
            Object.DestroyImmediate(one);
            Assert.That(token.IsCancellationRequested, Is.True);
        }

        [Test]
        public void OutsideOfPlayModeOnlyWhoAsksIsCalled()
        {
            Engine.ResetToEditMode();
            new GameObject("a").AddComponent<Diarist>();
            new GameObject("b").AddComponent<Always>();
            Assert.That(Diary.Take(), Is.EqualTo("b.OnEnable"));
            Assert.That(Application.isPlaying, Is.False);
        }

        [Test]
        public void StaticMethodsAreCalledWhenPlayModeBegins()
        {
            Diary.Clear();
            Engine.Reset();
            Assert.That(Diary.Take(), Is.EqualTo("registration load"));
        }

        [RuntimeInitializeOnLoadMethod]
        private static void AfterLoad() => Diary.Write("load");

        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void Registration() => Diary.Write("registration");

        private sealed class Maker : MonoBehaviour
        {
            private bool hasMade;

            private void Update()
            {
                if (!hasMade)
                {
                    hasMade = true;
                    new GameObject("new").AddComponent<Diarist>();
                }
            }
        }

        [RequireComponent(typeof(Diarist))]
        [DisallowMultipleComponent]
        private sealed class Needy : MonoBehaviour
        {
        }

        private sealed class Spawner : MonoBehaviour
        {
            private void OnDestroy() => new GameObject("late");
        }

        [ExecuteAlways]
        private sealed class Always : MonoBehaviour
        {
            private void OnEnable() => Diary.Write(name + ".OnEnable");
        }
    }
}
