using System.Collections.Generic;
using Loquent.Core;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>The inspector of a <see cref="CueAnimator"/>.</summary>
    [CustomEditor(typeof(CueAnimator))]
    [CanEditMultipleObjects]
    internal sealed class CueAnimatorEditor : ComponentEditor
    {
        private string cue = "wave";
        private string argument = string.Empty;

        private CueAnimator Cues => (CueAnimator)target;

        /// <inheritdoc/>
        protected override void Look(ProjectFacts project, List<Finding> found)
        {
            found.AddRange(SceneChecks.HasNpc(Cues, Cues.Npc, "no cue comes"));
            foreach (CueAction action in Cues.Actions)
            {
                if (string.IsNullOrWhiteSpace(action.Cue))
                {
                    found.Add(Finding.Warning("An action has no cue, so it never acts. Give the cue's name, or * for all that are left."));
                    break;
                }
            }
        }

        /// <inheritdoc/>
        protected override void DrawNow()
        {
            Npc npc = Cues.Npc != null ? Cues.Npc : Cues.GetComponentInParent<Npc>();
            Conversation open = npc == null ? null : npc.Conversation;
            if (open != null)
            {
                foreach (string one in open.Cues)
                {
                    if (Button(Cues.Knows(one) ? one : one + " (no action)", "Performs this cue of the character's."))
                    {
                        Cues.Perform(one);
                    }
                }
            }

            cue = EditorGUILayout.TextField("Cue", cue);
            argument = EditorGUILayout.TextField("Argument", argument);
            if (Button("Perform it", "Does what belongs to the cue.", cue.Length > 0))
            {
                Cues.Perform(cue, argument.Length == 0 ? null : argument);
            }
        }
    }
}
