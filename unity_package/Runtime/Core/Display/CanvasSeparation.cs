using System;
using System.Collections.Generic;

namespace Loquent.Core.Display
{
    /// <summary>
    /// Keeps canvases from covering each other in the player's view: the nearest stays where it is, each further one is raised above those that it would meet. The same
    /// places give the same result, whatever the frame rate; and what has been raised comes down only when there is room to spare, so nothing goes to and fro.
    /// </summary>
    /// <remarks>Costs the square of the number of canvases in comparisons. Allocates nothing in steady state.</remarks>
    public sealed class CanvasSeparation
    {
        private const double Turn = 2 * Math.PI;

        private readonly List<ViewBox> boxes = new List<ViewBox>();
        private double gap = 0.012;
        private double release = 0.03;
        private double mostLift = 0.7;

        /// <summary>The least room between two canvases, in radians; 0.012 (12 mm at 1 m) unless told. 0 or more.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
        public double Gap
        {
            get => gap;
            set => gap = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give 0 or more radians.");
        }

        /// <summary>So much more room must be there before a raised canvas comes down, in radians; 0.03 unless told. 0 or more.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
        public double Release
        {
            get => release;
            set => release = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give 0 or more radians.");
        }

        /// <summary>No canvas is raised by more, in radians; 0.7 (40°) unless told. Rather than that, it covers another.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
        public double MostLift
        {
            get => mostLift;
            set => mostLift = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give 0 or more radians.");
        }

        /// <summary>Takes a canvas in. Of canvases at one place the earlier one stays.</summary>
        /// <param name="box">Its place; kept up to date by whoever owns it.</param>
        /// <exception cref="ArgumentNullException"><paramref name="box"/> is null.</exception>
        public void Add(ViewBox box)
        {
            boxes.Add(box ?? throw new ArgumentNullException(nameof(box)));
        }

        /// <summary>Forgets a canvas.</summary>
        /// <param name="box">Its place.</param>
        public void Remove(ViewBox box)
        {
            boxes.Remove(box);
        }

        /// <summary>Sets <see cref="ViewBox.Lift"/> of all.</summary>
        public void Resolve()
        {
            Order();
            for (int i = 0; i < boxes.Count; i++)
            {
                ViewBox box = boxes[i];
                if (!box.IsVisible)
                {
                    continue;
                }

                bool wasRaised = box.WasRaised;
                double lift = LiftOver(i, wasRaised ? release : 0);
                box.WasRaised = lift > 0;
                box.Lift = lift > mostLift ? 0 : lift;
            }
        }

        /// <summary>
        /// Nearest first. Two change places only when one is clearly nearer, so that two at about the same distance don't swap from frame to frame; in a list that is nearly in
        /// order, that takes one pass.
        /// </summary>
        private void Order()
        {
            const double Clearly = 1.1;
            for (int i = 1; i < boxes.Count; i++)
            {
                ViewBox moved = boxes[i];
                int at = i;
                for (; at > 0 && boxes[at - 1].Distance > moved.Distance * Clearly; at--)
                {
                    boxes[at] = boxes[at - 1];
                }

                boxes[at] = moved;
            }
        }

        /// <summary>Raises a canvas above all before it that it would meet.</summary>
        private double LiftOver(int index, double more)
        {
            ViewBox box = boxes[index];
            double lift = 0;
            bool moved = true;
            for (int round = 0; moved && round <= index; round++)
            {
                moved = false;
                for (int i = 0; i < index; i++)
                {
                    ViewBox other = boxes[i];
                    if (!other.IsVisible || !Meets(box, lift, other, more))
                    {
                        continue;
                    }

                    double above = other.Pitch + other.Lift + other.HalfHeight + gap + box.HalfHeight - box.Pitch;
                    if (above > lift)
                    {
                        lift = above;
                        moved = true;
                    }
                }
            }

            return lift;
        }

        private bool Meets(ViewBox box, double lift, ViewBox other, double more)
        {
            double apart = Math.Abs(Math.IEEERemainder(box.Yaw - other.Yaw, Turn));
            double height = Math.Abs(box.Pitch + lift - other.Pitch - other.Lift);
            return apart < box.HalfWidth + other.HalfWidth + gap + more
                && height < box.HalfHeight + other.HalfHeight + gap + more - 1e-9;
        }
    }
}
