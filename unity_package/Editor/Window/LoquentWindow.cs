using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core;
using UnityEditor;
using UnityEngine;

namespace Loquent.Editor
{
    /// <summary>The window Window &gt; Loquent: tests the connection to a server, and shows what the server offers.</summary>
    internal sealed class LoquentWindow : EditorWindow
    {
        private const float TitleWidth = 110;

        [SerializeField] private LoquentClient client;
        [SerializeField] private string address = LoquentSettings.DefaultAddress;
        [SerializeField] private string line = "Good evening! What is this place?";
        [SerializeField] private Vector2 scrolled;
        [NonSerialized] private string token = string.Empty;
        [NonSerialized] private ServerCheck check;
        [NonSerialized] private Task running;
        [NonSerialized] private CancellationTokenSource cancellation;
        [NonSerialized] private CheckLine[] shown = new CheckLine[0];
        [NonSerialized] private string reply = string.Empty;
        [NonSerialized] private bool showsTesting;
        [NonSerialized] private ProjectFacts facts;

        /// <summary>What has been found out about the server that was tested last here; null if none was.</summary>
        internal ServerReport Report => check?.Report;

        /// <summary>Whether a test is running.</summary>
        internal bool IsTesting => running != null && !running.IsCompleted;

        /// <summary>Opens the window for the scene's client, if there is one.</summary>
        [MenuItem("Window/Loquent")]
        internal static void Open()
        {
            Open(FindAnyObjectByType<LoquentClient>());
        }

        /// <summary>Opens the window for a client.</summary>
        /// <param name="client">Whose server; null for an address to be typed.</param>
        internal static LoquentWindow Open(LoquentClient client)
        {
            var window = GetWindow<LoquentWindow>("Loquent");
            window.minSize = new Vector2(360, 320);
            window.client = client;
            window.Show();
            return window;
        }

        /// <summary>Tests the server.</summary>
        /// <param name="says">What is said to the character to try it; null for nothing.</param>
        internal void Test(string says)
        {
            Cancel();
            string where = (client != null ? client.Address : address).Trim();
            foreach (Finding finding in AddressChecks.Look(where, EditorUserBuildSettings.activeBuildTarget, null))
            {
                if (finding.Severity == MessageType.Error)
                {
                    check = null;
                    shown = new[] { new CheckLine(MessageType.Error, "Address", finding.Text) };
                    return;
                }
            }

            LoquentSettings asset = Asset();
            var options = new SessionOptions(new Uri(where)) { Token = Token(asset), SendTokenAsHeader = asset != null && asset.TokenAsHeader, Reconnect = null };
            cancellation = new CancellationTokenSource();
            check = new ServerCheck(options, Character(), says);
            reply = string.Empty;
            running = check.RunAsync(cancellation.Token);
        }

        private void OnGUI()
        {
            if (Event.current.type == EventType.Layout)
            {
                Follow();
            }

            scrolled = EditorGUILayout.BeginScrollView(scrolled);
            DrawServer();
            EditorGUILayout.Space();
            DrawButtons();
            EditorGUILayout.Space();
            DrawReport();
            EditorGUILayout.EndScrollView();
        }

        private void Update()
        {
            if (check != null && running != null)
            {
                Repaint();
                if (running.IsCompleted)
                {
                    running = null;
                    ServerReport.Last = check.Report;
                }
            }
        }

        private void OnEnable()
        {
            facts = null;
        }

        private void OnDisable()
        {
            Cancel(); // also when the Editor loads its code anew: nothing may outlive that
        }

        private void DrawServer()
        {
            EditorGUILayout.LabelField("Server", EditorStyles.boldLabel);
            client = (LoquentClient)EditorGUILayout.ObjectField(
                new GUIContent("Client", "The client in the scene whose address and token are tested. None: those below."), client, typeof(LoquentClient), true);
            facts = facts ?? ProjectFacts.Read();
            if (client != null)
            {
                EditorGUILayout.LabelField("Address", client.Address);
                Draw(AddressChecks.Look(client.Address, facts.Target, null));
            }
            else
            {
                address = EditorGUILayout.TextField(new GUIContent("Address", "Where the server is, such as ws://192.168.1.20:8765."), address);
                Draw(AddressChecks.Look(address, facts.Target, right => address = right));
            }

            if (IsTokenTyped(Asset()))
            {
                token = EditorGUILayout.PasswordField(new GUIContent("Token", "For a server that wants one. It isn't kept when the window is closed."), token);
            }
        }

        private void DrawButtons()
        {
            using (new EditorGUI.DisabledScope(IsTesting))
            {
                if (GUILayout.Button(new GUIContent("Test the connection", "Connects, and asks what the server offers. Costs the model nothing.")))
                {
                    Test(null);
                }

                line = EditorGUILayout.TextField(new GUIContent("Line", "What is said to the character."), line);
                if (GUILayout.Button(new GUIContent("Say the line", "Says it to a character, and shows the reply and how long it took.")) && !string.IsNullOrWhiteSpace(line))
                {
                    Test(line);
                }
            }

            using (new EditorGUI.DisabledScope(!IsTesting))
            {
                if (GUILayout.Button("Cancel"))
                {
                    Cancel();
                }
            }
        }

        private void DrawReport()
        {
            foreach (CheckLine one in shown)
            {
                if (one.Severity == MessageType.None)
                {
                    using (new EditorGUILayout.HorizontalScope())
                    {
                        GUILayout.Label(one.Title, EditorStyles.boldLabel, GUILayout.Width(TitleWidth));
                        GUILayout.Label(one.Text, EditorStyles.wordWrappedLabel);
                    }
                }
                else
                {
                    EditorGUILayout.HelpBox(one.Title + ": " + one.Text, one.Severity);
                }
            }

            if (reply.Length > 0)
            {
                EditorGUILayout.LabelField(reply, EditorStyles.wordWrappedLabel);
            }

            if (showsTesting)
            {
                EditorGUILayout.LabelField("Testing…");
            }
        }

        /// <summary>Takes over what the test has found, where a layout begins: between that and the painting nothing may come or go.</summary>
        private void Follow()
        {
            showsTesting = IsTesting;
            if (check != null)
            {
                shown = check.Report.Lines;
                reply = check.Report.Reply;
            }
        }

        private void Cancel()
        {
            cancellation?.Cancel();
            cancellation = null;
        }

        /// <summary>The client's settings asset; null if it has none. The client's own property would make settings that nobody throws away.</summary>
        private LoquentSettings Asset()
        {
            return client == null ? null : (LoquentSettings)new SerializedObject(client).FindProperty("settings").objectReferenceValue;
        }

        private static bool IsTokenTyped(LoquentSettings asset)
        {
            return asset == null || asset.TokenSource == TokenSource.Script;
        }

        private string Token(LoquentSettings asset)
        {
            if (IsTokenTyped(asset))
            {
                return token.Length == 0 ? null : token;
            }

            switch (asset.TokenSource)
            {
                case TokenSource.Asset:
                    return asset.Token;
                case TokenSource.Environment:
                    return Environment.GetEnvironmentVariable(asset.Token);
                default:
                    return null;
            }
        }

        /// <summary>Who is opened to try the server: a character that the scene uses, if the server isn't known to lack it.</summary>
        private static string Character()
        {
            Npc npc = FindAnyObjectByType<Npc>();
            return npc == null || string.IsNullOrWhiteSpace(npc.Character) ? null : npc.Character;
        }

        private static void Draw(IEnumerable<Finding> findings)
        {
            foreach (Finding finding in findings)
            {
                EditorGUILayout.HelpBox(finding.Text, finding.Severity);
                if (finding.Fix != null && GUILayout.Button(finding.FixLabel))
                {
                    finding.Fix();
                    GUIUtility.ExitGUI();
                }
            }
        }
    }
}
