using System;
using UnityEngine;

namespace Loquent
{
    /// <summary>What a player's prompt says, in the game's language. <c>{0}</c> stands for the character's name.</summary>
    [Serializable]
    public sealed class PromptWords
    {
        [Tooltip("Something can be said. {0} stands for the character's name.")]
        [SerializeField] private string ready = "Talk to {0}";

        [Tooltip("The answer is awaited. {0} stands for the character's name.")]
        [SerializeField] private string thinking = "{0} is thinking";

        [Tooltip("The character speaks. {0} stands for the character's name.")]
        [SerializeField] private string speaking = "{0} is speaking. Say something to interrupt.";

        [Tooltip("A connection is being made, for the first time or again.")]
        [SerializeField] private string connecting = "Connecting";

        [Tooltip("There is no connection, and none is being made.")]
        [SerializeField] private string offline = "No connection";

        [Tooltip("The character can't be talked to, although there is a connection. {0} stands for the character's name.")]
        [SerializeField] private string unavailable = "{0} isn't here";

        [Tooltip("There is nobody to talk to: the prompt has no NPC.")]
        [SerializeField] private string nobody = "Nobody is here";

        [Tooltip("The hint in the empty text field.")]
        [SerializeField] private string hint = "Say something";

        [Tooltip("What stands on the button that sends what was typed.")]
        [SerializeField] private string send = "Send";

        /// <summary>Something can be said.</summary>
        public string Ready
        {
            get => ready;
            set => ready = value;
        }

        /// <summary>The answer is awaited.</summary>
        public string Thinking
        {
            get => thinking;
            set => thinking = value;
        }

        /// <summary>The character speaks.</summary>
        public string Speaking
        {
            get => speaking;
            set => speaking = value;
        }

        /// <summary>A connection is being made, for the first time or again.</summary>
        public string Connecting
        {
            get => connecting;
            set => connecting = value;
        }

        /// <summary>There is no connection, and none is being made.</summary>
        public string Offline
        {
            get => offline;
            set => offline = value;
        }

        /// <summary>The character can't be talked to, although there is a connection.</summary>
        public string Unavailable
        {
            get => unavailable;
            set => unavailable = value;
        }

        /// <summary>There is nobody to talk to.</summary>
        public string Nobody
        {
            get => nobody;
            set => nobody = value;
        }

        /// <summary>The hint in the empty text field.</summary>
        public string Hint
        {
            get => hint;
            set => hint = value;
        }

        /// <summary>What stands on the button that sends what was typed.</summary>
        public string Send
        {
            get => send;
            set => send = value;
        }
    }
}
