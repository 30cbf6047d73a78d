using System;
using UnityEngine;

namespace Loquent.Samples.Tavern
{
    /// <summary>What a person made of simple shapes can do of what a character performs: turn to something, or lean forward for a moment.</summary>
    public sealed class Gestures : MonoBehaviour
    {
        private const float LeanSeconds = 0.8f;
        private const float LeanDegrees = 15;
        private const float TurnDegreesPerSecond = 180;

        private Quaternion facing;
        private float leanLeft;

        /// <summary>What was performed last; null if nothing was yet.</summary>
        public string Last { get; private set; }

        /// <summary>Leans forward, and upright again: a wave, a bow, whatever it's called.</summary>
        /// <param name="what">What it's called.</param>
        public void Lean(string what)
        {
            Last = what;
            leanLeft = LeanSeconds;
        }

        /// <summary>Turns to something in the room.</summary>
        /// <param name="what">Its name, such as door; whatever isn't there is ignored.</param>
        public void LookAt(string what)
        {
            Last = "look at " + what;
            foreach (Transform one in transform.parent)
            {
                if (string.Equals(one.name, what, StringComparison.OrdinalIgnoreCase))
                {
                    Vector3 way = one.position - transform.position;
                    facing = Quaternion.LookRotation(new Vector3(way.x, 0, way.z), Vector3.up);
                }
            }
        }

        private void Awake()
        {
            facing = transform.rotation;
        }

        private void Update()
        {
            leanLeft = Mathf.Max(0, leanLeft - Time.deltaTime);
            Quaternion lean = Quaternion.Euler(LeanDegrees * Mathf.Sin(Mathf.PI * leanLeft / LeanSeconds), 0, 0);
            transform.rotation = Quaternion.RotateTowards(transform.rotation, facing * lean, TurnDegreesPerSecond * Time.deltaTime);
        }
    }
}
