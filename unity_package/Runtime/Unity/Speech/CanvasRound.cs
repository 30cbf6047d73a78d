using System;
using System.Collections.Generic;
using Loquent.Core.Display;
using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// What all canvases do together, once per frame, with the first of them that Unity calls: reveal, share the frame's layouts, draw, find their places beside each
    /// other.
    /// </summary>
    internal static class CanvasRound
    {
        /// <summary>A longer frame counts as so long for what moves and fades, so that nothing jumps after a hitch; in seconds.</summary>
        private const float LongestFrame = 0.1f;

        private static readonly Action<SpeechCanvas, float> Advance = (canvas, seconds) => canvas.Advance(seconds);
        private static readonly Action<SpeechCanvas, float> Draw = (canvas, seconds) => canvas.Draw();
        private static readonly Action<SpeechCanvas, float> Fade = (canvas, seconds) => canvas.Fade();
        private static readonly Action<CanvasAnchor, float> Look = (anchor, seconds) => anchor.Look(seconds);
        private static readonly Action<CanvasAnchor, float> Place = (anchor, seconds) => anchor.Place(seconds);

        private static readonly List<SpeechCanvas> Canvases = new List<SpeechCanvas>();
        private static readonly List<CanvasAnchor> Anchors = new List<CanvasAnchor>();
        private static readonly List<SpeechCanvas> Now = new List<SpeechCanvas>();
        private static readonly List<CanvasAnchor> AnchorsNow = new List<CanvasAnchor>();
        private static LayoutBudget budget = new LayoutBudget();
        private static CanvasSeparation separation = new CanvasSeparation();
        private static int frame = -1;

        /// <summary>What a frame may spend on layouts.</summary>
        internal static LayoutBudget Budget => budget;

        internal static void Add(SpeechCanvas canvas)
        {
            Canvases.Add(canvas);
        }

        internal static void Remove(SpeechCanvas canvas)
        {
            Canvases.Remove(canvas);
        }

        internal static void Add(CanvasAnchor anchor, ViewBox box)
        {
            Anchors.Add(anchor);
            separation.Add(box);
        }

        internal static void Remove(CanvasAnchor anchor, ViewBox box)
        {
            Anchors.Remove(anchor);
            separation.Remove(box);
        }

        internal static void Know(LayoutClaim claim)
        {
            budget.Add(claim);
        }

        internal static void Forget(LayoutClaim claim)
        {
            budget.Remove(claim);
        }

        /// <summary>Gives the other anchors that are at one object with this one.</summary>
        internal static CanvasAnchor Neighbour(CanvasAnchor anchor)
        {
            foreach (CanvasAnchor other in Anchors)
            {
                if (other != anchor && other.SharesPlaceWith(anchor))
                {
                    return other;
                }
            }

            return null;
        }

        /// <summary>Does a frame's work, if it isn't done yet.</summary>
        internal static void Run()
        {
            if (Time.frameCount == frame)
            {
                return;
            }

            frame = Time.frameCount;

            // A game that is paused pauses its texts; one in slow motion doesn't slow its readers down.
            float real = Time.timeScale > 0 ? Time.unscaledDeltaTime : 0;
            float seconds = Mathf.Min(real, LongestFrame);

            // Handlers may enable, disable and destroy canvases meanwhile.
            Now.Clear();
            Now.AddRange(Canvases);
            AnchorsNow.Clear();
            AnchorsNow.AddRange(Anchors);
            Each(Now, Advance, seconds);
            budget.Grant();
            Each(Now, Draw, seconds);
            Each(AnchorsNow, Look, seconds);
            separation.Resolve();
            Each(AnchorsNow, Place, seconds);
            Each(Now, Fade, seconds);
        }

        /// <summary>Does a step with all of them. One that breaks, as with a text that a game has destroyed, is turned off, and keeps no other from going on.</summary>
        private static void Each<T>(List<T> all, Action<T, float> step, float seconds)
            where T : Behaviour
        {
            for (int i = 0; i < all.Count; i++)
            {
                try
                {
                    step(all[i], seconds);
                }
                catch (Exception error)
                {
                    Log.Exception(all[i], error);
                    if (all[i] != null)
                    {
                        Log.Error(all[i], "it can't go on, so it's turned off; the line above says what broke. Repair that, and enable it again.");
                        all[i].enabled = false;
                    }
                }
            }
        }

        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void Restart()
        {
            // Statics outlive Play mode where the domain isn't reloaded.
            Canvases.Clear();
            Anchors.Clear();
            Now.Clear();
            AnchorsNow.Clear();
            budget = new LayoutBudget();
            separation = new CanvasSeparation();
            frame = -1;
        }
    }
}
