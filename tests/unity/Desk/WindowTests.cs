using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Loquent.Double;
using Loquent.Editor;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

namespace Loquent.Desk.Tests
{
    /// <summary>The window tests a server without making the Editor wait, and says what it found. Against a real server: tests/unity/test_desk.py.</summary>
    [TestFixture]
    public sealed class WindowTests : EditorTest
    {
        private LoquentWindow window;
        private Action draw;

        [SetUp]
        public void Open()
        {
            window = LoquentWindow.Open(null);
            draw = Editing.Of(window);
        }

        [Test]
        public void WithoutAServerItSaysSoInTheConnectionsWords()
        {
            Gui.Type(draw, "Address", "ws://127.0.0.1:" + ClosedPort());
            Gui.Press(draw, "Test the connection");
            Assert.That(window.IsTesting, Is.True);
            StringAssert.Contains("Button: Test the connection (disabled)", Gui.Text(draw));
            Wait();
            StringAssert.Contains("Box: Error = Connection: Can't reach ws://127.0.0.1:", Gui.Text(draw));
            Assert.That(ServerReport.Last, Is.SameAs(window.Report));
            Assert.That(ServerReport.Last.HasProblem, Is.True);
            Assert.That(ServerReport.Last.Lacks("innkeeper"), Is.False, "Nothing is known.");
        }

        [Test]
        public void AWrongAddressIsntTried()
        {
            Gui.Type(draw, "Address", "ws://a b");
            Gui.Press(draw, "Test the connection");
            Assert.That(window.IsTesting, Is.False);
            StringAssert.Contains("Box: Error = Address: 'ws://a b' is no address.", Gui.Text(draw));
        }

        [Test]
        public void AMistakeInTheAddressIsCorrectedByItsButton()
        {
            Gui.Type(draw, "Address", "npc.example");
            Gui.Press(draw, "Make it ws://npc.example");
            StringAssert.Contains("Text: Address = ws://npc.example", Gui.Text(draw));
        }

        [Test]
        public void AServerThatNeverAnswersCanBeCancelledAndClosingTheWindowDoesToo()
        {
            var silent = new TcpListener(IPAddress.Loopback, 0);
            silent.Start();
            try
            {
                Gui.Type(draw, "Address", "ws://127.0.0.1:" + ((IPEndPoint)silent.LocalEndpoint).Port);
                Gui.Press(draw, "Test the connection");
                StringAssert.Contains("Label: Testing", Gui.Text(draw));
                Gui.Press(draw, "Cancel");
                Wait();
                StringAssert.Contains("Box: Warning = Test: It was cancelled.", Gui.Text(draw));
                Gui.Press(draw, "Test the connection");
                ServerReport report = window.Report;
                window.Close();
                Assert.That(SpinWait.SpinUntil(() => report.Lines.Length > 0, 5000), Is.True);
                Assert.That(report.Lines[0].Text, Is.EqualTo("It was cancelled."));
            }
            finally
            {
                silent.Stop();
            }
        }

        [Test]
        public void ATokenIsTypedUnlessTheSettingsHaveIt()
        {
            StringAssert.Contains("Text: Token", Gui.Text(draw));
            LoquentClient client = SceneObjects.CreateClient(null);
            LoquentSettings settings = ScriptableObject.CreateInstance<LoquentSettings>();
            settings.TokenSource = TokenSource.Asset;
            settings.Token = "secret";
            client.Settings = settings;
            Gui.Type(draw, "Client", client);
            string drawn = Gui.Text(draw);
            StringAssert.DoesNotContain("Token", drawn);
            StringAssert.DoesNotContain("secret", drawn);
        }

        /// <summary>Lets the Editor update its windows until the test is over, as it does many times a second.</summary>
        private void Wait()
        {
            var passed = Stopwatch.StartNew();
            while (window.IsTesting)
            {
                Assert.That(passed.Elapsed.TotalSeconds, Is.LessThan(20));
                Thread.Sleep(5);
            }

            Editing.Update(window);
        }

        private static int ClosedPort()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            int port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            return port;
        }
    }
}
