using System.Collections.Generic;
using UnityEngine;
using UnityEngine.EventSystems;

namespace Loquent.Samples.Tavern
{
    /// <summary>
    /// A tavern of simple shapes, built when it's played: the innkeeper behind her counter, a guard at the door, a bard on a stool. Put this on an empty object in a new
    /// scene (which has a camera and a light), start a server, and press Play.
    /// </summary>
    public sealed class Tavern : MonoBehaviour
    {
        [Tooltip("Where the server is.")]
        [SerializeField] private string address = LoquentSettings.DefaultAddress;

        [Tooltip("Who plays, as an id: the characters remember each player. Empty: they forget.")]
        [SerializeField] private string player = "guest";

        /// <summary>The characters: innkeeper, guard, bard.</summary>
        public IReadOnlyList<Npc> People { get; private set; }

        /// <summary>What the guest talks with.</summary>
        public PlayerPrompt Prompt { get; private set; }

        /// <summary>What the guest has ordered.</summary>
        public Orders Orders { get; private set; }

        private void Awake()
        {
            if (LoquentClient.Find(this) == null)
            {
                new GameObject("Loquent client").AddComponent<LoquentClient>().Address = address;
            }

            BuildRoom();
            People = new[]
            {
                AddPerson("innkeeper", new Vector3(0, 0, 3.2f), 1.65f, new Color(0.62f, 0.32f, 0.24f)),
                AddPerson("guard", new Vector3(-2.4f, 0, 1.6f), 1.85f, new Color(0.3f, 0.36f, 0.46f)),
                AddPerson("bard", new Vector3(2.3f, 0, 1.9f), 1.75f, new Color(0.28f, 0.46f, 0.32f)),
            };
            Prompt = AddPrompt();
            Orders = gameObject.AddComponent<Orders>();
            Orders.Begin(People[0], Prompt, transform);
            gameObject.AddComponent<Guest>().Begin(this);
        }

        private void BuildRoom()
        {
            var wood = new Color(0.36f, 0.24f, 0.15f);
            var plaster = new Color(0.72f, 0.66f, 0.56f);
            AddBox("Floor", new Vector3(0, -0.05f, 1.5f), new Vector3(8, 0.1f, 7), wood);
            AddBox("Back wall", new Vector3(0, 1.5f, 4.6f), new Vector3(8, 3, 0.2f), plaster);
            AddBox("Left wall", new Vector3(-4, 1.5f, 1.5f), new Vector3(0.2f, 3, 7), plaster);
            AddBox("Right wall", new Vector3(4, 1.5f, 1.5f), new Vector3(0.2f, 3, 7), plaster);
            AddBox("Counter", new Vector3(0, 0.55f, 2.5f), new Vector3(3, 1.1f, 0.5f), wood * 0.8f);
            AddBox("Door", new Vector3(-3.88f, 1, 1.6f), new Vector3(0.1f, 2, 1), wood * 0.6f);
            AddBox("Fire", new Vector3(3.4f, 0.5f, 4.1f), new Vector3(1, 1, 0.7f), new Color(0.8f, 0.36f, 0.12f));
            AddBox("Stairs", new Vector3(-3, 0.3f, 4), new Vector3(1.4f, 0.6f, 0.8f), wood * 0.7f);
            AddBox("Stool", new Vector3(2.3f, 0.25f, 2.4f), new Vector3(0.4f, 0.5f, 0.4f), wood);
        }

        private void AddBox(string what, Vector3 middle, Vector3 size, Color color)
        {
            GameObject box = GameObject.CreatePrimitive(PrimitiveType.Cube);
            Dress(box, what, transform, color);
            box.transform.localPosition = middle;
            box.transform.localScale = size;
        }

        private Npc AddPerson(string character, Vector3 feet, float height, Color color)
        {
            var person = new GameObject(character);
            person.SetActive(false); // so that it begins when all is set
            person.transform.SetParent(transform, false);
            person.transform.localPosition = feet;
            person.transform.localRotation = Quaternion.LookRotation(new Vector3(-feet.x, 0, -feet.z), Vector3.up); // towards the guest
            float head = height / 7;
            AddShape(person, PrimitiveType.Capsule, "Body", (height - head) / 2, new Vector3(0.45f, (height - head) / 2, 0.35f), color);
            AddShape(person, PrimitiveType.Sphere, "Head", height - (head / 2), Vector3.one * head, new Color(0.85f, 0.68f, 0.55f));
            var npc = person.AddComponent<Npc>();
            npc.Character = character;
            npc.PlayerId = player;
            npc.Speech = person.AddComponent<SpeechCanvas>();
            person.AddComponent<CanvasAnchor>();
            AddGestures(person);
            person.SetActive(true);
            return npc;
        }

        /// <summary>What the characters' cues do: look_at turns to what its argument names, everything else is a lean.</summary>
        private static void AddGestures(GameObject person)
        {
            Gestures gestures = person.AddComponent<Gestures>();
            CueAnimator cues = person.AddComponent<CueAnimator>();
            var look = new CueAction { Cue = "look_at:*" };
            look.OnReached.AddListener(gestures.LookAt);
            cues.Actions.Add(look);
            foreach (string cue in new[] { "wave", "pour", "bow", "strum", "wink", "raise_hand", "open_gate", "draw_sword" })
            {
                var action = new CueAction { Cue = cue };
                action.OnReached.AddListener(argument => gestures.Lean(cue));
                cues.Actions.Add(action);
            }
        }

        private static void AddShape(GameObject person, PrimitiveType type, string part, float y, Vector3 size, Color color)
        {
            GameObject shape = GameObject.CreatePrimitive(type);
            Dress(shape, part, person.transform, color);
            shape.transform.localPosition = new Vector3(0, y, 0);
            shape.transform.localScale = size;
        }

        private static void Dress(GameObject shape, string part, Transform parent, Color color)
        {
            shape.name = part;
            shape.transform.SetParent(parent, false);
            shape.GetComponent<Renderer>().material.color = color;
        }

        private PlayerPrompt AddPrompt()
        {
            if (EventSystem.current == null && FindAnyObjectByType<EventSystem>() == null)
            {
                Debug.LogWarning("Tavern: there's no EventSystem in the scene, so no button can be pressed. Add one: GameObject > UI > Event System.", this);
            }

            var holder = new GameObject("Prompt");
            holder.SetActive(false);
            holder.transform.SetParent(transform, false);
            var prompt = holder.AddComponent<PlayerPrompt>();
            prompt.SetReplies("Good evening!", "What news do you have?", "What is this place?", "A beer, please.");
            prompt.ReadFrom = 1.2f;
            return prompt;
        }
    }
}
