using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.Events;
using UnityEngine.Scripting;

namespace Loquent
{
    /// <summary>
    /// What a player says to an NPC with: a panel in the world with ready-made replies and a text field, which opens the system's keyboard on a headset. It can be used
    /// while there's a connection, and says how things stand.
    /// </summary>
    /// <remarks>
    /// The panel is built in code below this object, whose forward axis (the blue arrow) points away from the player. Everything that can be pressed is at least
    /// 64 dmm high and 16 dmm apart, seen from <see cref="ReadFrom"/>. It needs an EventSystem in the scene; for the rays of a headset's controllers, the
    /// toolkit's raycaster on its canvas as well (<see cref="Built"/>).
    /// </remarks>
    [AddComponentMenu("Loquent/Player Prompt")]
    [DisallowMultipleComponent]
    public sealed class PlayerPrompt : MonoBehaviour
    {
        private const float MetresPerMillimetre = 0.001f;

        /// <summary>How faint the words on buttons and in the text field are while they can't be used.</summary>
        private const float LockedAlpha = 0.4f;

        [Tooltip("To whom the player talks. None: the Npc on this object or above it. The game can change it, as when the player turns to somebody else.")]
        [SerializeField] private Npc npc;

        [Tooltip("What the player can say by pressing a button. Empty ones are left out.")]
        [SerializeField] private List<string> replies = new List<string>();

        [Tooltip("Whether there's a text field. On a headset it opens the system's keyboard, which must be allowed in the project's settings.")]
        [SerializeField] private bool takesText = true;

        [Tooltip("How many chars the text field takes. From 1 to 2,000.")]
        [Range(1, 2000)]
        [SerializeField] private int characters = 300;

        [Tooltip("Shows the model what the player sees, with everything that is said here. None: only words are sent.")]
        [SerializeField] private CameraSnapshot snapshot;

        [Tooltip("From how far away it's used, in metres. From 0.5 to 5.")]
        [Range(0.5f, 5)]
        [SerializeField] private float readFrom = 1.5f;

        [Tooltip("How it looks.")]
        [SerializeField] private PromptLook look = new PromptLook();

        [Tooltip("What it says, in the game's language.")]
        [SerializeField] private PromptWords words = new PromptWords();

        [Tooltip("The player has said something: what.")]
        [SerializeField] private UnityEvent<string> onSaid = new UnityEvent<string>();

        private PromptParts parts;
        private Npc found;
        private PromptState shown;
        private string shownName;
        private float lookedForClient = float.NegativeInfinity;
        private bool toldOfNoFont;

        /// <summary>The panel has been built, for the first time or anew: for raycasters of other toolkits, which have to be on its canvas.</summary>
        public event Action<Canvas> Built;

        /// <summary>To whom the player talks; null for the Npc on this object or above it.</summary>
        public Npc Npc
        {
            get => npc;
            set => npc = value;
        }

        /// <summary>Whether there's a text field. Counts from <see cref="Rebuild"/> on.</summary>
        public bool TakesText
        {
            get => takesText;
            set => takesText = value;
        }

        /// <summary>How many chars the text field takes; from 1 to 2,000. Counts from <see cref="Rebuild"/> on.</summary>
        public int Characters
        {
            get => characters;
            set => characters = value;
        }

        /// <summary>Shows the model what the player sees, with everything that is said here; null for words only.</summary>
        public CameraSnapshot Snapshot
        {
            get => snapshot;
            set => snapshot = value;
        }

        /// <summary>From how far away it's used, in metres; from 0.5 to 5. Counts from <see cref="Rebuild"/> on.</summary>
        public float ReadFrom
        {
            get => readFrom;
            set => readFrom = value;
        }

        /// <summary>How it looks. Changes count from <see cref="Rebuild"/> on.</summary>
        public PromptLook Look => look;

        /// <summary>What it says. Changes count from <see cref="Rebuild"/> on.</summary>
        public PromptWords Words => words;

        /// <summary>The player has said something: what.</summary>
        public UnityEvent<string> OnSaid => onSaid;

        /// <summary>The ready-made replies. <see cref="SetReplies"/> changes them.</summary>
        public IReadOnlyList<string> Replies => replies;

        /// <summary>The panel; null before the component is enabled first. Another one after <see cref="Rebuild"/>.</summary>
        public Canvas Canvas => parts?.Canvas;

        /// <summary>Whether something can be said now.</summary>
        public bool CanSay => isActiveAndEnabled && IsUsable(StateNow());

        /// <summary>Changes the ready-made replies.</summary>
        /// <param name="texts">What the player can say; null for nothing.</param>
        public void SetReplies(params string[] texts)
        {
            replies = texts == null ? new List<string>() : new List<string>(texts);
            if (parts != null)
            {
                Rebuild();
            }
        }

        /// <summary>Says something to the NPC, as if the player had chosen it here. Without a connection nothing happens.</summary>
        /// <param name="text">What; without a visible character nothing happens.</param>
        [Preserve]
        public void Say(string text)
        {
            if (string.IsNullOrWhiteSpace(text) || !CanSay)
            {
                return;
            }

            string said = text.Trim();
            Npc to = Partner();
            if (snapshot != null && snapshot.isActiveAndEnabled)
            {
                snapshot.Say(to, said);
            }
            else
            {
                to.Say(said);
            }

            Raise.Event(this, onSaid, said);
        }

        /// <summary>Says what stands in the text field, and empties that.</summary>
        [Preserve]
        public void SayTyped()
        {
            if (parts?.Field == null || !CanSay)
            {
                return; // what was typed stays there
            }

            string typed = parts.Field.text;
            parts.Field.text = string.Empty;
            Say(typed);
        }

        /// <summary>Builds the panel anew, with the look, the words and the replies as they are now. What was typed stays.</summary>
        public void Rebuild()
        {
            string typed = parts?.Field == null ? string.Empty : parts.Field.text;
            Tear();
            if (!isActiveAndEnabled)
            {
                return;
            }

            if (!TryBuild())
            {
                return;
            }

            if (parts.Field != null)
            {
                parts.Field.text = typed;
            }

            Show(StateNow());
        }

        private void OnEnable()
        {
            found = null;
            if (TryBuild())
            {
                parts.Canvas.gameObject.SetActive(true);
                Show(StateNow());
            }
        }

        private void Start()
        {
            if (Partner() == null)
            {
                Log.Warning(this, "it has no Npc to talk to, so nothing can be said. Give it one, or put it below the character.");
            }

            if (EventSystem.current == null && FindAnyObjectByType<EventSystem>() == null)
            {
                Log.Warning(this, "there's no EventSystem in the scene, so nothing can be pressed. Add one: GameObject > UI > Event System.");
            }
        }

        private void LateUpdate()
        {
            if (parts == null)
            {
                return; // there's no font, which the log has said
            }

            PromptState now = StateNow();
            if (now != shown || (Partner() != null && shownName != NameOf(Partner())))
            {
                Show(now);
            }
        }

        private void OnDisable()
        {
            if (parts != null && parts.Canvas != null)
            {
                parts.Canvas.gameObject.SetActive(false);
            }
        }

        private void OnDestroy()
        {
            Tear();
        }

        /// <summary>Builds the panel, if it isn't there; not without a font.</summary>
        private bool TryBuild()
        {
            if (parts != null && parts.Canvas != null)
            {
                return true;
            }

            parts = null;
            if (TMPro.TMP_Settings.instance == null || (look.Font == null && TMPro.TMP_Settings.defaultFontAsset == null))
            {
                if (!toldOfNoFont)
                {
                    toldOfNoFont = true;
                    Log.Error(
                        this,
                        "TextMeshPro's essential resources are missing, without which it draws no font, so there's nothing to press. Choose Window > TextMeshPro > Import TMP "
                        + "Essential Resources.");
                }

                return false;
            }

            Build();
            return true;
        }

        private void Build()
        {
            parts = PromptBuilder.Build(this, look, words, replies, takesText, Mathf.Clamp(characters, 1, 2000));
            Vector3 scale = transform.lossyScale;
            float unit = Mathf.Clamp(readFrom, 0.5f, 5) * MetresPerMillimetre;
            parts.Root.localScale = new Vector3(unit / Nonzero(scale.x), unit / Nonzero(scale.y), unit / Nonzero(scale.z));
            foreach (UnityEngine.UI.Button button in parts.Replies)
            {
                string reply = button.GetComponentInChildren<TMPro.TMP_Text>(true).text;
                button.onClick.AddListener(() => Say(reply));
            }

            if (parts.Field != null)
            {
                TMPro.TMP_Text typing = parts.Field.textComponent;
                parts.Field.onValueChanged.AddListener(typed => PromptGlyphs.Provide(typing, typed, this));
                parts.Field.onSubmit.AddListener(typed => SayTyped());
                parts.Send.onClick.AddListener(SayTyped);
            }

            Raise.Event(this, Built, parts.Canvas);
        }

        private void Tear()
        {
            if (parts != null && parts.Canvas != null)
            {
                parts.Canvas.gameObject.SetActive(false); // destroyed objects are there to the frame's end
                Destroy(parts.Canvas.gameObject);
            }

            parts = null;
        }

        private void Show(PromptState state)
        {
            Npc partner = Partner();
            shown = state;
            shownName = partner == null ? string.Empty : NameOf(partner);
            parts.Group.interactable = IsUsable(state);
            float faint = IsUsable(state) ? 1 : LockedAlpha;
            foreach (TMPro.TMP_Text label in parts.Labels)
            {
                label.alpha = look.TextColor.a * faint;
            }

            if (parts.Field != null)
            {
                parts.Field.textComponent.alpha = look.TextColor.a * faint;
                parts.Hint.alpha = look.HintColor.a * faint;
            }

            string line = TextFor(state).Replace("{0}", shownName);
            PromptGlyphs.Provide(parts.State, line, this);
            parts.State.text = line;
        }

        private string TextFor(PromptState state)
        {
            switch (state)
            {
                case PromptState.Ready:
                    return words.Ready;
                case PromptState.Thinking:
                    return words.Thinking;
                case PromptState.Speaking:
                    return words.Speaking;
                case PromptState.Connecting:
                    return words.Connecting;
                case PromptState.Unavailable:
                    return words.Unavailable;
                case PromptState.Nobody:
                    return words.Nobody;
                default:
                    return words.Offline;
            }
        }

        private Npc Partner()
        {
            if (npc != null)
            {
                return npc;
            }

            if (found == null)
            {
                found = GetComponentInParent<Npc>();
            }

            return found;
        }

        private PromptState StateNow()
        {
            Npc partner = Partner();
            if (partner == null)
            {
                return PromptState.Nobody;
            }

            LoquentClient client = partner.Client != null ? partner.Client : LoquentClient.FindAgain(partner, ref lookedForClient);
            ClientState connection = client == null ? ClientState.Off : client.State;
            if (connection == ClientState.Connecting || connection == ClientState.Reconnecting)
            {
                return PromptState.Connecting;
            }

            if (connection != ClientState.Connected)
            {
                return PromptState.Offline;
            }

            switch (partner.State)
            {
                case NpcState.Listening:
                    return PromptState.Ready;
                case NpcState.Thinking:
                    return PromptState.Thinking;
                case NpcState.Speaking:
                    return PromptState.Speaking;
                case NpcState.Connecting:
                case NpcState.Opening:
                    return PromptState.Connecting;
                default:
                    return PromptState.Unavailable;
            }
        }

        private static bool IsUsable(PromptState state)
        {
            return state == PromptState.Ready || state == PromptState.Thinking || state == PromptState.Speaking;
        }

        private static string NameOf(Npc partner)
        {
            return string.IsNullOrEmpty(partner.DisplayName) ? partner.Character : partner.DisplayName;
        }

        private static float Nonzero(float scale)
        {
            return Mathf.Abs(scale) < 0.0001f ? 1 : scale;
        }

        /// <summary>How things stand.</summary>
        private enum PromptState
        {
            Nobody,
            Offline,
            Connecting,
            Unavailable,
            Ready,
            Thinking,
            Speaking
        }
    }
}
