using System;
using System.Reflection;
using System.Reflection.Emit;
using Loquent.Double;
using Loquent.Editor;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using UnityEngine.EventSystems;
using Object = UnityEngine.Object;

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
        public void APrefabGetsNeitherAClientNorAnEventSystemNorANeighbourFromTheScene()
        {
            SceneObjects.CreateNpc(null).name = "Of the scene";
            Object.DestroyImmediate(Object.FindAnyObjectByType<LoquentClient>().gameObject);
            var root = new GameObject("Prefab");
            Editing.OpenPrefab(root);
            Editing.Menu("GameObject/Loquent/NPC", root);
            Editing.Menu("GameObject/Loquent/NPC");
            Editing.Menu("GameObject/Loquent/Player Prompt");
            Assert.That(Object.FindAnyObjectByType<LoquentClient>(), Is.Null);
            Assert.That(Object.FindAnyObjectByType<EventSystem>(), Is.Null);
            Assert.That(((GameObject)Editing.Selected).GetComponent<PlayerPrompt>().Npc, Is.Null);
        }

        /// <summary>The package can be there without being in use: its module hears nothing then.</summary>
        [Test]
        public void TheEventSystemHasTheModuleOfTheInputThatIsActive()
        {
            AssemblyBuilder package = AppDomain.CurrentDomain.DefineDynamicAssembly(new AssemblyName("Unity.InputSystem"), AssemblyBuilderAccess.Run);
            Type module = package.DefineDynamicModule("Main").DefineType("UnityEngine.InputSystem.UI.InputSystemUIInputModule", TypeAttributes.Public, typeof(StandaloneInputModule)).CreateType();
            ResolveEventHandler find = (sender, wanted) => wanted.Name.StartsWith("Unity.InputSystem", StringComparison.Ordinal) ? package : null;
            AppDomain.CurrentDomain.AssemblyResolve += find;
            Assert.That(Type.GetType(module.FullName + ", Unity.InputSystem"), Is.SameAs(module), "The package is there.");
            SceneObjects.CreateEventSystem();
            AppDomain.CurrentDomain.AssemblyResolve -= find;
            Assert.That(Object.FindAnyObjectByType<EventSystem>().GetComponent<BaseInputModule>().GetType(), Is.EqualTo(typeof(StandaloneInputModule)));
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
