using TMPro;
using UnityEngine;
using UnityEngine.UI;

namespace Loquent
{
    /// <summary>
    /// Builds a canvas in code: a plate, a name, the page, a notice and the thinking sign. One small canvas, whose unit is a dmm: a millimetre per metre of
    /// distance.
    /// </summary>
    internal static class SpeechBuilder
    {
        private const float PaddingEms = 0.8f;
        private const float NameEms = 0.85f;
        private const float NoticeEms = 0.75f;

        /// <summary>Text below this size tires whoever reads it in a headset, however short it is. In dmm.</summary>
        private const float LeastSize = 20;

        private const float SmallLine = 1.35f;
        private const int Dots = 3;

        /// <summary>Builds it, as a root of a component's scene.</summary>
        /// <param name="owner">Whose canvas it is.</param>
        /// <param name="look">How it looks.</param>
        /// <param name="font">Its font.</param>
        /// <param name="hasName">Whether a name stands above the text.</param>
        internal static SpeechCanvasParts Build(Component owner, SpeechLook look, FontSupport font, bool hasName)
        {
            float em = look.TextSize;
            float padding = em * PaddingEms;
            float name = Mathf.Max(LeastSize, em * NameEms);
            float notice = Mathf.Max(LeastSize, em * NoticeEms);
            float nameHeight = hasName ? name * SmallLine : 0;
            float noticeHeight = notice * SmallLine;
            float pageHeight = em * font.LineHeight * look.Lines;
            var size = new Vector2(look.LineWidth + (2 * padding), nameHeight + pageHeight + noticeHeight + (2 * padding));

            GameObject root = SceneRoot.Make("Speech of " + owner.name, owner);
            var parts = root.AddComponent<SpeechCanvasParts>();
            parts.Canvas = root.AddComponent<Canvas>();
            parts.Canvas.renderMode = RenderMode.WorldSpace;
            parts.Group = root.AddComponent<CanvasGroup>();
            parts.Group.interactable = false;
            parts.Group.blocksRaycasts = false;
            parts.Root.pivot = new Vector2(0.5f, 0.5f);
            parts.Root.sizeDelta = size;

            Image plate = Child<Image>("Plate", parts.Root, 0, 0, size.x, size.y);
            plate.sprite = PlateSprite.Get();
            plate.type = Image.Type.Sliced;
            plate.color = look.PlateColor;
            plate.raycastTarget = false;
            parts.Plate = plate;

            if (hasName)
            {
                parts.Speaker = Text("Speaker", parts.Root, padding, padding, look.LineWidth, nameHeight, font, name, look.NameColor);
            }

            parts.Page = Text("Page", parts.Root, padding, padding + nameHeight, look.LineWidth, pageHeight, font, em, look.TextColor);
            parts.Notice = Text(
                "Notice",
                parts.Root,
                padding,
                padding + nameHeight + pageHeight,
                look.LineWidth,
                noticeHeight,
                font,
                notice,
                look.ErrorColor);
            parts.Thinking = MakeDots(parts.Root, padding, padding + nameHeight + (em * 0.25f), em, look.TextColor);
            return parts;
        }

        private static Graphic[] MakeDots(RectTransform root, float left, float top, float em, Color color)
        {
            var dots = new Graphic[Dots];
            float side = em * 0.5f;
            for (int i = 0; i < Dots; i++)
            {
                Image dot = Child<Image>("Thinking", root, left + (i * em), top, side, side);
                dot.sprite = PlateSprite.Get();
                dot.color = color;
                dot.raycastTarget = false;
                dots[i] = dot;
            }

            return dots;
        }

        private static TMP_Text Text(
            string name, RectTransform root, float left, float top, float width, float height, FontSupport font, float size, Color color)
        {
            TextMeshProUGUI text = Child<TextMeshProUGUI>(name, root, left, top, width, height);
            text.font = font.Font;
            text.fontSize = size;
            text.color = color;
            TextLook.MakePlain(text);
            TextLook.Align(text, false);
            return text;
        }

        /// <summary>Makes a child, placed from the upper left corner.</summary>
        private static T Child<T>(string name, RectTransform root, float left, float top, float width, float height)
            where T : Component
        {
            var made = new GameObject(name, typeof(RectTransform)) { layer = root.gameObject.layer };
            var rect = (RectTransform)made.transform;
            rect.SetParent(root, false);
            rect.anchorMin = new Vector2(0, 1);
            rect.anchorMax = new Vector2(0, 1);
            rect.pivot = new Vector2(0, 1);
            rect.anchoredPosition = new Vector2(left, -top);
            rect.sizeDelta = new Vector2(width, height);
            return made.AddComponent<T>();
        }
    }
}
