using TMPro;
using UnityEngine;
using UnityEngine.UI;

namespace Loquent
{
    /// <summary>
    /// Says which parts of a canvas of your own <see cref="SpeechCanvas"/> uses: put it on the root of a world-space canvas, in the scene or as a prefab. Everything
    /// but canvas, group and page text may be left out.
    /// </summary>
    [AddComponentMenu("Loquent/Speech Canvas Parts")]
    [DisallowMultipleComponent]
    public sealed class SpeechCanvasParts : MonoBehaviour
    {
        [Tooltip("The canvas itself, in world space. Its root is moved, turned and scaled; a unit of it is a dmm (a millimetre per metre of distance) if the text's size is the canvas's text size.")]
        [SerializeField] private Canvas canvas;

        [Tooltip("On the same object: fades all of it.")]
        [SerializeField] private CanvasGroup group;

        [Tooltip("The text of a page. Its width decides where lines break, its font and size how it looks. Rich text, word wrap and auto-size are turned off.")]
        [SerializeField] private TMP_Text page;

        [Tooltip("The speaker's name. None: no name.")]
        [SerializeField] private TMP_Text speaker;

        [Tooltip("A small line for what the player should know, such as that the connection is lost. None: it stands on the page.")]
        [SerializeField] private TMP_Text notice;

        [Tooltip("The plate behind the text, which keeps it readable before any background. None: no plate.")]
        [SerializeField] private Graphic plate;

        [Tooltip("The signs that pulse, one after the other, until the answer comes. None: nothing pulses.")]
        [SerializeField] private Graphic[] thinking = new Graphic[0];

        /// <summary>The canvas itself.</summary>
        public Canvas Canvas
        {
            get => canvas;
            set => canvas = value;
        }

        /// <summary>Fades all of it.</summary>
        public CanvasGroup Group
        {
            get => group;
            set => group = value;
        }

        /// <summary>The text of a page.</summary>
        public TMP_Text Page
        {
            get => page;
            set => page = value;
        }

        /// <summary>The speaker's name; null for none.</summary>
        public TMP_Text Speaker
        {
            get => speaker;
            set => speaker = value;
        }

        /// <summary>A small line for what the player should know; null for none.</summary>
        public TMP_Text Notice
        {
            get => notice;
            set => notice = value;
        }

        /// <summary>The plate behind the text; null for none.</summary>
        public Graphic Plate
        {
            get => plate;
            set => plate = value;
        }

        /// <summary>The signs that pulse until the answer comes.</summary>
        public Graphic[] Thinking
        {
            get => thinking;
            set => thinking = value;
        }

        /// <summary>The canvas's outermost rectangle.</summary>
        public RectTransform Root => (RectTransform)canvas.transform;

        /// <summary>Tells what is missing.</summary>
        /// <returns>A sentence; null if nothing is.</returns>
        internal string Problem()
        {
            if (canvas == null || group == null || page == null)
            {
                return "its parts '" + name + "' have no canvas, no canvas group or no page text. Set them in SpeechCanvasParts.";
            }

            return canvas.renderMode == RenderMode.WorldSpace
                ? null
                : "the canvas '" + canvas.name + "' isn't in world space. Set its render mode to World Space.";
        }
    }
}
