using System.Collections.Generic;
using UnityEditor;

namespace Loquent.Editor
{
    /// <summary>The inspector of a <see cref="PlayerPrompt"/>.</summary>
    [CustomEditor(typeof(PlayerPrompt))]
    [CanEditMultipleObjects]
    internal sealed class PlayerPromptEditor : ComponentEditor
    {
        private PlayerPrompt Prompt => (PlayerPrompt)target;

        /// <inheritdoc/>
        protected override void Look(ProjectFacts project, List<Finding> found)
        {
            found.AddRange(SceneChecks.HasNpc(Prompt, Prompt.Npc, "nothing can be said. The game can give it one while it runs"));
            found.AddRange(SceneChecks.Presses());
            found.AddRange(ProjectChecks.Text(project));
            if (Prompt.TakesText && project.Target == BuildTarget.Android)
            {
                found.Add(Finding.Info(
                    "On a headset the text field opens the system's keyboard, which has to be allowed in the Android manifest: the feature oculus.software.overlay_keyboard on Meta Quest (Meta's "
                    + "packages have the setting Require System Keyboard)."));
            }

            if (!Prompt.TakesText && Prompt.Replies.Count == 0)
            {
                found.Add(Finding.Warning("It has neither replies nor a text field, so nothing can be said. Add replies, or turn Takes Text on."));
            }
        }

        /// <inheritdoc/>
        protected override void DrawNow()
        {
            Row("Can be used", Prompt.CanSay ? "yes" : "no");
            foreach (string reply in Prompt.Replies)
            {
                if (!string.IsNullOrWhiteSpace(reply) && Button(reply, "Says it, as if the player pressed the button.", Prompt.CanSay))
                {
                    Prompt.Say(reply);
                }
            }

            if (Button("Build it anew", "With the look, the words and the replies as they are now."))
            {
                Prompt.Rebuild();
            }
        }
    }
}
