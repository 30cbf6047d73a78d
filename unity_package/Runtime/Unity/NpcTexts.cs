using System;
using UnityEngine;

namespace Loquent
{
    /// <summary>What an NPC's canvas tells the player when something goes wrong, in the player's language. The log has the details.</summary>
    [Serializable]
    public sealed class NpcTexts
    {
        [Tooltip("While what was said waits for the first connection. Empty: nothing.")]
        [SerializeField] private string connecting = "Connecting…";

        [Tooltip("While a lost connection is being made again. Empty: nothing.")]
        [SerializeField] private string lost = "The connection is lost. Trying to get it back…";

        [Tooltip("When there is no connection, and none will be made. Empty: nothing.")]
        [SerializeField] private string noConnection = "There is no connection to the server.";

        [Tooltip("When this character can't be talked to. Empty: nothing.")]
        [SerializeField] private string refused = "This character can't talk now.";

        [Tooltip("When an answer failed. Empty: nothing.")]
        [SerializeField] private string failed = "The answer got lost. Say it again.";

        [Tooltip("Whether the reason stands behind it in the Editor and in development builds.")]
        [SerializeField] private bool explains = true;

        /// <summary>While what was said waits for the first connection.</summary>
        public string Connecting
        {
            get => connecting;
            set => connecting = value;
        }

        /// <summary>While a lost connection is being made again.</summary>
        public string Lost
        {
            get => lost;
            set => lost = value;
        }

        /// <summary>When there is no connection, and none will be made.</summary>
        public string NoConnection
        {
            get => noConnection;
            set => noConnection = value;
        }

        /// <summary>When this character can't be talked to.</summary>
        public string Refused
        {
            get => refused;
            set => refused = value;
        }

        /// <summary>When an answer failed.</summary>
        public string Failed
        {
            get => failed;
            set => failed = value;
        }

        /// <summary>Whether the reason stands behind it in the Editor and in development builds.</summary>
        public bool Explains
        {
            get => explains;
            set => explains = value;
        }

        /// <summary>Puts the reason behind a text, where developers look.</summary>
        internal string With(string text, string reason)
        {
            return string.IsNullOrEmpty(text) || !explains || !Debug.isDebugBuild ? text : text + " (" + reason + ")";
        }
    }
}
