using System;
using System.Collections.Generic;
using Loquent.Core;
using Loquent.Core.Talking;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.Scripting;

namespace Loquent
{
    /// <summary>
    /// A character that talks. It opens its conversation as soon as the <see cref="LoquentClient"/> is connected, and again when it was lost; <see cref="Say(string)"/>
    /// says something to it, and its reply appears on its <see cref="SpeechCanvas"/>. Saying something new interrupts it.
    /// </summary>
    /// <remarks>
    /// Everything happens on the main thread. Each thing said ends with exactly one <see cref="Ended"/> or <see cref="Failed"/>, unless the scene or the
    /// program ends. What is said before there is a conversation waits, up to <see cref="Talker.MostWaiting"/> things; more are refused with
    /// <see cref="Failed"/>.
    /// </remarks>
    [AddComponentMenu("Loquent/NPC")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(ExecutionOrder.Npc)]
    public sealed partial class Npc : MonoBehaviour
    {
        [Tooltip("The connection. None: the client of the scene; if there is none, one is made.")]
        [SerializeField] private LoquentClient client;

        [Tooltip("The name under which the server knows the character: its file's name, such as innkeeper.")]
        [SerializeField] private string character = "innkeeper";

        [Tooltip("Who plays, as an id of at most 128 bytes: the character remembers each player. Empty: nothing is remembered when the conversation is over.")]
        [SerializeField] private string playerId = string.Empty;

        [Tooltip("How the character may call the player, at most 128 bytes. Empty: not by name.")]
        [SerializeField] private string playerName = string.Empty;

        [Tooltip("The player's language as a BCP 47 tag, such as en-GB. Empty: the character decides.")]
        [SerializeField] private string locale = string.Empty;

        [Tooltip("The longest reply in the model's tokens (a token is about three quarters of an English word). 0: the server decides. From 0 to 2,048.")]
        [Range(0, 2048)]
        [SerializeField] private int maxTokens;

        [Tooltip("Whether the character speaks first, once its conversation is open and if nothing has been said between the two before.")]
        [SerializeField] private bool greets;

        [Tooltip("Where replies appear. None: the canvas on this object or below it; if there is none, one is made.")]
        [SerializeField] private SpeechCanvas speech;

        [Tooltip("Whether a canvas is made above the object if there is none. Turn it off to show replies in your own way.")]
        [SerializeField] private bool makesCanvas = true;

        [Tooltip("What the canvas tells the player when something goes wrong.")]
        [SerializeField] private NpcTexts texts = new NpcTexts();

        [Tooltip("The server has taken on what was said.")]
        [SerializeField] private UnityEvent onStarted = new UnityEvent();

        [Tooltip("More of the reply has come: all of it so far. Once per frame, and only to listeners that are set here (each costs a string); scripts use TextChanged.")]
        [SerializeField] private UnityEvent<string> onTextChanged = new UnityEvent<string>();

        [Tooltip("The reveal has come to a cue: its name, and its argument or nothing.")]
        [SerializeField] private UnityEvent<string, string> onCue = new UnityEvent<string, string>();

        [Tooltip("A reply has been shown whole, or was interrupted.")]
        [SerializeField] private UnityEvent onEnded = new UnityEvent();

        [Tooltip("Something went wrong. The text says what, and what to do.")]
        [SerializeField] private UnityEvent<string> onFailed = new UnityEvent<string>();

        /// <summary>The server has taken on what was said; the reply is being made.</summary>
        public event Action<Npc> Started;

        /// <summary>More of the reply has come: <see cref="Text"/> has it. Raised once per frame at most.</summary>
        public event Action<Npc> TextChanged;

        /// <summary>The reply has come to a cue, in the moment in which the player's reading does.</summary>
        public event Action<Npc, Cue> CueReached;

        /// <summary>
        /// A reply has been shown whole (<see cref="EndReason.Stop"/>, or <see cref="EndReason.Length"/> if it was cut), or what was said was interrupted or dropped
        /// (<see cref="EndReason.Cancelled"/>).
        /// </summary>
        public event Action<Npc, EndReason> Ended;

        /// <summary>What was said came to nothing, or the conversation can't be opened. The exception's message says what to do.</summary>
        public event Action<Npc, Exception> Failed;

        /// <summary><see cref="State"/> has changed.</summary>
        public event Action<Npc, NpcState> StateChanged;

        /// <summary>The server has taken on what was said.</summary>
        public UnityEvent OnStarted => onStarted;

        /// <summary>More of the reply has come. For listeners set in the Inspector; scripts use <see cref="TextChanged"/>.</summary>
        public UnityEvent<string> OnTextChanged => onTextChanged;

        /// <summary>The reveal has come to a cue: its name and argument.</summary>
        public UnityEvent<string, string> OnCue => onCue;

        /// <summary>A reply has been shown whole, or was interrupted.</summary>
        public UnityEvent OnEnded => onEnded;

        /// <summary>Something went wrong.</summary>
        public UnityEvent<string> OnFailed => onFailed;

        /// <summary>The connection. Another one counts from the next time the component is enabled.</summary>
        public LoquentClient Client
        {
            get => client;
            set => client = value;
        }

        /// <summary>The name under which the server knows the character. A change ends the conversation, and opens another one.</summary>
        public string Character
        {
            get => character;
            set => Change(ref character, value);
        }

        /// <summary>Who plays. A change ends the conversation, and opens another one.</summary>
        public string PlayerId
        {
            get => playerId;
            set => Change(ref playerId, value);
        }

        /// <summary>How the character may call the player. A change ends the conversation, and opens another one.</summary>
        public string PlayerName
        {
            get => playerName;
            set => Change(ref playerName, value);
        }

        /// <summary>The player's language as a BCP 47 tag. A change ends the conversation, and opens another one.</summary>
        public string Locale
        {
            get => locale;
            set => Change(ref locale, value);
        }

        /// <summary>The longest reply in tokens; 0 leaves it to the server. Counts from the next conversation on.</summary>
        public int MaxTokens
        {
            get => maxTokens;
            set => maxTokens = value;
        }

        /// <summary>Whether the character speaks first, once its conversation is open and if nothing has been said between the two before.</summary>
        public bool Greets
        {
            get => greets;
            set => greets = value;
        }

        /// <summary>Where replies appear; null for nowhere. Set it before something is said.</summary>
        public SpeechCanvas Speech
        {
            get => speech;
            set
            {
                Unwatch();
                speech = value;
            }
        }

        /// <summary>Whether a canvas is made above the object if there is none.</summary>
        public bool MakesCanvas
        {
            get => makesCanvas;
            set => makesCanvas = value;
        }

        /// <summary>What the canvas tells the player when something goes wrong.</summary>
        public NpcTexts Texts => texts;

        /// <summary>What it's at.</summary>
        public NpcState State { get; private set; }

        /// <summary>The character's name for players to see; <see cref="Character"/> before the conversation is open.</summary>
        public string DisplayName { get; private set; } = string.Empty;

        /// <summary>The reply so far, as it came from the server; null before anything was said. A buffer: it makes no string.</summary>
        public TextBuffer Text => turn?.Text;

        /// <summary>The reply's turn; null before anything was said.</summary>
        public Turn Turn => turn;

        /// <summary>The conversation, with the cues that the character may perform and the last exchanges; null while there is none.</summary>
        public Conversation Conversation => talker?.Conversation;

        /// <summary>How many things that were said wait for the conversation.</summary>
        public int WaitingCount => talker == null ? 0 : talker.WaitingCount;

        /// <summary>What went wrong last; null if nothing has since the conversation was opened.</summary>
        public Exception Failure { get; private set; }

        /// <summary>Says something to the character. A reply that is under way is interrupted: the character remembers what the player has seen of it.</summary>
        /// <param name="text">What the player says; empty to let the character speak first (see <see cref="Greet"/>). White space alone is refused.</param>
        [Preserve]
        public void Say(string text)
        {
            Say(text, null);
        }

        /// <summary>Says and shows something to the character. A reply that is under way is interrupted.</summary>
        /// <param name="text">What the player says; empty to let the character speak first. White space alone is refused.</param>
        /// <param name="images">What the player shows, as encoded picture files (JPEG or PNG); null for nothing.</param>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        public void Say(string text, IReadOnlyList<byte[]> images)
        {
            if (text == null)
            {
                throw new ArgumentNullException(nameof(text));
            }

            if (!isActiveAndEnabled)
            {
                Log.Warning(this, "it's disabled, so it can't be talked to. Enable it first.");
                return;
            }

            Prepare();
            talker.Say(text, images);
            Follow();
        }

        /// <summary>
        /// Asks the character to speak first: it greets, if it has a greeting and nothing has been said between the two yet; otherwise it thinks of something to say.
        /// </summary>
        [Preserve]
        public void Greet()
        {
            Say(string.Empty, null);
        }

        /// <summary>
        /// Lets the character's model choose one of some options: did the player accept, which of these does he mean, what does he feel? That interrupts nothing, and
        /// the character doesn't remember it.
        /// </summary>
        /// <param name="question">What is to be decided, such as "Does the player agree to help?"; not without a visible character.</param>
        /// <param name="options">What there is to choose from: two at least, all different.</param>
        /// <param name="decided">Called on the main thread with the index of what was chosen, and how probable each option is.</param>
        /// <param name="failed">Called if it comes to nothing; the exception's message says what to do. May be null: then it's in the log alone.</param>
        /// <param name="images">What belongs to the question, as encoded picture files (JPEG or PNG); null for nothing.</param>
        /// <exception cref="ArgumentNullException">The question, the options or <paramref name="decided"/> is null.</exception>
        public void Decide(
            string question,
            IReadOnlyList<string> options,
            Action<Npc, Decision> decided,
            Action<Npc, Exception> failed = null,
            IReadOnlyList<byte[]> images = null)
        {
            if (decided == null)
            {
                throw new ArgumentNullException(nameof(decided));
            }

            if (!isActiveAndEnabled)
            {
                Log.Warning(this, "it's disabled, so it can't decide anything. Enable it first.");
                return;
            }

            Prepare();
            talker.Decide(
                question,
                options,
                decision => Raise.Event(this, decided, this, decision),
                why =>
                {
                    if (!isEnding)
                    {
                        Log.Warning(this, "a decision of the character '" + character + "' came to nothing: " + why.Message);
                        Raise.Event(this, failed, this, why);
                    }
                },
                images);
        }

        /// <summary>Interrupts the reply, and drops what waits to be said. The character remembers what the player has seen.</summary>
        [Preserve]
        public void Cancel()
        {
            talker?.Cancel();
        }
    }
}
