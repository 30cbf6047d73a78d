using System.Collections.Generic;
using System.Threading.Tasks;
using UnityEditor;
using UnityEngine;

namespace Loquent.Editor
{
    /// <summary>The inspector of a <see cref="CameraSnapshot"/>: it can show what the model would see.</summary>
    [CustomEditor(typeof(CameraSnapshot))]
    [CanEditMultipleObjects]
    internal sealed class CameraSnapshotEditor : ComponentEditor
    {
        private Task<byte[]> capturing;
        private Texture2D picture;
        private string outcome = string.Empty;

        private CameraSnapshot Snapshot => (CameraSnapshot)target;

        /// <inheritdoc/>
        protected override void Look(ProjectFacts project, List<Finding> found)
        {
            if (Snapshot.Source == null)
            {
                found.AddRange(SceneChecks.Eyes());
            }
        }

        /// <inheritdoc/>
        protected override void DrawNow()
        {
            Row("Is at work", Snapshot.IsCapturing ? "yes" : "no");
            if (Button("Take a picture", "Makes a picture as it would go to the model, and shows it here.", capturing == null))
            {
                capturing = Snapshot.CaptureAsync();
            }

            if (Event.current.type == EventType.Layout && capturing != null && capturing.IsCompleted)
            {
                Take(capturing);
                capturing = null;
            }

            if (outcome.Length > 0)
            {
                EditorGUILayout.LabelField(outcome, EditorStyles.wordWrappedLabel);
            }

            if (picture != null)
            {
                GUI.DrawTexture(GUILayoutUtility.GetRect(picture.width / 2f, picture.height / 2f), picture, ScaleMode.ScaleToFit);
            }
        }

        private void Take(Task<byte[]> made)
        {
            Forget();
            if (made.Status != TaskStatus.RanToCompletion)
            {
                outcome = made.Exception == null ? "It was cancelled." : made.Exception.GetBaseException().Message;
                return;
            }

            picture = new Texture2D(2, 2) { hideFlags = HideFlags.HideAndDontSave };
            picture.LoadImage(made.Result);
            outcome = picture.width + " x " + picture.height + " pixels, " + (made.Result.Length / 1024) + " KiB";
        }

        private void OnDisable()
        {
            Forget();
        }

        private void Forget()
        {
            if (picture != null)
            {
                DestroyImmediate(picture);
            }

            picture = null;
        }
    }
}
