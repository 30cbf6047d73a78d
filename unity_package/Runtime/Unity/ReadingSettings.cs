using System;
using Loquent.Core.Reveal;
using UnityEngine;

namespace Loquent
{
    /// <summary>How text appears, as the Inspector shows it: <see cref="RevealSettings"/> has the details.</summary>
    [Serializable]
    public sealed class ReadingSettings
    {
        [Tooltip("How fast the player reads, in characters per second. From 1 to 100 (to 1000 by script); 20 suits adults in English, 17 most other languages and children.")]
        [Range(1, 100)]
        [SerializeField] private float readingSpeed = 20;

        [Tooltip("For how many characters a Chinese, Japanese or Korean character or an emoji counts. From 1 to 10.")]
        [Range(1, 10)]
        [SerializeField] private float wideCharacterCost = 2;

        [Tooltip("The pace when no text waits, as a share of the reading speed. From 0.05 to 1.")]
        [Range(0.05f, 1)]
        [SerializeField] private float slowestPace = 0.5f;

        [Tooltip("The pace when much text waits, as a multiple of the reading speed. From 1 to 10.")]
        [Range(1, 10)]
        [SerializeField] private float fastestPace = 1.5f;

        [Tooltip("By how much the pauses at punctuation are lengthened; 0 for no pauses. From 0 to 5.")]
        [Range(0, 5)]
        [SerializeField] private float pauses = 1;

        [Tooltip("How long a character takes to fade in, in seconds; 0 for at once. From 0 to 2.")]
        [Range(0, 2)]
        [SerializeField] private float fade = 0.15f;

        [Tooltip("How long a full page rests at least when all of it is visible, in seconds. From 0 to 60.")]
        [Range(0, 60)]
        [SerializeField] private float pageRest = 5f / 6;

        [Tooltip("Whether pages turn by themselves. Otherwise the game calls SpeechCanvas.TurnPage.")]
        [SerializeField] private bool turnsPages = true;

        [Tooltip("Whether nothing moves: a page appears whole and at once, and canvases don't glide. For players who ask for it.")]
        [SerializeField] private bool reducedMotion;

        /// <summary>How fast the player reads, in characters per second; from 1 to 1000.</summary>
        public float ReadingSpeed
        {
            get => readingSpeed;
            set => readingSpeed = value;
        }

        /// <summary>For how many characters a wide one counts; from 1 to 10.</summary>
        public float WideCharacterCost
        {
            get => wideCharacterCost;
            set => wideCharacterCost = value;
        }

        /// <summary>The pace when no text waits, as a share of <see cref="ReadingSpeed"/>; from 0.05 to 1.</summary>
        public float SlowestPace
        {
            get => slowestPace;
            set => slowestPace = value;
        }

        /// <summary>The pace when much text waits, as a multiple of <see cref="ReadingSpeed"/>; from 1 to 10.</summary>
        public float FastestPace
        {
            get => fastestPace;
            set => fastestPace = value;
        }

        /// <summary>By how much the pauses at punctuation are lengthened; from 0, for no pauses, to 5.</summary>
        public float Pauses
        {
            get => pauses;
            set => pauses = value;
        }

        /// <summary>How long a character takes to fade in, in seconds; from 0 to 2.</summary>
        public float Fade
        {
            get => fade;
            set => fade = value;
        }

        /// <summary>How long a full page rests at least, in seconds; from 0 to 60.</summary>
        public float PageRest
        {
            get => pageRest;
            set => pageRest = value;
        }

        /// <summary>Whether pages turn by themselves.</summary>
        public bool TurnsPages
        {
            get => turnsPages;
            set => turnsPages = value;
        }

        /// <summary>Whether nothing moves.</summary>
        public bool ReducedMotion
        {
            get => reducedMotion;
            set => reducedMotion = value;
        }

        /// <summary>Sets a reveal's settings by these. A value out of its range counts as the nearest in it.</summary>
        internal void Apply(RevealSettings to)
        {
            var defaults = new RevealSettings();
            float lengthened = Mathf.Clamp(pauses, 0, 5);
            to.ReadingSpeed = Mathf.Clamp(readingSpeed, 1, 1000);
            to.WideCharacterCost = Mathf.Clamp(wideCharacterCost, 1, 10);
            to.SlowestPace = Mathf.Clamp(slowestPace, 0.05f, 1);
            to.FastestPace = Mathf.Clamp(fastestPace, 1, 10);
            to.CommaPause = defaults.CommaPause * lengthened;
            to.DashPause = defaults.DashPause * lengthened;
            to.SentencePause = defaults.SentencePause * lengthened;
            to.EllipsisPause = defaults.EllipsisPause * lengthened;
            to.ParagraphPause = defaults.ParagraphPause * lengthened;
            to.Fade = Mathf.Clamp(fade, 0, 2);
            to.PageRest = Mathf.Clamp(pageRest, 0, 60);
            to.TurnsPages = turnsPages;
            to.ReducedMotion = reducedMotion;
        }
    }
}
