using UnityEngine;

namespace Loquent
{
    /// <summary>A hidden camera that renders what another one sees into a texture, once, when it's told to; the other one isn't touched.</summary>
    internal sealed class SnapshotCamera
    {
        private const int DepthBits = 24;

        private Camera hidden;

        /// <summary>Renders what a camera sees now.</summary>
        /// <param name="source">The camera.</param>
        /// <param name="width">In pixels.</param>
        /// <param name="height">In pixels.</param>
        /// <param name="fieldOfView">Upright, in degrees; 0 for the camera's own.</param>
        /// <param name="leftOut">The layers that aren't to be seen.</param>
        /// <returns>A temporary texture: to be released.</returns>
        internal RenderTexture Render(Camera source, int width, int height, float fieldOfView, LayerMask leftOut)
        {
            if (hidden == null)
            {
                hidden = new GameObject("Loquent snapshot camera") { hideFlags = HideFlags.HideAndDontSave }.AddComponent<Camera>();
                hidden.enabled = false;
            }

            RenderTexture target = RenderTexture.GetTemporary(width, height, DepthBits, RenderTextureFormat.ARGB32);
            hidden.CopyFrom(source);
            hidden.enabled = false;
            hidden.stereoTargetEye = StereoTargetEyeMask.None; // one picture, on a headset too
            hidden.rect = new Rect(0, 0, 1, 1);
            hidden.cullingMask &= ~leftOut.value;
            hidden.transform.SetPositionAndRotation(source.transform.position, source.transform.rotation);
            hidden.fieldOfView = fieldOfView > 0 ? fieldOfView : source.fieldOfView;
            hidden.targetTexture = target;
            hidden.ResetAspect();
            hidden.ResetProjectionMatrix();
            hidden.ResetWorldToCameraMatrix();
            hidden.Render();
            hidden.targetTexture = null;
            return target;
        }

        /// <summary>Takes the hidden camera out of the world.</summary>
        internal void Destroy()
        {
            if (hidden != null)
            {
                Object.DestroyImmediate(hidden.gameObject);
            }
        }
    }
}
