using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace Loquent.Editor
{
    /// <summary>The inspector of a <see cref="CanvasAnchor"/>.</summary>
    [CustomEditor(typeof(CanvasAnchor))]
    [CanEditMultipleObjects]
    internal sealed class CanvasAnchorEditor : ComponentEditor
    {
        private CanvasAnchor Anchor => (CanvasAnchor)target;

        /// <inheritdoc/>
        protected override void Look(ProjectFacts project, List<Finding> found)
        {
            if (Anchor.Viewer == null)
            {
                found.AddRange(SceneChecks.Eyes());
            }

            Transform at = Anchor.Target != null ? Anchor.Target : Anchor.transform;
            if (Anchor.Kind == AnchorKind.Bone)
            {
                var animator = at.GetComponentInChildren<Animator>();
                if (animator == null || !animator.isHuman)
                {
                    found.Add(Finding.Warning(
                        "'" + at.name + "' has no humanoid Animator, so it has no bone " + Anchor.Bone + ", and the canvas is kept above it instead. Choose another kind, or a target with one."));
                }
            }
            else if (Anchor.Kind == AnchorKind.AboveBounds && at.GetComponentInChildren<Renderer>(true) == null)
            {
                found.Add(Finding.Info("Nothing is drawn of '" + at.name + "', so the canvas is kept above its place. Give the figure as the target, or choose the kind Transform."));
            }

            if (Anchor.Nearest > Anchor.Farthest)
            {
                found.Add(Finding.Warning("Nearest is farther than Farthest."));
            }
        }

        /// <inheritdoc/>
        protected override void DrawNow()
        {
            Row("Distance", Anchor.Distance.ToString("0.00") + " m");
            Row("Something between", Anchor.IsOccluded ? "yes" : "no");
            if (Button("Snap", "Goes to its place at once."))
            {
                Anchor.Snap();
            }
        }
    }
}
