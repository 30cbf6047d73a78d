using System;
using System.Linq;
using Loquent.Double;
using Loquent.Editor;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using Object = UnityEngine.Object;

namespace Loquent.Desk.Tests
{
    /// <summary>Inspectors say what is likely to go wrong, and help.</summary>
    [TestFixture]
    public sealed class InspectorTests : EditorTest
    {
        public static readonly Type[] Components =
        {
            typeof(LoquentClient), typeof(Npc), typeof(SpeechCanvas), typeof(CanvasAnchor), typeof(CueAnimator), typeof(PlayerPrompt), typeof(CameraSnapshot)
        };

        [Test]
        [TestCaseSource("Components")]
        public void EachComponentHasItsOwnWhichDrawsItsSettingsAndWritesNothing(Type component)
        {
            GameObject holder = new GameObject("Holder");
            Component one = holder.AddComponent(component);
            UnityEditor.Editor inspector = UnityEditor.Editor.CreateEditor(one);
            Assert.That(inspector, Is.InstanceOf<ComponentEditor>());
            string drawn = Gui.Text(Editing.Of(inspector));
            Assert.That(drawn.Split('\n').Count(line => line.StartsWith("Property") || line.StartsWith("Text")), Is.GreaterThan(3), drawn);
            StringAssert.DoesNotContain("Script", drawn);
            StringAssert.DoesNotContain("Label: Now", drawn, "It doesn't play.");
            Assert.That(inspector.RequiresConstantRepaint(), Is.False);
            Undo.PerformUndo();
            Assert.That(one != null, Is.True);
        }

        [Test]
        [TestCaseSource("Components")]
        public void SeveralAtOnceCanBeEdited(Type component)
        {
            Component[] both = { new GameObject("One").AddComponent(component), new GameObject("Other").AddComponent(component) };
            UnityEditor.Editor inspector = UnityEditor.Editor.CreateEditor(both);
            Assert.That(inspector.GetType().IsDefined(typeof(CanEditMultipleObjects), false), Is.True);
            StringAssert.DoesNotContain("Box", Gui.Text(Editing.Of(inspector)));
        }

        [Test]
        public void AClientsAddressIsCorrectedByItsButtonAndThatCanBeUndone()
        {
            LoquentClient client = SceneObjects.CreateClient(null);
            client.Address = "192.168.1.20:8765";
            Action draw = Draw(client);
            StringAssert.Contains("Box: Error = The address has no ws:// in front.", Gui.Text(draw));
            Gui.Press(draw, "Make it ws://192.168.1.20:8765");
            Assert.That(client.Address, Is.EqualTo("ws://192.168.1.20:8765"));
            StringAssert.DoesNotContain("Error", Gui.Text(draw));
            Undo.PerformUndo();
            Assert.That(client.Address, Is.EqualTo("192.168.1.20:8765"));
        }

        [Test]
        public void WhatIsTypedIsWrittenAndLookedAtAtOnce()
        {
            LoquentClient client = SceneObjects.CreateClient(null);
            Action draw = Draw(client);
            StringAssert.DoesNotContain("Box", Gui.Text(draw));
            Gui.Type(draw, "Address", "http://npc.example");
            Assert.That(client.Address, Is.EqualTo("http://npc.example"));
            StringAssert.Contains("Make it ws://npc.example", Gui.Text(draw));
        }

        [Test]
        public void WhatChangesElsewhereIsSeenASecondLater()
        {
            LoquentClient client = SceneObjects.CreateClient(null);
            Action draw = Draw(client);
            Gui.Draw(draw);
            SceneObjects.CreateClient(null);
            StringAssert.DoesNotContain("another client", Gui.Text(draw), "Looking all the time would cost the Editor too much.");
            Editing.Wait(1.1);
            StringAssert.Contains("There's another client in the scene, 'Loquent client (1)'.", Gui.Text(draw));
        }

        [Test]
        public void ForAndroidTheClientLooksAtPermissionsAndButtonsSetThem()
        {
            Editing.Target = BuildTarget.Android;
            LoquentClient client = SceneObjects.CreateClient(null);
            Action draw = Draw(client);
            string drawn = Gui.Text(draw);
            StringAssert.Contains("127.0.0.1 is the device itself", drawn);
            StringAssert.Contains("Set Internet Access to Require", drawn);
            Gui.Press(draw, "Require it");
            Assert.That(PlayerSettings.Android.forceInternetPermission, Is.True);
            StringAssert.DoesNotContain("Internet Access", Gui.Text(draw));
        }

        [Test]
        public void AnNpcIsHeldAgainstTheServerThatWasTestedAndCanTakeWhatItHas()
        {
            new GameObject("Player") { tag = "MainCamera" }.AddComponent<Camera>();
            Npc npc = SceneObjects.CreateNpc(null);
            npc.Character = "wizard";
            Action draw = Draw(npc);
            StringAssert.DoesNotContain("wizard'", Gui.Text(draw));
            ServerReport.Last = Tested("bard", "guard");
            Editing.Wait(1.1);
            StringAssert.Contains("has no character 'wizard'. It has bard, guard.", Gui.Text(draw));
            Gui.Type(draw, "Characters there are", 1);
            Assert.That(npc.Character, Is.EqualTo("guard"));
            StringAssert.DoesNotContain("has no character", Gui.Text(draw));
        }

        [Test]
        public void WithoutTextMeshProsEssentialsAButtonImportsThem()
        {
            Npc npc = SceneObjects.CreateNpc(null);
            Typesetting.ForgetEssentials();
            Action draw = Draw(npc);
            Gui.Press(draw, "Import them");
            Assert.That(Editing.ExecutedMenus, Is.EqualTo(new[] { "Window/TextMeshPro/Import TMP Essential Resources" }));
        }

        [Test]
        public void AnAnchorAtABoneWantsAFigureWithBones()
        {
            Npc npc = SceneObjects.CreateNpc(null);
            var anchor = npc.GetComponent<CanvasAnchor>();
            anchor.Kind = AnchorKind.Bone;
            StringAssert.Contains("'NPC' has no humanoid Animator", Gui.Text(Draw(anchor)));
            anchor.Kind = AnchorKind.AboveBounds;
            StringAssert.DoesNotContain("Animator", Gui.Text(Draw(anchor)));
            Object.DestroyImmediate(npc.GetComponentInChildren<Renderer>().gameObject);
            StringAssert.Contains("Nothing is drawn of 'NPC'", Gui.Text(Draw(anchor)));
        }

        [Test]
        public void SettingsSayWhatBecomesOfAToken()
        {
            LoquentSettings settings = ScriptableObject.CreateInstance<LoquentSettings>();
            settings.TokenSource = TokenSource.Asset;
            StringAssert.Contains("There's no token.", Gui.Text(Draw(settings)));
            settings.Token = "secret";
            StringAssert.Contains("in every build, where anybody can read it", Gui.Text(Draw(settings)));
            settings.TokenSource = TokenSource.Environment;
            Editing.Target = BuildTarget.Android;
            StringAssert.Contains("but not on a headset", Gui.Text(Draw(settings)));
        }

        private static Action Draw(Object what)
        {
            return Editing.Of(UnityEditor.Editor.CreateEditor(what));
        }

        private static ServerReport Tested(params string[] characters)
        {
            var report = new ServerReport(new Uri("ws://127.0.0.1:8765"));
            report.Tell(characters.Select(one => new ServedCharacters.One { character = one, name = one }).ToList());
            return report;
        }
    }
}
