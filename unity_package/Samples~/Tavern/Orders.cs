using System;
using Loquent.Core;
using Loquent.Core.Talking;
using UnityEngine;

namespace Loquent.Samples.Tavern
{
    /// <summary>
    /// Puts on the counter what the guest has ordered. What that is, the game can't tell by words alone ("the same again, please"): it has the model decide, when
    /// the innkeeper has answered.
    /// </summary>
    public sealed class Orders : MonoBehaviour
    {
        /// <summary>What isn't likelier than this isn't served.</summary>
        private const double LeastProbability = 0.5;

        private const string Nothing = "nothing";

        private static readonly string[] Choices = { "beer", "stew", Nothing };
        private static readonly Vector3 FirstPlace = new Vector3(-0.9f, 1.1f, 2.4f);

        private Npc innkeeper;
        private Transform room;
        private bool hasSaidSomething;

        /// <summary>Something was put on the counter: what.</summary>
        public event Action<string> Served;

        /// <summary>How much stands on the counter.</summary>
        public int Count { get; private set; }

        /// <summary>Begins to listen.</summary>
        /// <param name="who">Who serves.</param>
        /// <param name="prompt">Where the guest says what they want.</param>
        /// <param name="where">The room.</param>
        public void Begin(Npc who, PlayerPrompt prompt, Transform where)
        {
            innkeeper = who;
            room = where;
            innkeeper.Ended += HandleEnded;
            prompt.OnSaid.AddListener(said => hasSaidSomething |= prompt.Npc == innkeeper);
        }

        private void OnDestroy()
        {
            if (innkeeper != null)
            {
                innkeeper.Ended -= HandleEnded;
            }
        }

        private void HandleEnded(Npc who, EndReason reason)
        {
            if (hasSaidSomething && reason != EndReason.Cancelled)
            {
                hasSaidSomething = false;
                innkeeper.Decide("What has the guest just ordered?", Choices, HandleDecided);
            }
        }

        private void HandleDecided(DecideEnd end)
        {
            // A decision that came to nothing is in the log already; nothing is served then.
            if (end.IsDecided && end.Option != Nothing && end.Probability > LeastProbability)
            {
                Serve(end.Option);
            }
        }

        private void Serve(string what)
        {
            bool isDrink = what == "beer";
            GameObject dish = GameObject.CreatePrimitive(isDrink ? PrimitiveType.Cylinder : PrimitiveType.Sphere);
            dish.name = what;
            dish.transform.SetParent(room, false);
            dish.transform.localScale = isDrink ? new Vector3(0.09f, 0.07f, 0.09f) : new Vector3(0.2f, 0.1f, 0.2f);
            dish.transform.localPosition = FirstPlace + new Vector3(0.25f * (Count % 8), isDrink ? 0.07f : 0.05f, 0);
            dish.GetComponent<Renderer>().material.color = isDrink ? new Color(0.85f, 0.6f, 0.2f) : new Color(0.45f, 0.3f, 0.2f);
            Count++;
            Served?.Invoke(what);
        }
    }
}
