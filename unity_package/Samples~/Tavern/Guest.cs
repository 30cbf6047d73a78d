using System.Collections.Generic;
using UnityEngine;
using UnityEngine.XR;

namespace Loquent.Samples.Tavern
{
    /// <summary>The player: talks to whom they look at, and is greeted by whoever that is. Without a headset, buttons on the screen turn them.</summary>
    public sealed class Guest : MonoBehaviour
    {
        private const float EyeHeight = 1.6f;

        /// <summary>Somebody farther from the middle of the view isn't meant, in degrees.</summary>
        private const float MostAngle = 30;

        /// <summary>By so much somebody else has to be nearer to the middle, so that the choice doesn't flicker, in degrees.</summary>
        private const float Stickiness = 6;

        private static readonly Vector3 Place = new Vector3(0, EyeHeight, 0);
        private static readonly Vector3 PromptPlace = new Vector3(0, -0.45f, 1.2f);

        private readonly HashSet<Npc> met = new HashSet<Npc>();

        private Tavern tavern;
        private Transform head;

        /// <summary>Whom the player talks to; null while they look at nobody.</summary>
        public Npc Partner { get; private set; }

        /// <summary>Takes the player's place.</summary>
        /// <param name="where">The tavern.</param>
        public void Begin(Tavern where)
        {
            tavern = where;
            Camera eyes = Camera.main;
            if (eyes == null)
            {
                Debug.LogWarning("Tavern: no camera is tagged MainCamera, so it isn't known where the player looks. Tag the player's.", this);
                return;
            }

            head = eyes.transform;
            if (!XRSettings.isDeviceActive)
            {
                head.SetPositionAndRotation(transform.TransformPoint(Place), transform.rotation);
            }
        }

        /// <summary>Turns to somebody: for players without a headset, whose necks don't move.</summary>
        /// <param name="who">To whom.</param>
        public void TurnTo(Npc who)
        {
            if (head != null)
            {
                Vector3 way = who.transform.position - head.position;
                head.rotation = Quaternion.LookRotation(new Vector3(way.x, 0, way.z), Vector3.up);
            }
        }

        private void Update()
        {
            if (head == null)
            {
                return;
            }

            Npc next = LookedAt();
            if (next != Partner)
            {
                Partner = next;
                tavern.Prompt.Npc = next;
                tavern.Prompt.gameObject.SetActive(next != null);
                MovePrompt();
            }

            if (next != null && next.State == NpcState.Listening && met.Add(next))
            {
                next.Greet(); // who is looked at for the first time speaks first
            }
        }

        /// <summary>Puts the prompt before the player, below the eyes' line, tilted so that it faces them. It stays there until they turn to somebody else.</summary>
        private void MovePrompt()
        {
            Quaternion ahead = Quaternion.LookRotation(new Vector3(head.forward.x, 0, head.forward.z), Vector3.up);
            Vector3 at = head.position + (ahead * PromptPlace);
            tavern.Prompt.transform.SetPositionAndRotation(at, Quaternion.LookRotation(at - head.position, Vector3.up));
        }

        private Npc LookedAt()
        {
            Npc best = null;
            float least = MostAngle;
            foreach (Npc one in tavern.People)
            {
                Vector3 way = one.transform.position - head.position;
                float angle = Vector3.Angle(new Vector3(head.forward.x, 0, head.forward.z), new Vector3(way.x, 0, way.z));
                angle -= one == Partner ? Stickiness : 0;
                if (angle < least)
                {
                    best = one;
                    least = angle;
                }
            }

            return best;
        }

        private void OnGUI()
        {
            if (tavern == null || XRSettings.isDeviceActive)
            {
                return;
            }

            GUILayout.BeginHorizontal();
            foreach (Npc one in tavern.People)
            {
                if (GUILayout.Button("Turn to " + one.Character))
                {
                    TurnTo(one);
                }
            }

            GUILayout.EndHorizontal();
        }
    }
}
