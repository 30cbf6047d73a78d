using Loquent.Double;
using Loquent.Editor;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

namespace Loquent.Desk.Tests
{
    /// <summary>The entries of the menus, as somebody picks them.</summary>
    [TestFixture]
    public sealed class MenuTests : EditorTest
    {
        [Test]
        public void AnNpcIsMadeWhereTheSceneViewLooks()
        {
            Editing.LookAt(new Vector3(3, 0, -2));
            Editing.Menu("GameObject/Loquent/NPC");
            var npc = Object.FindAnyObjectByType<Npc>();
            Assert.That(npc.transform.position, Is.EqualTo(new Vector3(3, 0, -2)));
            Assert.That(Editing.Selected, Is.SameAs(npc.gameObject));
            Assert.That(Object.FindAnyObjectByType<LoquentClient>().transform.position, Is.EqualTo(Vector3.zero));
        }

        [Test]
        public void ARightClickOnAFigureLetsThatTalk()
        {
            var figure = new GameObject("Marta");
            Editing.Menu("GameObject/Loquent/NPC", figure);
            Assert.That(figure.GetComponentInChildren<Npc>().name, Is.EqualTo("NPC of Marta"));
        }

        [TestCase("GameObject/Loquent/Client", typeof(LoquentClient))]
        [TestCase("GameObject/Loquent/Speech Canvas", typeof(SpeechCanvas))]
        [TestCase("GameObject/Loquent/Player Prompt", typeof(PlayerPrompt))]
        public void TheOthersMakeWhatTheySay(string path, System.Type type)
        {
            Editing.Menu(path);
            Assert.That(((GameObject)Editing.Selected).GetComponent(type), Is.Not.Null);
            Undo.PerformUndo();
            Assert.That(Object.FindObjectsByType<GameObject>(FindObjectsInactive.Include, FindObjectsSortMode.None), Is.Empty);
        }

        [Test]
        public void TheWindowOpensForTheScenesClient()
        {
            LoquentClient client = SceneObjects.CreateClient(null);
            client.Address = "ws://192.168.1.20:8765";
            Editing.Menu("Window/Loquent");
            LoquentWindow window = EditorWindow.GetWindow<LoquentWindow>("Loquent");
            StringAssert.Contains("Label: Address = ws://192.168.1.20:8765", Gui.Text(Editing.Of(window)));
            window.Close();
        }
    }
}
