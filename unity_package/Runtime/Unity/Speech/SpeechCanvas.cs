using System;
using Loquent.Core;
using Loquent.Core.Reveal;
using Loquent.Core.Talking;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.Scripting;

namespace Loquent
{
    /// <summary>
    /// Shows what is said on a canvas in the world: pages of a few lines, at a reading pace, behind a name and on a plate. An <see cref="Npc"/> feeds it; without one it
    /// shows a text of its own, where its object stands. <see cref="CanvasAnchor"/> beside it keeps it at something that moves.
    /// </summary>
    /// <remarks>
    /// The canvas itself is an object of its own at the root of the scene, so that no scaling of the NPC deforms it. All canvases share what a frame may spend on
    /// text (<see cref="LoquentSettings.LayoutsPerFrame"/>).
    /// </remarks>
    [AddComponentMenu("Loquent/Speech Canvas")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(ExecutionOrder.Canvas)]
    public sealed partial class SpeechCanvas : MonoBehaviour, IReplyView
    {
        [Tooltip("A canvas of your own: one in the scene, or a prefab. None: one is built as the look below says.")]
        [SerializeField] private SpeechCanvasParts parts;

        [Tooltip("How a canvas looks that is built in code.")]
        [SerializeField] private SpeechLook look = new SpeechLook();

        [Tooltip("A text to show from the start: for a canvas without an NPC. Empty: none.")]
        [TextArea(2, 6)]
        [SerializeField] private string text = string.Empty;

        [Tooltip("The name above the text. An NPC sets the character's; empty: none.")]
        [SerializeField] private string speaker = string.Empty;

        [Tooltip("Whether a name stands above the text.")]
        [SerializeField] private bool showsSpeaker = true;

        [Tooltip("From how far away it's to be read, in metres, where no Canvas Anchor keeps its size. From 0.5 to 20.")]
        [Range(0.5f, 20)]
        [SerializeField] private float readFrom = 1.75f;

        [Tooltip("How long it takes to appear and to disappear, in seconds; 0 for at once. From 0 to 2.")]
        [Range(0, 2)]
        [SerializeField] private float fadeSeconds = 0.2f;

        [Tooltip("How long a reply stays once the player has had the time to read it, in seconds. From 0 to 600.")]
        [Range(0, 600)]
        [SerializeField] private float lingerSeconds = 4;

        [Tooltip("Whether it has reading settings of its own, below. Otherwise those of the client's settings count.")]
        [SerializeField] private bool ownReading;

        [Tooltip("How text appears on this canvas.")]
        [SerializeField] private ReadingSettings reading = new ReadingSettings();

        [Tooltip("The next page has begun.")]
        [SerializeField] private UnityEvent onPageTurned = new UnityEvent();

        /// <summary>The reveal has come to a cue.</summary>
        public event Action<Cue> CueReached;

        /// <summary><see cref="State"/> has changed.</summary>
        public event Action<SpeechCanvas, SpeechState> StateChanged;

        /// <summary>The next page has begun.</summary>
        public UnityEvent OnPageTurned => onPageTurned;

        /// <summary>A canvas of your own; null for one that is built. Set it before the component is enabled first.</summary>
        public SpeechCanvasParts Parts
        {
            get => parts;
            set => parts = value;
        }

        /// <summary>A text that it shows from the start, for a canvas without an NPC; empty for none. Set it before the component is enabled first.</summary>
        public string OwnText
        {
            get => text;
            set => text = value;
        }

        /// <summary>How a canvas looks that is built. Changes count from <see cref="Rebuild"/> on.</summary>
        public SpeechLook Look => look;

        /// <summary>Whether a name stands above the text.</summary>
        public bool ShowsSpeaker
        {
            get => showsSpeaker;
            set => showsSpeaker = value;
        }

        /// <summary>From how far away it's to be read, in metres, where no <see cref="CanvasAnchor"/> keeps its size.</summary>
        public float ReadFrom
        {
            get => readFrom;
            set => readFrom = value;
        }

        /// <summary>How long it takes to appear and to disappear, in seconds.</summary>
        public float FadeSeconds
        {
            get => fadeSeconds;
            set => fadeSeconds = value;
        }

        /// <summary>How long a reply stays once it's read, in seconds.</summary>
        public float LingerSeconds
        {
            get => lingerSeconds;
            set => lingerSeconds = value;
        }

        /// <summary>Whether <see cref="Reading"/> counts here, instead of the client's settings.</summary>
        public bool OwnReading
        {
            get => ownReading;
            set => ownReading = value;
        }

        /// <summary>How text appears on this canvas, if <see cref="OwnReading"/> is set.</summary>
        public ReadingSettings Reading => reading;

        /// <summary>What it shows.</summary>
        public SpeechState State { get; private set; }

        /// <summary>The name above the text; empty for none.</summary>
        public string Speaker
        {
            get => speaker;
            set => SetSpeaker(value ?? string.Empty);
        }

        /// <summary>A small line for what the player should know; empty for none.</summary>
        public string Notice
        {
            get => notice;
            set => SetNotice(value ?? string.Empty);
        }

        /// <summary>How many Unicode scalar values of the text the player has seen.</summary>
        public long Shown => stage == null ? 0 : stage.Shown;

        /// <summary>Whether all that has come of the text has been shown. A text that hasn't ended can be it, too.</summary>
        public bool IsShown => !isOn || State != SpeechState.Speaking || stage.IsShown;

        /// <summary>Whether the player has had the time to read the text, or there is none.</summary>
        public bool IsRead => !isOn || State != SpeechState.Speaking || stage.Reveal.IsRead;

        /// <summary>How text becomes visible; null before the canvas is built.</summary>
        public ReplyReveal Reveal => stage?.Reveal;

        /// <summary>The canvas in the world, which is moved, turned and scaled; null before it's built.</summary>
        public RectTransform Root => stage == null || !stage.IsWhole ? null : stage.Parts.Root;

        /// <summary>The parts in use; null before it's built.</summary>
        public SpeechCanvasParts PartsInUse => stage?.Parts;

        /// <summary>How much of it is to be seen just now, from 0 to 1.</summary>
        public float Alpha => stage == null ? 0 : stage.Alpha;

        /// <summary>Shows a text, at the reading pace. It stays until <see cref="Hide"/> is called or something else is shown.</summary>
        /// <param name="what">The text, as plain text: tags in it are shown, not obeyed.</param>
        /// <exception cref="ArgumentNullException"><paramref name="what"/> is null.</exception>
        [Preserve]
        public void Show(string what)
        {
            if (what == null)
            {
                throw new ArgumentNullException(nameof(what));
            }

            if (TryBegin())
            {
                stays = true;
                stage.Reveal.Receive(what);
                Become(SpeechState.Speaking);
            }
        }

        /// <summary>Shows what went wrong, at once. It goes by itself, like a reply.</summary>
        /// <param name="what">A sentence for the player.</param>
        /// <exception cref="ArgumentNullException"><paramref name="what"/> is null.</exception>
        [Preserve]
        public void ShowError(string what)
        {
            if (what == null)
            {
                throw new ArgumentNullException(nameof(what));
            }

            if (TryBegin())
            {
                stage.PageColor = look.ErrorColor;
                stage.Reveal.Receive(what);
                stage.Reveal.FinishPage();
                Become(SpeechState.Error);
            }
        }

        /// <summary>Begins a reply: forgets the text, and shows the sign that an answer is on its way until the first text comes.</summary>
        [Preserve]
        public void BeginReply()
        {
            if (TryBegin())
            {
                stage.Thinking.IsShown = true;
                Become(SpeechState.Thinking);
            }
        }

        /// <summary>Takes what has come of a reply. Only what is new is looked at.</summary>
        /// <param name="reply">The reply's text.</param>
        /// <exception cref="ArgumentNullException"><paramref name="reply"/> is null.</exception>
        public void Receive(TextBuffer reply)
        {
            if (reply == null)
            {
                throw new ArgumentNullException(nameof(reply));
            }

            if (!IsReplying)
            {
                return;
            }

            stage.Reveal.Receive(reply);
            if (State == SpeechState.Thinking && reply.Length > 0)
            {
                stage.Thinking.IsShown = false;
                Become(SpeechState.Speaking);
            }
        }

        /// <summary>Takes a cue of a reply. <see cref="CueReached"/> is raised when the reveal has come to its place.</summary>
        /// <param name="cue">The cue.</param>
        /// <exception cref="ArgumentNullException"><paramref name="cue"/> is null.</exception>
        public void Receive(Cue cue)
        {
            if (cue == null)
            {
                throw new ArgumentNullException(nameof(cue));
            }

            if (IsReplying)
            {
                stage.Reveal.Receive(cue);
            }
        }

        /// <summary>Nothing more comes of the reply. It's shown to its end, stays for as long as reading takes, lingers and fades out.</summary>
        public void EndReply()
        {
            if (!IsReplying)
            {
                return;
            }

            stage.Reveal.End();
            if (State == SpeechState.Thinking)
            {
                // Without text, but perhaps with cues.
                stage.Thinking.IsShown = false;
                Become(SpeechState.Speaking);
            }
        }

        /// <summary>Fades out. What hasn't been shown won't be.</summary>
        [Preserve]
        public void Hide()
        {
            if (stage != null)
            {
                stage.Thinking.IsShown = false;
            }

            Become(SpeechState.Hidden);
        }

        /// <summary>
        /// Looks ahead for a font of the system for the characters of a text that the font lacks: loading one takes a moment, which is better spent while a scene loads than
        /// in the middle of a reply.
        /// </summary>
        /// <param name="sample">A text in the language to come, such as 你好.</param>
        /// <exception cref="ArgumentNullException"><paramref name="sample"/> is null.</exception>
        public void PrepareFonts(string sample)
        {
            if (sample == null)
            {
                throw new ArgumentNullException(nameof(sample));
            }

            if (TryBuild())
            {
                char[] chars = SafeText.Of(sample).ToCharArray();
                measure.Width(chars, 0, chars.Length);
            }
        }

        /// <summary>Builds the canvas anew, as <see cref="Look"/> and <see cref="Parts"/> are now. What was shown is gone.</summary>
        public void Rebuild()
        {
            Discard();
            TryBuild();
        }

        /// <summary>Shows the rest of the page at once.</summary>
        [Preserve]
        public void FinishPage()
        {
            stage?.Reveal.FinishPage();
        }

        /// <summary>Turns a full page.</summary>
        [Preserve]
        public void TurnPage()
        {
            stage?.Reveal.TurnPage();
        }

        /// <summary>Goes to the end of the text, and shows it at once.</summary>
        [Preserve]
        public void SkipToEnd()
        {
            stage?.Reveal.SkipToEnd();
        }
    }
}
