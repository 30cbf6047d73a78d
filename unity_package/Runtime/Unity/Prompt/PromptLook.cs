using System;
using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <summary>How a player's prompt looks. Lengths are in dmm: millimetres per metre of distance.</summary>
    [Serializable]
    public sealed class PromptLook
    {
        /// <summary>How high and wide a target is at least, in dmm, so that a hand's ray that trembles hits it.</summary>
        public const float LeastTarget = 64;

        /// <summary>How far targets are apart at least, in dmm.</summary>
        public const float LeastGap = 16;

        [Tooltip("The font. None: TextMeshPro's default font.")]
        [SerializeField] private TMP_FontAsset font;

        [Tooltip("How large text is (its em), in dmm: millimetres per metre of distance. From 20 to 40.")]
        [Range(20, 40)]
        [SerializeField] private float textSize = 24;

        [Tooltip("How wide the prompt is, in dmm. From 300 to 1000.")]
        [Range(300, 1000)]
        [SerializeField] private float width = 560;

        [Tooltip("How high what can be pressed is at least, in dmm. From 64, which a trembling ray still hits, to 160.")]
        [Range(LeastTarget, 160)]
        [SerializeField] private float target = LeastTarget;

        [Tooltip("How far apart what can be pressed is, in dmm. From 16 to 64.")]
        [Range(LeastGap, 64)]
        [SerializeField] private float gap = LeastGap;

        [Tooltip("The colour of text.")]
        [SerializeField] private Color textColor = new Color(0.96f, 0.96f, 0.94f, 1);

        [Tooltip("The colour of the line that says how things stand, and of the field's hint.")]
        [SerializeField] private Color hintColor = new Color(0.68f, 0.72f, 0.76f, 1);

        [Tooltip("The colour of what can be pressed.")]
        [SerializeField] private Color buttonColor = new Color(0.16f, 0.2f, 0.27f, 1);

        [Tooltip("The colour of the plate behind it all.")]
        [SerializeField] private Color plateColor = new Color(0.05f, 0.06f, 0.08f, 0.92f);

        /// <summary>The font; null for TextMeshPro's default font.</summary>
        public TMP_FontAsset Font
        {
            get => font;
            set => font = value;
        }

        /// <summary>How large text is, in dmm; from 20 to 40.</summary>
        public float TextSize
        {
            get => Mathf.Clamp(textSize, 20, 40);
            set => textSize = value;
        }

        /// <summary>How wide the prompt is, in dmm; from 300 to 1000.</summary>
        public float Width
        {
            get => Mathf.Clamp(width, 300, 1000);
            set => width = value;
        }

        /// <summary>How high what can be pressed is at least, in dmm; from 64 to 160.</summary>
        public float Target
        {
            get => Mathf.Clamp(target, LeastTarget, 160);
            set => target = value;
        }

        /// <summary>How far apart what can be pressed is, in dmm; from 16 to 64.</summary>
        public float Gap
        {
            get => Mathf.Clamp(gap, LeastGap, 64);
            set => gap = value;
        }

        /// <summary>The colour of text.</summary>
        public Color TextColor
        {
            get => textColor;
            set => textColor = value;
        }

        /// <summary>The colour of the line that says how things stand, and of the field's hint.</summary>
        public Color HintColor
        {
            get => hintColor;
            set => hintColor = value;
        }

        /// <summary>The colour of what can be pressed.</summary>
        public Color ButtonColor
        {
            get => buttonColor;
            set => buttonColor = value;
        }

        /// <summary>The colour of the plate behind it all.</summary>
        public Color PlateColor
        {
            get => plateColor;
            set => plateColor = value;
        }
    }
}
