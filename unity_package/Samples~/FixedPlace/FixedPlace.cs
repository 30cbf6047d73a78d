using UnityEngine;

namespace Loquent.Samples.FixedPlace
{
    /// <summary>
    /// A place that talks: something is said to it, and the reply stands readable in the air, at a fixed place and without an object. Put this on an empty object in a
    /// new scene, start a server, and press Play.
    /// </summary>
    public sealed class FixedPlace : MonoBehaviour
    {
        [Tooltip("Where the server is.")]
        [SerializeField] private string address = LoquentSettings.DefaultAddress;

        [Tooltip("Where the middle of the canvas stands, in metres.")]
        [SerializeField] private Vector3 place = new Vector3(0.5f, 0.5f, 0);

        [Tooltip("Who replies: a character of the server.")]
        [SerializeField] private string character = "innkeeper";

        [Tooltip("What is said.")]
        [SerializeField] private string said = "你好，我是一个虚拟现实场景";

        /// <summary>Who replies.</summary>
        public Npc Voice { get; private set; }

        private void Start()
        {
            if (LoquentClient.Find(this) == null)
            {
                new GameObject("Loquent client").AddComponent<LoquentClient>().Address = address;
            }

            var holder = new GameObject("Voice of the place");
            holder.SetActive(false); // so that it begins when all is set
            holder.transform.position = place;
            var speech = holder.AddComponent<SpeechCanvas>();
            speech.ShowsSpeaker = false;
            speech.LingerSeconds = 600;
            Camera eyes = Camera.main;
            if (eyes != null)
            {
                // Turned to where the player is now, and as large as it has to be from there. No anchor: it stays.
                Vector3 away = place - eyes.transform.position;
                speech.ReadFrom = away.magnitude;
                holder.transform.rotation = Quaternion.LookRotation(new Vector3(away.x, 0, away.z), Vector3.up);
            }

            Voice = holder.AddComponent<Npc>();
            Voice.Speech = speech;
            Voice.Character = character;
            holder.SetActive(true);
            Voice.Say(said);
        }
    }
}
