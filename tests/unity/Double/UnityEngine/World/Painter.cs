using System;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>What a camera sees, roughly: the background, and each renderer as the rectangle around its box, far ones first.</summary>
    internal static class Painter
    {
        internal static void Paint(Camera camera, RenderTexture target)
        {
            target.MarkCreated();
            Color32 background = camera.backgroundColor;
            background.a = 255;
            for (int i = 0; i < target.Pixels.Length; i++)
            {
                target.Pixels[i] = background;
            }

            List<Renderer> seen = World.Current.Objects.All<Renderer>(typeof(Renderer), false);
            seen.RemoveAll(one => !one.isVisible || (camera.cullingMask & (1 << one.Owner.layer)) == 0);
            Vector3 from = camera.transform.position;
            seen.Sort((a, b) => b.bounds.SqrDistance(from).CompareTo(a.bounds.SqrDistance(from)));
            foreach (Renderer one in seen)
            {
                PaintBox(camera, target, one);
            }
        }

        private static void PaintBox(Camera camera, RenderTexture target, Renderer one)
        {
            Bounds box = one.bounds;
            float left = float.MaxValue;
            float right = float.MinValue;
            float bottom = float.MaxValue;
            float top = float.MinValue;
            for (int corner = 0; corner < 8; corner++)
            {
                var side = new Vector3((corner & 1) == 0 ? -1 : 1, (corner & 2) == 0 ? -1 : 1, (corner & 4) == 0 ? -1 : 1);
                Vector3 at = camera.WorldToViewportPoint(box.center + Vector3.Scale(box.extents, side));
                if (at.z < camera.nearClipPlane)
                {
                    return; // partly behind the camera
                }

                left = Math.Min(left, at.x);
                right = Math.Max(right, at.x);
                bottom = Math.Min(bottom, at.y);
                top = Math.Max(top, at.y);
            }

            Color32 colour = one.sharedMaterial == null ? Color.magenta : one.sharedMaterial.color;
            int lastRow = Mathf.Min(target.height - 1, Mathf.FloorToInt(top * target.height));
            int lastColumn = Mathf.Min(target.width - 1, Mathf.FloorToInt(right * target.width));
            for (int y = Mathf.Max(0, Mathf.CeilToInt(bottom * target.height)); y <= lastRow; y++)
            {
                for (int x = Mathf.Max(0, Mathf.CeilToInt(left * target.width)); x <= lastColumn; x++)
                {
                    target.Pixels[(y * target.width) + x] = colour;
                }
            }
        }
    }
}
