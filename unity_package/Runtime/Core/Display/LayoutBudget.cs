using System;
using System.Collections.Generic;

namespace Loquent.Core.Display
{
    /// <summary>
    /// Shares what a frame may spend on laying text out among all canvases: so many layouts, whoever needs them. Who has waited longest comes first, and who
    /// can't go on without comes before who only could; so nobody starves.
    /// </summary>
    /// <remarks>For each frame: each canvas asks with its <see cref="LayoutClaim"/>, then <see cref="Grant"/> is called once. Allocates nothing in steady state.</remarks>
    public sealed class LayoutBudget
    {
        private readonly List<LayoutClaim> claims = new List<LayoutClaim>();
        private int perFrame = 2;
        private long frame;
        private long grants;

        /// <summary>How many layouts a frame may have; 2 unless told. At least 1.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
        public int PerFrame
        {
            get => perFrame;
            set => perFrame = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give at least 1 layout a frame.");
        }

        /// <summary>How many layouts the last frame granted.</summary>
        public int Granted { get; private set; }

        /// <summary>Takes a claim in.</summary>
        /// <param name="claim">Whose.</param>
        /// <exception cref="ArgumentNullException"><paramref name="claim"/> is null.</exception>
        public void Add(LayoutClaim claim)
        {
            claims.Add(claim ?? throw new ArgumentNullException(nameof(claim)));
        }

        /// <summary>Forgets a claim.</summary>
        /// <param name="claim">Whose.</param>
        public void Remove(LayoutClaim claim)
        {
            claims.Remove(claim);
        }

        /// <summary>Grants what this frame allows. Claims that haven't asked for it since the last call get nothing.</summary>
        public void Grant()
        {
            Granted = 0;
            foreach (LayoutClaim claim in claims)
            {
                claim.IsGranted = false;
                claim.Note(frame);
            }

            while (Granted < perFrame)
            {
                LayoutClaim next = null;
                foreach (LayoutClaim claim in claims)
                {
                    if (claim.Waits && (next == null || claim.ComesBefore(next)))
                    {
                        next = claim;
                    }
                }

                if (next == null)
                {
                    break;
                }

                next.TakeGrant(grants++);
                Granted++;
            }

            foreach (LayoutClaim claim in claims)
            {
                claim.Settle();
            }

            frame++;
        }
    }
}
