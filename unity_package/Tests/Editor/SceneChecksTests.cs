using System.Collections;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Editor.Tests
{
    /// <summary>What is said about a scene, before it's played.</summary>
    [TestFixture]
    public sealed class SceneChecksTests
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
        public IEnumerator TheOnlyCameraCanBeTaggedByAButton()
        {
            yield return null;
            StringAssert.StartsWith("There's no camera in the scene", SceneChecks.Eyes().Single().Text);
            var eyes = new GameObject("Rig").AddComponent<Camera>();
            Finding finding = SceneChecks.Eyes().Single();
            Assert.That(finding.FixLabel, Is.EqualTo("Tag 'Rig'"));
            finding.Fix();
            Assert.That(Camera.main, Is.SameAs(eyes));
            Assert.That(SceneChecks.Eyes(), Is.Empty);
            Undo.PerformUndo();
            Assert.That(Camera.main == null, Is.True);
        }

        [UnityTest]
        public IEnumerator OfTwoCamerasNobodyKnowsWhichIsThePlayers()
        {
            yield return null;
            new GameObject("One").AddComponent<Camera>();
            new GameObject("Other").AddComponent<Camera>();
            Finding finding = SceneChecks.Eyes().Single();
            Assert.That(finding.Fix, Is.Null);
            StringAssert.EndsWith("Tag the player's.", finding.Text);
        }

        [UnityTest]
        public IEnumerator TwoClientsInASceneAreOneTooMany()
        {
            yield return null;
            LoquentClient one = SceneObjects.CreateClient(null);
            Assert.That(SceneChecks.OneClient(one), Is.Empty);
            LoquentClient other = SceneObjects.CreateClient(null);
            Finding finding = SceneChecks.OneClient(one).Single();
            StringAssert.Contains("'Loquent client (1)'", finding.Text);
            finding.Fix();
            Assert.That(Selection.activeObject, Is.SameAs(other));
        }

        [UnityTest]
        public IEnumerator AnNpcWithoutAClientCanGetOne()
        {
            yield return null;
            var npc = new GameObject("NPC").AddComponent<Npc>();
            Finding finding = SceneChecks.HasClient(npc).Single();
            Assert.That(finding.Severity, Is.EqualTo(MessageType.Info));
            finding.Fix();
            Assert.That(SceneChecks.HasClient(npc), Is.Empty);
        }

        [UnityTest]
        public IEnumerator WithoutAnEventSystemNothingCanBePressed()
        {
            yield return null;
            SceneChecks.Presses().Single().Fix();
            Assert.That(SceneChecks.Presses(), Is.Empty);
        }

        [UnityTest]
        public IEnumerator AComponentFindsItsNpcAboveIt()
        {
            yield return null;
            var holder = new GameObject("Prompt").AddComponent<PlayerPrompt>();
            StringAssert.EndsWith("so nothing can be said.", SceneChecks.HasNpc(holder, null, "nothing can be said").Single().Text);
            var npc = new GameObject("NPC").AddComponent<Npc>();
            Assert.That(SceneChecks.HasNpc(holder, npc, "nothing can be said"), Is.Empty);
            holder.transform.SetParent(npc.transform);
            Assert.That(SceneChecks.HasNpc(holder, null, "nothing can be said"), Is.Empty);
        }
    }
}
