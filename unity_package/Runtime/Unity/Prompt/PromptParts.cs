using System.Collections.Generic;
using TMPro;
using UnityEngine;
using UnityEngine.UI;

namespace Loquent
{
    /// <summary>The objects of a player's prompt. Lengths are in units of its canvas: dmm, from where it's meant to be read.</summary>
    internal sealed class PromptParts
    {
        internal PromptParts(Canvas canvas, CanvasGroup group, TMP_Text state)
        {
            Canvas = canvas;
            Group = group;
            State = state;
        }

        internal Canvas Canvas { get; }

        /// <summary>Turns all that can be pressed on and off.</summary>
        internal CanvasGroup Group { get; }

        /// <summary>The line that says how things stand.</summary>
        internal TMP_Text State { get; }

        /// <summary>The ready-made replies, from above.</summary>
        internal List<Button> Replies { get; } = new List<Button>();

        /// <summary>What stands on the buttons.</summary>
        internal List<TMP_Text> Labels { get; } = new List<TMP_Text>();

        /// <summary>The text field; null without one.</summary>
        internal TMP_InputField Field { get; set; }

        /// <summary>What stands in the text field while it's empty; null without one.</summary>
        internal TMP_Text Hint { get; set; }

        /// <summary>Sends what was typed; null without a text field.</summary>
        internal Button Send { get; set; }

        internal RectTransform Root => (RectTransform)Canvas.transform;
    }
}
