using System.Collections.Generic;
using TMPro;
using UnityEngine;
using UnityEngine.UI;

namespace Loquent.Double
{
    /// <summary>Writes things as they would be seen. What is on a canvas is given in the canvas's own space: x to the right, y up, in its units.</summary>
    internal static class Pictured
    {
        internal static void Camera(RecordLine line)
        {
            Camera eye = UnityEngine.Camera.main;
            if (eye == null)
            {
                return;
            }

            line.Name("camera").BeginObject();
            Pose(line, eye.transform);
            line.Name("fov").Number(eye.fieldOfView);
            line.Name("aspect").Number(eye.aspect);
            line.EndObject();
        }

        internal static void Figure(RecordLine line, string name, Transform figure)
        {
            line.BeginObject();
            line.Name("name").Text(name);
            Pose(line, figure);
            var box = new Bounds(figure.position, Vector3.zero);
            bool isEmpty = true;
            foreach (Renderer renderer in figure.GetComponentsInChildren<Renderer>())
            {
                if (isEmpty)
                {
                    box = renderer.bounds;
                    isEmpty = false;
                }
                else
                {
                    box.Encapsulate(renderer.bounds);
                }
            }

            line.Name("center").Vector(box.center);
            line.Name("size").Vector(box.size);
            line.EndObject();
        }

        internal static void Canvases(RecordLine line)
        {
            line.Name("canvases").BeginArray();
            foreach (Canvas canvas in World.Current.Objects.All<Canvas>(typeof(Canvas), false))
            {
                if (canvas.isRootCanvas && canvas.enabled && canvas.renderMode == RenderMode.WorldSpace)
                {
                    Canvas(line, canvas);
                }
            }

            line.EndArray();
        }

        private static void Canvas(RecordLine line, Canvas canvas)
        {
            line.BeginObject();
            line.Name("name").Text(canvas.name);
            line.Name("id").Number(canvas.GetInstanceID());
            Pose(line, canvas.transform);
            line.Name("scale").Vector(canvas.transform.lossyScale);
            Rect area = ((RectTransform)canvas.transform).rect;
            line.Name("rect").Numbers(area.xMin, area.yMin, area.xMax, area.yMax);
            line.Name("order").Number(canvas.sortingOrder);
            line.Name("graphics").BeginArray();
            foreach (Graphic graphic in canvas.GetComponentsInChildren<Graphic>())
            {
                if (graphic.isActiveAndEnabled && graphic.canvas != null)
                {
                    Graphic(line, canvas.transform, graphic);
                }
            }

            line.EndArray();
            line.EndObject();
        }

        private static void Graphic(RecordLine line, Transform canvas, Graphic graphic)
        {
            float left = graphic.canvasRenderer.GetInheritedAlpha() * graphic.canvasRenderer.GetAlpha();
            if (left <= 0)
            {
                return;
            }

            if (graphic is TMP_Text text)
            {
                Text(line, canvas, text, left);
            }
            else if (!(graphic is TMP_SubMeshUI) && graphic.canvasRenderer.GetMesh() != null)
            {
                Plate(line, canvas, graphic, left);
            }
        }

        private static void Plate(RecordLine line, Transform canvas, Graphic graphic, float alpha)
        {
            Color colour = graphic.color * graphic.canvasRenderer.GetColor();
            line.BeginObject();
            line.Name("kind").Text("plate");
            line.Name("name").Text(graphic.name);
            line.Name("corners").BeginArray();
            var corners = new Vector3[4];
            graphic.rectTransform.GetLocalCorners(corners);
            foreach (Vector3 corner in corners)
            {
                Vector3 at = canvas.InverseTransformPoint(graphic.transform.TransformPoint(corner));
                line.Numbers(at.x, at.y);
            }

            line.EndArray();
            line.Name("radius").Number(RadiusOf(graphic));
            line.Name("colour").Numbers(colour.r, colour.g, colour.b, graphic.color.a * alpha);
            line.EndObject();
        }

        /// <summary>How round a plate's corners are, in the canvas's units: as wide as its sprite's border.</summary>
        private static float RadiusOf(Graphic graphic)
        {
            var image = graphic as Image;
            if (image == null || image.sprite == null)
            {
                return 0;
            }

            Canvas on = image.canvas;
            float perUnit = image.sprite.pixelsPerUnit * image.pixelsPerUnitMultiplier / on.referencePixelsPerUnit;
            return image.type == Image.Type.Sliced && perUnit > 0 ? image.sprite.border.x / perUnit : image.rectTransform.rect.height / 2;
        }

        private static void Text(RecordLine line, Transform canvas, TMP_Text text, float alpha)
        {
            line.BeginObject();
            line.Name("kind").Text("text");
            line.Name("name").Text(text.name);
            line.Name("glyphs").BeginArray();
            TMP_TextInfo info = text.textInfo;
            Matrix4x4 toCanvas = canvas.worldToLocalMatrix * text.transform.localToWorldMatrix;
            for (int i = 0; i < info.characterCount;)
            {
                TMP_CharacterInfo one = info.characterInfo[i];
                string cluster = Cluster(info, ref i);
                Color tint = text.canvasRenderer.GetColor();
                Color colour = ColourOf(text, one);
                if (one.isVisible && colour.a * alpha > 0)
                {
                    Vector3 from = toCanvas.MultiplyPoint3x4(new Vector3(one.origin, one.baseLine));
                    Vector3 to = toCanvas.MultiplyPoint3x4(new Vector3(one.xAdvance, one.baseLine));
                    float size = one.pointSize * toCanvas.MultiplyVector(Vector3.up).magnitude;
                    line.BeginArray();
                    line.Text(cluster);
                    foreach (float value in new[]
                    {
                        from.x, from.y, to.x - from.x, size, colour.r * tint.r, colour.g * tint.g, colour.b * tint.b, colour.a * alpha,
                    })
                    {
                        line.Number(value);
                    }

                    line.EndArray();
                }
            }

            line.EndArray();
            line.EndObject();
        }

        /// <summary>Takes a character and the marks on it.</summary>
        private static string Cluster(TMP_TextInfo info, ref int at)
        {
            string cluster = char.ConvertFromUtf32((int)info.characterInfo[at].textElement.unicode);
            for (at++; at < info.characterCount; at++)
            {
                TMP_CharacterInfo next = info.characterInfo[at];
                if (!next.isVisible || next.textElement.glyph.metrics.horizontalAdvance > 0)
                {
                    break;
                }

                cluster += char.ConvertFromUtf32((int)next.textElement.unicode);
            }

            return cluster;
        }

        /// <summary>The colour that the graphics card has for a character, not the one that is only prepared.</summary>
        private static Color ColourOf(TMP_Text text, TMP_CharacterInfo one)
        {
            Color32[] colours = text.MeshOf(one.materialReferenceIndex).Colours;
            return one.isVisible && one.vertexIndex < colours.Length ? (Color)colours[one.vertexIndex] : Color.clear;
        }

        private static void Pose(RecordLine line, Transform of)
        {
            line.Name("position").Vector(of.position);
            Quaternion turn = of.rotation;
            line.Name("rotation").Numbers(turn.x, turn.y, turn.z, turn.w);
        }
    }
}
