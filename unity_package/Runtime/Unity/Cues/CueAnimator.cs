using System;
using System.Collections.Generic;
using Loquent.Core;
using UnityEngine;
using UnityEngine.Scripting;

namespace Loquent
{
    /// <summary>
    /// Lets a character do what its reply says: sets an Animator's parameter, plays a sound, calls the game. It happens when the player's reading has come to the
    /// cue, not when that has arrived.
    /// </summary>
    [AddComponentMenu("Loquent/Cue Animator")]
    public sealed class CueAnimator : MonoBehaviour
    {
        /// <summary>So many cues without an action are reported; a model that invents more isn't worth a longer log.</summary>
        private const int MostReported = 32;

        [Tooltip("Whose cues. None: the Npc on this object, or above it.")]
        [SerializeField] private Npc npc;

        [Tooltip("The Animator whose parameters are set. None: the first on this object or below it.")]
        [SerializeField] private Animator animator;

        [Tooltip("Where sounds come from. None: the AudioSource on this object; if there's none, one is added when a sound is to be played.")]
        [SerializeField] private AudioSource audioSource;

        [Tooltip("What each cue does.")]
        [SerializeField] private List<CueAction> actions = new List<CueAction>();

        private readonly HashSet<string> reported = new HashSet<string>();
        private Npc heard;

        /// <summary>Whose cues; null for the Npc on this object or above it. A change counts when the component is enabled.</summary>
        public Npc Npc
        {
            get => npc;
            set => npc = value;
        }

        /// <summary>The Animator whose parameters are set; null for the first on this object or below it.</summary>
        public Animator Animator
        {
            get => animator;
            set => animator = value;
        }

        /// <summary>Where sounds come from.</summary>
        public AudioSource AudioSource
        {
            get => audioSource;
            set => audioSource = value;
        }

        /// <summary>What each cue does: yours to change at any time.</summary>
        public List<CueAction> Actions => actions;

        /// <summary>Whether some action belongs to a cue.</summary>
        /// <param name="cue">The cue's name.</param>
        /// <param name="argument">Its argument; null for none.</param>
        public bool Knows(string cue, string argument = null)
        {
            return BestFit(cue, argument) > 0;
        }

        /// <summary>Does what belongs to a cue, as if the character performed it now.</summary>
        /// <param name="cue">The cue's name, such as <c>look_at</c>.</param>
        /// <param name="argument">Its argument, such as <c>door</c>; null for none.</param>
        /// <exception cref="ArgumentNullException"><paramref name="cue"/> is null.</exception>
        public void Perform(string cue, string argument)
        {
            if (cue == null)
            {
                throw new ArgumentNullException(nameof(cue));
            }

            int best = BestFit(cue, argument);
            if (best == 0)
            {
                ReportOnce(
                    cue, "the character performs '" + cue + "', and no action belongs to that. Add one for this cue, or one for * that takes all that is left.");
                return;
            }

            for (int i = 0; i < actions.Count; i++)
            {
                CueAction action = actions[i];
                if (action != null && action.Fit(cue, argument) == best)
                {
                    Act(action, argument);
                }
            }
        }

        /// <summary>Does what belongs to a cue that has no argument: for UnityEvents.</summary>
        /// <param name="cue">The cue's name.</param>
        [Preserve]
        public void Perform(string cue)
        {
            Perform(cue, null);
        }

        private void OnEnable()
        {
            heard = npc != null ? npc : GetComponentInParent<Npc>();
            if (heard == null)
            {
                Log.Warning(this, "there's no Npc on this object or above it, so no cue comes. Put it on the character, or give it its Npc.");
                return;
            }

            heard.CueReached += Take;
        }

        private void OnDisable()
        {
            if (heard != null)
            {
                heard.CueReached -= Take;
            }

            heard = null;
        }

        private void OnValidate()
        {
            foreach (CueAction action in actions)
            {
                action?.Complete();
            }
        }

        private void Take(Npc from, Cue cue)
        {
            Perform(cue.Name, cue.Argument);
        }

        private int BestFit(string cue, string argument)
        {
            int best = 0;
            for (int i = 0; i < actions.Count; i++)
            {
                best = Math.Max(best, actions[i] == null ? 0 : actions[i].Fit(cue, argument));
            }

            return best;
        }

        private void Act(CueAction action, string argument)
        {
            if (!string.IsNullOrEmpty(action.Parameter))
            {
                Set(action);
            }

            if (action.Clip != null)
            {
                Play(action);
            }

            Raise.Event(this, action.OnReached, argument ?? string.Empty);
        }

        private void Set(CueAction action)
        {
            animator = animator != null ? animator : GetComponentInChildren<Animator>();
            if (animator == null || animator.runtimeAnimatorController == null)
            {
                ReportOnce(
                    "Animator", "the cue '" + action.Cue + "' is to set " + action.Parameter + ", and there's no Animator with a controller on this object or below it.");
                return;
            }

            if (!animator.isActiveAndEnabled)
            {
                return; // there's nobody to be seen
            }

            if (!HasParameter(action))
            {
                ReportOnce(
                    "Animator:" + action.Parameter,
                    "the Animator '" + animator.name + "' has no " + (action.Sets == CueParameter.Trigger ? "trigger" : "bool") + " '" + action.Parameter
                    + "', which the cue '" + action.Cue + "' is to set. Add it to the controller's parameters, or correct the name.");
                return;
            }

            if (action.Sets == CueParameter.Trigger)
            {
                animator.SetTrigger(action.Parameter);
            }
            else
            {
                animator.SetBool(action.Parameter, action.Sets == CueParameter.BoolOn);
            }
        }

        private bool HasParameter(CueAction action)
        {
            AnimatorControllerParameterType type = action.Sets == CueParameter.Trigger
                ? AnimatorControllerParameterType.Trigger
                : AnimatorControllerParameterType.Bool;
            for (int i = 0; i < animator.parameterCount; i++)
            {
                AnimatorControllerParameter parameter = animator.GetParameter(i);
                if (parameter.type == type && parameter.name == action.Parameter)
                {
                    return true;
                }
            }

            return false;
        }

        private void Play(CueAction action)
        {
            audioSource = audioSource != null ? audioSource : GetComponent<AudioSource>();
            if (audioSource == null)
            {
                audioSource = gameObject.AddComponent<AudioSource>();
                audioSource.playOnAwake = false;
                audioSource.spatialBlend = 1; // from where the character stands
            }

            audioSource.PlayOneShot(action.Clip, Mathf.Clamp01(action.Volume));
        }

        private void ReportOnce(string key, string what)
        {
            if (reported.Count < MostReported && reported.Add(key))
            {
                Log.Warning(this, what);
            }
        }
    }
}
