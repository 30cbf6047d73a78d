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

        [Tooltip("Where replies appear. None: the canvas on this object or below it; if there is none, one is made.")]
        [SerializeField] private SpeechCanvas speech;

        [Tooltip("Whether a canvas is made above the object if there is none. Turn it off to show replies in your own way.")]
        [SerializeField] private bool makesCanvas = true;

        [Tooltip("Whether the character speaks first: once, when its conversation opens and the player has said nothing yet. It's remembered as every reply.")]
        [SerializeField] private bool greetsWhenOpened;

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

        /// <summary>
        /// Whether the character speaks first by itself: once each time it's enabled, when the conversation opens and the player has said nothing yet. To choose the moment, as
        /// when the player comes near, call <see cref="Greet"/>.
        /// </summary>
        public bool GreetsWhenOpened
        {
            get => greetsWhenOpened;
            set => greetsWhenOpened = value;
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
        /// <param name="text">What the player says; not without a visible character.</param>
        [Preserve]
        public void Say(string text)
        {
            Say(text, null);
        }

        /// <summary>Says and shows something to the character. A reply that is under way is interrupted.</summary>
        /// <param name="text">What the player says; not without a visible character.</param>
        /// <param name="images">What the player shows, as encoded picture files (JPEG or PNG); null for nothing.</param>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        public void Say(string text, IReadOnlyList<byte[]> images)
        {
            if (text == null)
            {
                throw new ArgumentNullException(nameof(text));
            }

            if (!CanTalk())
            {
                return;
            }

            talker.Say(text, images);
            Follow();
        }

        /// <summary>
        /// Lets the character speak first: with its greeting, if it has one and nothing has been said between it and the player yet, otherwise with something unprompted. A reply
        /// that is under way is interrupted. It ends as what is said does, with one <see cref="Ended"/> or <see cref="Failed"/>.
        /// </summary>
        [Preserve]
        public void Greet()
        {
            if (!CanTalk())
            {
                return;
            }

            talker.Greet();
            Follow();
        }

        /// <summary>
        /// Lets the model choose one of some options, as a question of the game's about what has been said: did the player order, whom do they mean? Nothing of it is shown or
        /// remembered. It interrupts nothing: it's asked when the replies to what was said before have been shown, and what is said meanwhile waits for it, which takes a moment.
        /// </summary>
        /// <param name="question">What is to be decided; not without a visible character.</param>
        /// <param name="options">What there is to choose from: at least two, none empty, all different.</param>
        /// <param name="onDecided">
        /// Called exactly once, on the main thread, with the choice or with what went wrong, which the log says as well; unless the scene or the program ends before.
        /// </param>
        /// <param name="images">What belongs to the question, as encoded picture files (JPEG or PNG); null for nothing.</param>
        /// <exception cref="ArgumentNullException">One of the first three is null.</exception>
        public void Decide(string question, IReadOnlyList<string> options, Action<DecideEnd> onDecided, IReadOnlyList<byte[]> images = null)
        {
            if (onDecided == null)
            {
                throw new ArgumentNullException(nameof(onDecided));
            }

            if (CanTalk())
            {
                talker.Decide(question, options, end => HandleDecided(end, onDecided), images);
            }
            else
            {
                var nobody = new Talker(character);
                nobody.Close();
                nobody.Decide(question, options, end => Raise.Event(this, onDecided, end), images);
            }
        }

        /// <summary>Interrupts the reply, and drops what waits to be said. The character remembers what the player has seen.</summary>
        [Preserve]
        public void Cancel()
        {
            talker?.Cancel();
        }
    }
}
