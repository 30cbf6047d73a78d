using System;
using System.Collections.Generic;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Events;

namespace Loquent.Double.Tests
{
    /// <summary>Instantiate copies what Unity serializes, and leads references to the copies.</summary>
    [TestFixture]
    public sealed class CloningTests : EngineTest
    {
        [Test]
        public void SerializedFieldsAreCopiedAndOthersArent()
        {
            Holder original = MakeTree();
            original.NotSerialized["a"] = 1;
            original.Transient = 5;
            Holder copy = UnityEngine.Object.Instantiate(original);
            Assert.That(copy.name, Is.EqualTo("root(Clone)"));
            Assert.That(copy.Number, Is.EqualTo(7));
            Assert.That(copy.Hidden, Is.EqualTo("hidden"));
            Assert.That(copy.Part.Words, Is.EqualTo(new[] { "a", "b" }));
            Assert.That(copy.Part, Is.Not.SameAs(original.Part));
            Assert.That(copy.Nothing, Is.Not.Null, "Unity makes one where there was none.");
            Assert.That(copy.Text, Is.EqualTo(string.Empty));
            Assert.That(copy.NotSerialized, Is.Empty);
            Assert.That(copy.Transient, Is.EqualTo(0));
        }

        [Test]
        public void ReferencesInsideOfTheTreeLeadToTheCopies()
        {
            Holder original = MakeTree();
            Holder copy = UnityEngine.Object.Instantiate(original);
            Assert.That(copy.Child, Is.Not.SameAs(original.Child));
            Assert.That(copy.Child.parent, Is.SameAs(copy.transform));
            Assert.That(copy.Outside, Is.SameAs(original.Outside));
            Assert.That(copy.Child.localPosition, Is.EqualTo(new Vector3(1, 2, 3)));
        }

        [Test]
        public void ListenersOfTheInspectorAreCopiedAndOthersArent()
        {
            Holder original = MakeTree();
            Stage.Listen(original.Told, original, "Hear");
            original.Told.AddListener(text => original.Heard += "added ");
            original.Told.Invoke("one");
            Assert.That(original.Heard, Is.EqualTo("one added "));
            Holder copy = UnityEngine.Object.Instantiate(original);
            copy.Told.Invoke("two");
            Assert.That(copy.Heard, Is.EqualTo("two "));
            Assert.That(original.Heard, Is.EqualTo("one added "));
        }

        [Test]
        public void AListenerThatThrowsEndsTheInvoke()
        {
            var raised = new UnityEvent();
            bool isCalled = false;
            raised.AddListener(() => throw new InvalidOperationException());
            raised.AddListener(() => isCalled = true);
            Assert.Throws<InvalidOperationException>(raised.Invoke);
            Assert.That(isCalled, Is.False);
        }

        [Test]
        public void APrefabIsNeverAwakeAndItsCopyIs()
        {
            Diary.Clear();
            GameObject prefab = Stage.Prefab(
                () =>
                {
                    var made = new GameObject("prefab");
                    made.AddComponent<Diarist>();
                    return made;
                });
            Assert.That(prefab.activeInHierarchy, Is.False);
            Assert.That(prefab.scene.IsValid(), Is.False);
            Assert.That(UnityEngine.Object.FindObjectsByType<Diarist>(FindObjectsInactive.Include, FindObjectsSortMode.None), Is.Empty);
            Transform parent = new GameObject("p").transform;
            GameObject copy = UnityEngine.Object.Instantiate(prefab, new Vector3(1, 0, 0), Quaternion.identity, parent);
            Assert.That(Diary.Take(), Is.EqualTo("prefab(Clone).Awake prefab(Clone).OnEnable"));
            Assert.That(copy.transform.position, Is.EqualTo(new Vector3(1, 0, 0)));
            Assert.That(copy.scene.IsValid(), Is.True);
        }

        private static Holder MakeTree()
        {
            var holder = new GameObject("root").AddComponent<Holder>();
            holder.Number = 7;
            holder.Hidden = "hidden";
            holder.Part = new Part { Words = new List<string> { "a", "b" } };
            holder.Child = new GameObject("child").transform;
            holder.Child.SetParent(holder.transform);
            holder.Child.localPosition = new Vector3(1, 2, 3);
            holder.Outside = new GameObject("outside");
            return holder;
        }

        [Serializable]
        public sealed class Part
        {
            public List<string> Words;
        }

        [Serializable]
        public sealed class TextEvent : UnityEvent<string>
        {
        }

        public sealed class Holder : MonoBehaviour
        {
            public int Number;
            public Part Part;
            public Part Nothing;
            public string Text;
            public Transform Child;
            public GameObject Outside;
            public TextEvent Told = new TextEvent();
            public Dictionary<string, int> NotSerialized = new Dictionary<string, int>();
            [NonSerialized]
            public int Transient;
            [SerializeField]
            private string hidden;

            public string Hidden
            {
                get => hidden;
                set => hidden = value;
            }

            public string Heard { get; set; }

            public void Hear(string text) => Heard += text + " ";
        }
    }
}
