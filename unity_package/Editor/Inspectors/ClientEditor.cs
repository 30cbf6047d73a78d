using System.Collections.Generic;
using Loquent.Core;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>The inspector of a <see cref="LoquentClient"/>.</summary>
    [CustomEditor(typeof(LoquentClient))]
    [CanEditMultipleObjects]
    internal sealed class ClientEditor : ComponentEditor
    {
        private LoquentClient Client => (LoquentClient)target;

        /// <inheritdoc/>
        protected override void Look(ProjectFacts project, List<Finding> found)
        {
            bool hasAsset = serializedObject.FindProperty("settings").objectReferenceValue != null;
            System.Action<string> write = null;
            if (!hasAsset)
            {
                write = right => Write("address", right);
            }

            found.AddRange(AddressChecks.Look(Client.Address, project.Target, write));
            found.AddRange(SceneChecks.OneClient(Client));
            found.AddRange(ProjectChecks.Network(project));
            if (Client.SurvivesSceneLoads && Client.transform.parent != null)
            {
                found.Add(Finding.Warning("It can't survive the loading of a scene below another object. Move it to the root of the scene."));
            }
        }

        /// <inheritdoc/>
        protected override void DrawMore()
        {
            if (Button("Test the server", "Opens the window Loquent, which connects to this address and shows what the server offers."))
            {
                LoquentWindow.Open(Client);
            }
        }

        /// <inheritdoc/>
        protected override void DrawNow()
        {
            Row("State", Client.State.ToString());
            if (Client.Failure != null)
            {
                EditorGUILayout.HelpBox(Client.Failure, MessageType.Warning);
            }

            Session session = Client.Session;
            if (session != null && session.Limits != null)
            {
                Row("The model sees", session.Limits.Images == 0 ? "no" : "yes");
                Row("Conversations", (session.Limits.Conversations?.ToString() ?? "any number") + " at most");
            }

            if (Button("Connect", "Connects, or begins anew after a failure.", Client.State == ClientState.Off || Client.State == ClientState.Failed))
            {
                Client.Connect();
            }

            if (Button("Disconnect", "Ends the connection and all conversations.", Client.State != ClientState.Off))
            {
                Client.Disconnect();
            }
        }
    }
}
