using System;
using UnityEngine;
using UnityEngine.Events;

namespace Loquent
{
    /// <summary>What happens when the character performs a cue.</summary>
    [Serializable]
    public sealed class CueAction
    {
        [Tooltip("The cue: its name, such as wave, or with its argument, such as look_at:door. A star stands for anything: look_at:*, look_*, *. Of several that fit, those act that say most.")]
        [SerializeField] private string cue = string.Empty;

        [Tooltip("The Animator's parameter that is set. Empty: none.")]
        [SerializeField] private string parameter = string.Empty;

        [Tooltip("What happens to the parameter.")]
        [SerializeField] private CueParameter sets = CueParameter.Trigger;

        [Tooltip("What is to be heard. None: nothing.")]
        [SerializeField] private AudioClip clip;

        [Tooltip("How loud it's played. From 0 to 1, its own loudness.")]
        [Range(0, 1)]
        [SerializeField] private float volume = 1;

        [Tooltip("Called with the cue's argument, such as door; with an empty text if it has none.")]
        [SerializeField] private UnityEvent<string> onReached = new UnityEvent<string>();

        // Worked out from the cue; Unity would keep only one of them when it compiles scripts in the middle of a game.
        [NonSerialized] private CuePattern pattern;
        [NonSerialized] private string patternOf;

        /// <summary>The cue: its name, such as <c>wave</c>, or with its argument, such as <c>look_at:door</c>. A star stands for anything.</summary>
        public string Cue
        {
            get => cue;
            set => cue = value;
        }

        /// <summary>The Animator's parameter that is set; empty for none.</summary>
        public string Parameter
        {
            get => parameter;
            set => parameter = value;
        }

        /// <summary>What happens to the parameter.</summary>
        public CueParameter Sets
        {
            get => sets;
            set => sets = value;
        }

        /// <summary>What is to be heard; null for nothing.</summary>
        public AudioClip Clip
        {
            get => clip;
            set => clip = value;
        }

        /// <summary>How loud it's played; from 0 to 1.</summary>
        public float Volume
        {
            get => volume;
            set => volume = value;
        }

        /// <summary>Called with the cue's argument.</summary>
        public UnityEvent<string> OnReached => onReached;

        /// <summary>Sets what a new one begins with: the Inspector adds to a list without asking the class.</summary>
        internal void Complete()
        {
            if (volume == 0 && clip == null && string.IsNullOrEmpty(cue) && string.IsNullOrEmpty(parameter))
            {
                volume = 1;
            }
        }

        /// <summary>How well it fits a cue; 0 if it doesn't.</summary>
        internal int Fit(string name, string argument)
        {
            if (patternOf != cue)
            {
                pattern = new CuePattern(cue);
                patternOf = cue;
            }

            return patternOf == null ? 0 : pattern.Fit(name, argument);
        }
    }
}
