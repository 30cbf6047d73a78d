using System.Collections.Generic;
using TMPro;
using UnityEngine;
using UnityEngine.UI;

namespace Loquent
{
    /// <summary>Builds a player's prompt: a plate with a line that says how things stand, a button for each ready-made reply, and a text field.</summary>
    internal sealed class PromptBuilder
    {
        private const float LineHeight = 1.5f;
        private const float FadeSeconds = 0.08f;

        private static readonly Vector2 TopLeft = new Vector2(0, 1);

        private readonly Component owner;
        private readonly PromptLook look;
        private readonly PromptWords words;
        private readonly int layer;
        private readonly float inner;
        private RectTransform root;
        private float y;

        private PromptBuilder(Component owner, PromptLook look, PromptWords words)
        {
            this.owner = owner;
            this.look = look;
            this.words = words;
            layer = owner.gameObject.layer;
            inner = look.Width - (2 * look.Gap);
        }

        /// <summary>Builds it.</summary>
        /// <param name="owner">Below its object, in the middle. That must be active, for an inactive text has no font to be measured in.</param>
        /// <param name="look">How it looks.</param>
        /// <param name="words">What it says.</param>
        /// <param name="replies">The ready-made replies; empty ones are left out.</param>
        /// <param name="takesText">Whether there's a text field.</param>
        /// <param name="characters">How many chars the field takes.</param>
        internal static PromptParts Build(
            Component owner, PromptLook look, PromptWords words, IReadOnlyList<string> replies, bool takesText, int characters)
        {
            return new PromptBuilder(owner, look, words).Build(replies, takesText, characters);
        }

        private PromptParts Build(IReadOnlyList<string> replies, bool takesText, int characters)
        {
            GameObject holder = Make("Player prompt canvas", null);
            root = (RectTransform)holder.transform;
            root.SetParent(owner.transform, false);
            var canvas = holder.AddComponent<Canvas>();
            canvas.renderMode = RenderMode.WorldSpace;
            holder.AddComponent<GraphicRaycaster>();
            var group = holder.AddComponent<CanvasGroup>();
            Image plate = AddImage(holder, look.PlateColor);
            plate.raycastTarget = true; // a ray that misses a button stops here, and not in the world behind
            TMP_Text state = AddText("State", root, string.Empty, look.HintColor);
            state.overflowMode = TextOverflowModes.Ellipsis;
            y = look.Gap;
            Place(state.rectTransform, look.Gap, inner, look.TextSize * LineHeight);
            var parts = new PromptParts(canvas, group, state);
            foreach (string reply in replies)
            {
                if (!string.IsNullOrWhiteSpace(reply))
                {
                    parts.Replies.Add(AddButton(parts, reply, look.Gap, inner, true));
                }
            }

            if (takesText)
            {
                AddField(parts, characters);
            }

            root.sizeDelta = new Vector2(look.Width, y);
            return parts;
        }

        private void AddField(PromptParts parts, int characters)
        {
            float top = y;
            float sendWidth = Mathf.Max(look.Target, (look.TextSize * words.Send.Length * 0.6f) + (2 * look.Gap));
            parts.Send = AddButton(parts, words.Send, look.Width - look.Gap - sendWidth, sendWidth, false);
            y = top;
            GameObject holder = Make("Text field", root);
            holder.SetActive(false); // a field makes its caret when it's enabled, and has to know its parts by then
            Image back = AddImage(holder, look.ButtonColor);
            Place((RectTransform)holder.transform, look.Gap, inner - sendWidth - look.Gap, look.Target);
            var area = (RectTransform)Make("Text area", (RectTransform)holder.transform).transform;
            Stretch(area, look.Gap);
            area.gameObject.AddComponent<RectMask2D>();
            TMP_Text hint = AddText("Hint", area, words.Hint, look.HintColor);
            Stretch(hint.rectTransform, 0);
            TMP_Text typed = AddText("Typed", area, string.Empty, look.TextColor);
            Stretch(typed.rectTransform, 0);
            var field = holder.AddComponent<TMP_InputField>();
            field.targetGraphic = back;
            field.textViewport = area;
            field.textComponent = typed;
            field.placeholder = hint;
            field.lineType = TMP_InputField.LineType.SingleLine;
            field.characterLimit = characters;
            field.richText = false;
            field.pointSize = look.TextSize;
            field.colors = Colors();
            parts.Field = field;
            parts.Hint = hint;
            holder.SetActive(true);
        }

        private Button AddButton(PromptParts parts, string label, float x, float width, bool grows)
        {
            GameObject holder = Make("Button " + label, root);
            Image back = AddImage(holder, look.ButtonColor);
            var button = holder.AddComponent<Button>();
            button.targetGraphic = back;
            button.colors = Colors();
            TMP_Text text = AddText("Label", (RectTransform)holder.transform, label, look.TextColor);
            parts.Labels.Add(text);
            text.alignment = grows ? TextAlignmentOptions.MidlineLeft : TextAlignmentOptions.Midline;
            Stretch(text.rectTransform, look.Gap);
            float wanted = grows ? text.GetPreferredValues(label, width - (2 * look.Gap), 0).y + look.Gap : 0;
            Place((RectTransform)holder.transform, x, width, Mathf.Max(look.Target, wanted));
            return button;
        }

        /// <summary>The image's own colour is the normal one; these multiply it.</summary>
        private static ColorBlock Colors()
        {
            ColorBlock colors = ColorBlock.defaultColorBlock;
            colors.normalColor = Color.white;
            colors.highlightedColor = new Color(1.45f, 1.45f, 1.45f, 1);
            colors.selectedColor = new Color(1.25f, 1.25f, 1.25f, 1);
            colors.pressedColor = new Color(0.7f, 0.7f, 0.7f, 1);
            colors.disabledColor = new Color(0.6f, 0.6f, 0.6f, 0.6f);
            colors.fadeDuration = FadeSeconds;
            return colors;
        }

        private TMP_Text AddText(string name, RectTransform parent, string text, Color color)
        {
            var made = Make(name, parent).AddComponent<TextMeshProUGUI>();
            if (look.Font != null)
            {
                made.font = look.Font;
            }

            made.richText = false; // names and replies are shown, not obeyed
            made.parseCtrlCharacters = false;
#if UNITY_6000_0_OR_NEWER
            made.textWrappingMode = TextWrappingModes.Normal;
#else
            made.enableWordWrapping = true;
#endif
            made.raycastTarget = false;
            made.fontSize = look.TextSize;
            made.color = color;
            made.alignment = TextAlignmentOptions.MidlineLeft;
            PromptGlyphs.Provide(made, text, owner);
            made.text = text;
            return made;
        }

        private static Image AddImage(GameObject to, Color color)
        {
            var image = to.AddComponent<Image>();
            image.color = color;
            return image;
        }

        private GameObject Make(string name, RectTransform parent)
        {
            var made = new GameObject(name, typeof(RectTransform)) { layer = layer };
            made.transform.SetParent(parent, false);
            return made;
        }

        /// <summary>Puts a part below what is there already.</summary>
        private void Place(RectTransform part, float x, float width, float height)
        {
            part.anchorMin = TopLeft;
            part.anchorMax = TopLeft;
            part.pivot = TopLeft;
            part.anchoredPosition = new Vector2(x, -y);
            part.sizeDelta = new Vector2(width, height);
            y += height + look.Gap;
        }

        private static void Stretch(RectTransform part, float margin)
        {
            part.anchorMin = Vector2.zero;
            part.anchorMax = Vector2.one;
            part.offsetMin = new Vector2(margin, 0);
            part.offsetMax = new Vector2(-margin, 0);
        }
    }
}
