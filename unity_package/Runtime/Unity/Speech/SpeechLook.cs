using System;
using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <summary>How a canvas looks that is built in code. Lengths are in dmm: millimetres per metre of distance.</summary>
    [Serializable]
    public sealed class SpeechLook
    {
        /// <summary>The least text size, in dmm.</summary>
        public const float LeastTextSize = 20;

        /// <summary>The greatest text size, in dmm.</summary>
        public const float MostTextSize = 40;

        [Tooltip("The font. None: TextMeshPro's default font. What it lacks is filled from the system's fonts where the platform has them.")]
        [SerializeField] private TMP_FontAsset font;

        [Tooltip("How large text is (its em), in dmm: millimetres per metre of distance. From 20 to 40; 24 suits body text.")]
        [Range(LeastTextSize, MostTextSize)]
        [SerializeField] private float textSize = 24;

        [Tooltip("How wide a line may be, in dmm. From 100 to 1000; 520 is about 42 Latin or 21 Chinese characters of the default size.")]
        [Range(100, 1000)]
        [SerializeField] private float lineWidth = 520;

        [Tooltip("How many lines a page has. From 1 to 12.")]
        [Range(1, 12)]
        [SerializeField] private int lines = 3;

        [Tooltip("The colour of text.")]
        [SerializeField] private Color textColor = new Color(0.96f, 0.96f, 0.94f, 1);

        [Tooltip("The colour of the speaker's name.")]
        [SerializeField] private Color nameColor = new Color(0.62f, 0.84f, 1, 1);

        [Tooltip("The colour of what went wrong.")]
        [SerializeField] private Color errorColor = new Color(1, 0.72f, 0.55f, 1);

        [Tooltip("The colour of the plate behind the text. Keep it nearly opaque: text without a plate trembles when the headset makes frames of its own.")]
        [SerializeField] private Color plateColor = new Color(0.05f, 0.06f, 0.08f, 0.88f);

        /// <summary>The font; null for TextMeshPro's default font.</summary>
        public TMP_FontAsset Font
        {
            get => font;
            set => font = value;
        }

        /// <summary>How large text is, in dmm; from 20 to 40.</summary>
        public float TextSize
        {
            get => Mathf.Clamp(textSize, LeastTextSize, MostTextSize);
            set => textSize = value;
        }

        /// <summary>How wide a line may be, in dmm; from 100 to 1000.</summary>
        public float LineWidth
        {
            get => Mathf.Clamp(lineWidth, 100, 1000);
            set => lineWidth = value;
        }

        /// <summary>How many lines a page has; from 1 to 12.</summary>
        public int Lines
        {
            get => Mathf.Clamp(lines, 1, 12);
            set => lines = value;
        }

        /// <summary>The colour of text.</summary>
        public Color TextColor
        {
            get => textColor;
            set => textColor = value;
        }

        /// <summary>The colour of the speaker's name.</summary>
        public Color NameColor
        {
            get => nameColor;
            set => nameColor = value;
        }

        /// <summary>The colour of what went wrong.</summary>
        public Color ErrorColor
        {
            get => errorColor;
            set => errorColor = value;
        }

        /// <summary>The colour of the plate behind the text.</summary>
        public Color PlateColor
        {
            get => plateColor;
            set => plateColor = value;
        }
    }
}
