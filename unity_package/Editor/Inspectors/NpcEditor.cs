using System.Collections.Generic;
using Loquent.Core;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>The inspector of an <see cref="Npc"/>.</summary>
    [CustomEditor(typeof(Npc))]
    [CanEditMultipleObjects]
    internal sealed class NpcEditor : ComponentEditor
    {
        private const int MostShown = 300;

        private string line = "Good evening!";

        private Npc Npc => (Npc)target;

        /// <inheritdoc/>
        protected override void Look(ProjectFacts project, List<Finding> found)
        {
            if (string.IsNullOrWhiteSpace(Npc.Character))
            {
                found.Add(Finding.Error("It has no character. Give the name of its file on the server, such as innkeeper."));
            }
            else if (ServerReport.Last != null && ServerReport.Last.Lacks(Npc.Character))
            {
                found.Add(Finding.Warning(
                    "The server that was tested last has no character '" + Npc.Character + "'. It has " + string.Join(", ", ServerReport.Last.CharacterNames) + "."));
            }

            found.AddRange(SceneChecks.HasClient(Npc));
            found.AddRange(SceneChecks.Eyes());
            found.AddRange(ProjectChecks.Text(project));
        }

        /// <inheritdoc/>
        protected override void DrawMore()
        {
            ServerReport known = ServerReport.Last;
            if (known == null || known.CharacterNames.Count == 0)
            {
                return;
            }

            var names = new List<string>(known.CharacterNames);
            int now = names.IndexOf(Npc.Character);
            int chosen = EditorGUILayout.Popup("Characters there are", now, names.ToArray());
            if (chosen != now && chosen >= 0)
            {
                Write("character", names[chosen]);
            }
        }

        /// <inheritdoc/>
        protected override void DrawNow()
        {
            Row("State", Npc.State.ToString());
            Row("Name", Npc.DisplayName);
            Conversation open = Npc.Conversation;
            if (open != null)
            {
                Row("Cues", open.Cues.Count == 0 ? "none" : string.Join(", ", open.Cues));
            }

            if (Npc.Failure != null)
            {
                EditorGUILayout.HelpBox(Npc.Failure.Message, MessageType.Warning);
            }

            TextBuffer reply = Npc.Text;
            if (reply != null && reply.Length > 0)
            {
                int shown = reply.Length < MostShown ? reply.Length : MostShown;
                EditorGUILayout.LabelField("Reply", new string(reply.Buffer, 0, shown) + (shown < reply.Length ? "…" : string.Empty), EditorStyles.wordWrappedLabel);
            }

            line = EditorGUILayout.TextField("Say", line);
            if (Button("Say it", "Says the line to the character; a reply that is under way is interrupted.", !string.IsNullOrWhiteSpace(line)))
            {
                Npc.Say(line);
            }

            if (Button("Cancel", "Interrupts the reply.", Npc.State == NpcState.Thinking || Npc.State == NpcState.Speaking || Npc.WaitingCount > 0))
            {
                Npc.Cancel();
            }
        }
    }
}
