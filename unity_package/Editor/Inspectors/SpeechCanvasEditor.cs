using System.Collections.Generic;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>The inspector of a <see cref="SpeechCanvas"/>.</summary>
    [CustomEditor(typeof(SpeechCanvas))]
    [CanEditMultipleObjects]
    internal sealed class SpeechCanvasEditor : ComponentEditor
    {
        private string line = "Good evening, traveller! The night is cold, and the road is long. 你好，旅行者。 Come in!";

        private SpeechCanvas Speech => (SpeechCanvas)target;

        /// <inheritdoc/>
        protected override void Look(ProjectFacts project, List<Finding> found)
        {
            found.AddRange(ProjectChecks.Text(project));
            found.AddRange(SceneChecks.Eyes());
            string problem = Speech.Parts == null ? null : Speech.Parts.Problem();
            if (problem != null)
            {
                found.Add(Finding.Error(problem));
            }
        }

        /// <inheritdoc/>
        protected override void DrawNow()
        {
            Row("State", Speech.State.ToString());
            Row("Seen", Speech.Shown + " characters");
            Row("Alpha", Speech.Alpha.ToString("0.00"));
            line = EditorGUILayout.TextField("Line to show", line);
            if (Button("Show it", "Reveals the text at the reading pace, as a reply.", !string.IsNullOrEmpty(line)))
            {
                Speech.Show(line);
            }

            if (Button("Show the thinking sign", "As while an answer is awaited."))
            {
                Speech.BeginReply();
            }

            if (Button("Show an error", "As when an answer got lost."))
            {
                Speech.ShowError("The answer got lost. Say it again.");
            }

            if (Button("Skip to the end", "Shows the rest at once."))
            {
                Speech.SkipToEnd();
            }

            if (Button("Hide", "Fades it out."))
            {
                Speech.Hide();
            }
        }
    }
}
