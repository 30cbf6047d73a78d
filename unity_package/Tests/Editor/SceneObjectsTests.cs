using System.Collections;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.TestTools;

namespace Loquent.Editor.Tests
{
    /// <summary>The menu makes what works, as one step that can be undone.</summary>
    [TestFixture]
    public sealed class SceneObjectsTests
    {
        [TearDown]
        public void ClearScene()
        {
            foreach (GameObject one in Object.FindObjectsByType<GameObject>(FindObjectsInactive.Include, FindObjectsSortMode.None))
            {
                if (one != null && one.transform.parent == null)
                {
                    Object.DestroyImmediate(one);
                }
            }
        }

        [UnityTest]
        public IEnumerator AnNpcHasABodyACanvasAnAnchorAndAClient()
        {
            yield return null;
            Npc npc = SceneObjects.CreateNpc(null);
            Assert.That(npc.name, Is.EqualTo("NPC"));
            Assert.That(npc.GetComponent<SpeechCanvas>(), Is.Not.Null);
            Assert.That(npc.GetComponent<CanvasAnchor>(), Is.Not.Null);
            Bounds body = npc.GetComponentInChildren<Renderer>().bounds;
            Assert.That(body.min.y, Is.EqualTo(npc.transform.position.y).Within(0.001f), "It stands where it was put.");
            Assert.That(body.size.y, Is.EqualTo(1.8f).Within(0.001f));
            Assert.That(Object.FindObjectsByType<LoquentClient>(FindObjectsSortMode.None).Single().name, Is.EqualTo("Loquent client"));
            Assert.That(Selection.activeGameObject, Is.SameAs(npc.gameObject));
        }

        [UnityTest]
        public IEnumerator TheSecondOneHasAnotherNameAndNeedsNoOtherClient()
        {
            yield return null;
            SceneObjects.CreateNpc(null);
            Npc second = SceneObjects.CreateNpc(null);
            Assert.That(second.name, Is.EqualTo("NPC (1)"));
            Assert.That(Object.FindObjectsByType<LoquentClient>(FindObjectsSortMode.None).Length, Is.EqualTo(1));
        }

        [UnityTest]
        public IEnumerator AllOfItIsOneStepToUndo()
        {
            yield return null;
            SceneObjects.CreateNpc(null);
            Undo.PerformUndo();
            Assert.That(Object.FindObjectsByType<GameObject>(FindObjectsInactive.Include, FindObjectsSortMode.None), Is.Empty);
        }

        [UnityTest]
        public IEnumerator BelowAFigureItLetsThatTalk()
        {
            yield return null;
            var figure = new GameObject("Marta");
            figure.transform.position = new Vector3(1, 2, 3);
            Npc npc = SceneObjects.CreateNpc(figure);
            Assert.That(npc.name, Is.EqualTo("NPC of Marta"));
            Assert.That(npc.transform.parent, Is.SameAs(figure.transform));
            Assert.That(npc.transform.localPosition, Is.EqualTo(Vector3.zero));
            Assert.That(npc.GetComponent<CanvasAnchor>().Target, Is.SameAs(figure.transform));
            Assert.That(npc.GetComponentsInChildren<Renderer>(), Is.Empty, "The figure is its body.");
            Undo.PerformUndo();
            Assert.That(figure != null && figure.transform.childCount == 0, Is.True);
        }

        [UnityTest]
        public IEnumerator APromptBelongsToAnNpcAndCanBePressed()
        {
            yield return null;
            Npc npc = SceneObjects.CreateNpc(null);
            PlayerPrompt prompt = SceneObjects.CreatePlayerPrompt(null);
            Assert.That(prompt.Npc, Is.SameAs(npc));
            Assert.That(prompt.Replies, Is.Not.Empty);
            Assert.That(Object.FindObjectsByType<EventSystem>(FindObjectsSortMode.None).Single().GetComponent<BaseInputModule>(), Is.Not.Null);
            PlayerPrompt below = SceneObjects.CreatePlayerPrompt(npc.gameObject);
            Assert.That(below.Npc, Is.Null, "It belongs to the NPC that it's below.");
            Assert.That(Object.FindObjectsByType<EventSystem>(FindObjectsSortMode.None).Length, Is.EqualTo(1));
            Undo.PerformUndo();
            Undo.PerformUndo();
            Assert.That(Object.FindObjectsByType<EventSystem>(FindObjectsSortMode.None), Is.Empty);
        }

        [UnityTest]
        public IEnumerator ACanvasAndAClientStandAlone()
        {
            yield return null;
            Assert.That(SceneObjects.CreateSpeechCanvas(null).name, Is.EqualTo("Speech canvas"));
            Assert.That(SceneObjects.CreateClient(null).transform.position, Is.EqualTo(Vector3.zero));
            Undo.PerformUndo();
            Undo.PerformUndo();
            Assert.That(Object.FindObjectsByType<GameObject>(FindObjectsInactive.Include, FindObjectsSortMode.None), Is.Empty);
        }
    }
}
