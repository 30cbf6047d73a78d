using System;

namespace Loquent.Core.Reveal
{
    /// <summary>
    /// How received text becomes visible text: a jitter buffer that lays a reply out in pages and reveals it at a reading pace, frame by frame,
    /// whatever the rhythm in which it came. Feed it with <see cref="Receive(TextBuffer)"/>, <see cref="Receive(Cue)"/> and <see cref="End"/>, call
    /// <see cref="Advance"/> once per frame, and draw <see cref="Page"/>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The pace. Let q be the text that waits, in seconds of reading. Characters are revealed at r = <see cref="RevealSettings.ReadingSpeed"/> · f(q)
    /// per second, f being continuous and never falling: from <see cref="RevealSettings.SlowestPace"/> at q = 0 straight to 1 at <see
    /// cref="RevealSettings.SteadySeconds"/>, then straight to <see cref="RevealSettings.FastestPace"/>. Once all has come, f is at least 1. So with
    /// text that arrives at a(t) seconds of reading per second, q' = a(t) − f(q): one state with monotone feedback. It can't oscillate, two reveals
    /// of the same text never drift apart, and at a steady rate a between SlowestPace and FastestPace the pace settles at a with the time constant 1
    /// / f'(q) (2 s and 20 s with the defaults). A pause counts as text to read.
    /// </para>
    /// <para>
    /// Time. Between two arrivals all is computed exactly, character by character, whatever the steps: the frame rate doesn't matter. A step longer
    /// than <see cref="RevealSettings.LongestStep"/> counts as one of that length.
    /// </para>
    /// <para>
    /// Not for use by several threads. In steady state nothing allocates. What is held is bounded by a page, whatever the length of the reply; the
    /// array that was received is read where it is.
    /// </para>
    /// </remarks>
    public sealed class ReplyReveal
    {
        /// <summary>In one frame no more code points than this are laid out: a bound for hostile text and for <see cref="SkipToEnd"/>.</summary>
        private const int PointsPerFrame = 4096;

        private readonly RevealSettings settings;
        private readonly Pager pager;
        private readonly CueQueue cues = new CueQueue();
        private double[] revealedAt = new double[256];
        private char[] source = Array.Empty<char>();
        private int length;
        private WaitingText waiting;
        private int generation;
        private double now;
        private double pageBegan;
        private double lastRevealed;
        private double pageCost;
        private double restLeft;
        private double progress;
        private bool finishesPage;
        private bool skips;
        private bool turnAsked;

        /// <summary>Makes a reveal without text.</summary>
        /// <param name="measure">Measures characters in the font in which they will be drawn.</param>
        /// <param name="format">What a page holds.</param>
        /// <param name="settings">How text appears; null for the defaults.</param>
        /// <exception cref="ArgumentNullException"><paramref name="measure"/> or <paramref name="format"/> is null.</exception>
        public ReplyReveal(ITextMeasure measure, PageFormat format, RevealSettings settings = null)
        {
            this.settings = settings ?? new RevealSettings();
            pager = new Pager(
                measure ?? throw new ArgumentNullException(nameof(measure)), format ?? throw new ArgumentNullException(nameof(format)));
        }

        /// <summary>
        /// The reveal has come to a cue: raised inside <see cref="Advance"/>, in the order in which the cues came. A handler that throws ends that
        /// call of <see cref="Advance"/>; the next one goes on behind the cue.
        /// </summary>
        public event Action<Cue> CueReached;

        /// <summary>The next page has begun, and is still empty: raised inside <see cref="Advance"/>.</summary>
        public event Action PageTurned;

        /// <summary>What is to be drawn.</summary>
        public Page Page => pager.Page;

        /// <summary>How many characters of the page are to be seen, those included that fade in.</summary>
        public int VisibleClusters { get; private set; }

        /// <summary>How many characters of the page have faded in. They won't change again as long as the page is there.</summary>
        public int SettledClusters { get; private set; }

        /// <summary>How many Unicode scalar values of the reply have been shown, on all pages: what <see cref="Turn.Cancel(long)"/> wants.</summary>
        public long Shown { get; private set; }

        /// <summary>How many chars of the reply have been shown, on all pages.</summary>
        public int ShownChars { get; private set; }

        /// <summary>How long it takes to read what waits, in seconds at reading speed.</summary>
        public double WaitingSeconds => waiting.Cost(settings.WideCharacterCost) / settings.ReadingSpeed;

        /// <summary>Whether it's known that no more text will come.</summary>
        public bool HasEnded { get; private set; }

        /// <summary>Whether the whole reply has been shown.</summary>
        public bool IsComplete { get; private set; }

        /// <summary>
        /// Whether the whole reply has been shown and the player has had the time to read it. As long as that isn't so, the canvas should stay.
        /// </summary>
        public bool IsRead => IsComplete && now >= TurnDue;

        /// <summary>
        /// Whether all of a full page is visible and the player has had the time to read it. If pages turn by themselves, it does with this frame.
        /// </summary>
        public bool IsPageTurnDue => Page.IsFull && VisibleClusters == Page.ClusterCount && now >= TurnDue;

        /// <summary>When the player has read the page: at reading speed from its first character on, and a rest after its last.</summary>
        private double TurnDue => Math.Max(pageBegan + (pageCost / settings.ReadingSpeed), lastRevealed + settings.PageRest);

        private double Pace => settings.PaceFor(WaitingSeconds, HasEnded);

        /// <summary>Takes what has come of a reply. Only what is new is looked at.</summary>
        /// <param name="text">The reply's text.</param>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        /// <exception cref="ArgumentOutOfRangeException">
        /// It's shorter than what has come before: another reply, without <see cref="Clear"/>.
        /// </exception>
        /// <exception cref="InvalidOperationException">The text has ended.</exception>
        public void Receive(TextBuffer text)
        {
            if (text == null)
            {
                throw new ArgumentNullException(nameof(text));
            }

            Receive(text.Buffer, text.Length);
        }

        /// <summary>Takes what has come of a text. Only what is new is looked at.</summary>
        /// <param name="chars">
        /// Holds the whole text so far. It's read where it is, so its text must not change any more, but it may be another array each time.
        /// </param>
        /// <param name="count">How many chars the text has so far.</param>
        /// <exception cref="ArgumentNullException"><paramref name="chars"/> is null.</exception>
        /// <exception cref="ArgumentOutOfRangeException">There are fewer chars than have come before, or than the array has.</exception>
        /// <exception cref="InvalidOperationException">The text has ended.</exception>
        public void Receive(char[] chars, int count)
        {
            if (chars == null)
            {
                throw new ArgumentNullException(nameof(chars));
            }

            if (count < length || count > chars.Length)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(count), count, "Give at least the " + length + " chars that have come before; for another reply, call Clear first.");
            }

            if (HasEnded && count > length)
            {
                throw new InvalidOperationException("The text has ended. For another one, call Clear first.");
            }

            waiting.Add(chars, length, count);
            source = chars;
            length = count;
        }

        /// <summary>Takes a whole text that is there already, such as a greeting. Copies it.</summary>
        /// <param name="text">The text.</param>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        /// <exception cref="InvalidOperationException">A text has been received. Call <see cref="Clear"/> first.</exception>
        public void Receive(string text)
        {
            if (text == null)
            {
                throw new ArgumentNullException(nameof(text));
            }

            if (length > 0 || HasEnded)
            {
                throw new InvalidOperationException("There is a text already. For another one, call Clear first.");
            }

            Receive(text.ToCharArray(), text.Length);
            End();
        }

        /// <summary>Takes a cue. <see cref="CueReached"/> is raised when the reveal has come to its place.</summary>
        /// <param name="cue">The cue.</param>
        /// <exception cref="ArgumentNullException"><paramref name="cue"/> is null.</exception>
        public void Receive(Cue cue)
        {
            cues.Add(cue ?? throw new ArgumentNullException(nameof(cue)));
        }

        /// <summary>No more text will come. May be said again.</summary>
        public void End()
        {
            HasEnded = true;
        }

        /// <summary>Shows the rest of the page at once, also what is still to come of it, with the next <see cref="Advance"/>.</summary>
        public void FinishPage()
        {
            finishesPage = true;
        }

        /// <summary>Turns a full page with the next <see cref="Advance"/>. What hasn't been revealed of it counts as shown.</summary>
        /// <returns>Whether there is a next page yet.</returns>
        public bool TurnPage()
        {
            turnAsked = Page.IsFull;
            return turnAsked;
        }

        /// <summary>
        /// Goes to the last page, and shows what is there at once, also what is still to come, from the next <see cref="Advance"/> on. All of it
        /// counts as shown, and all cues are raised.
        /// </summary>
        public void SkipToEnd()
        {
            skips = true;
        }

        /// <summary>Forgets the text and its cues, and is ready for another.</summary>
        public void Clear()
        {
            generation++;
            pager.Restart();
            cues.Clear();
            source = Array.Empty<char>();
            length = 0;
            waiting = default(WaitingText);
            VisibleClusters = 0;
            SettledClusters = 0;
            Shown = 0;
            ShownChars = 0;
            HasEnded = false;
            IsComplete = false;
            pageBegan = now;
            lastRevealed = now;
            pageCost = 0;
            restLeft = 0;
            progress = 0;
            finishesPage = false;
            skips = false;
            turnAsked = false;
        }

        /// <summary>Tells how far a character has faded in.</summary>
        /// <param name="cluster">Its number on the page, from 0. One that isn't there is invisible.</param>
        /// <returns>From 0, invisible, to 1.</returns>
        public float AlphaOf(int cluster)
        {
            if (cluster >= VisibleClusters || cluster < 0)
            {
                return 0;
            }

            return cluster < SettledClusters ? 1 : (float)Math.Min(1, (now - revealedAt[cluster]) / settings.Fade);
        }

        /// <summary>Reveals what is due. Call it once per frame.</summary>
        /// <param name="deltaSeconds">How long it has been since the last call, in seconds; 0 or more.</param>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="deltaSeconds"/> is negative or no number.</exception>
        public void Advance(double deltaSeconds)
        {
            if (!(deltaSeconds >= 0))
            {
                throw new ArgumentOutOfRangeException(nameof(deltaSeconds), deltaSeconds, "Give a time of 0 seconds or more.");
            }

            int began = generation;
            int budget = PointsPerFrame;
            double left = Math.Min(deltaSeconds, settings.LongestStep);
            now += left;
            do
            {
                pager.Fill(source, length, HasEnded, ref budget);
                if (pager.IsDone && VisibleClusters == Page.ClusterCount && !IsComplete)
                {
                    Reach(length, pager.Scalars);
                    IsComplete = true;
                }

                RaiseCues(began);
            }
            while (began == generation && TryStep(ref left, budget) && began == generation);

            if (began == generation)
            {
                Settle();
            }
        }

        /// <summary>Reveals a character or turns the page, if there's the time for it.</summary>
        /// <returns>Whether something happened.</returns>
        private bool TryStep(ref double left, int budget)
        {
            bool atOnce = finishesPage || skips || turnAsked || settings.ReducedMotion;
            if (settings.ReducedMotion && !(finishesPage || skips || turnAsked) && !Page.IsFull && !pager.IsDone)
            {
                return false; // the page isn't whole
            }

            if (VisibleClusters < Page.ClusterCount)
            {
                return TryReveal(ref left, atOnce);
            }

            if (!Page.IsFull)
            {
                // Waits for text. The time counts for the next character.
                progress += settings.ReadingSpeed * Pace * left;
                left = 0;
                return false;
            }

            return TryTurn(ref left, budget);
        }

        private bool TryReveal(ref double left, bool atOnce)
        {
            ref PageCluster next = ref Page.Cluster(VisibleClusters);
            double cost = next.IsWide ? settings.WideCharacterCost : 1;
            if (!atOnce)
            {
                double rest = Math.Min(restLeft, left);
                restLeft -= rest;
                left -= rest;
                double rate = settings.ReadingSpeed * Pace;
                double work = cost + (settings.PauseFor(next.Pause) * settings.ReadingSpeed);
                double needs = Math.Max(0, work - progress) / rate;
                if (restLeft > 0 || needs > left)
                {
                    progress += rate * left;
                    left = 0;
                    return false;
                }

                left -= needs;
            }

            if (VisibleClusters >= revealedAt.Length)
            {
                Array.Resize(ref revealedAt, revealedAt.Length * 2);
            }

            lastRevealed = now - left;
            revealedAt[VisibleClusters] = atOnce ? double.NegativeInfinity : lastRevealed;
            pageBegan = VisibleClusters == 0 ? lastRevealed : pageBegan;
            pageCost += cost;
            progress = 0;
            VisibleClusters++;
            Reach(next.SourceEnd, next.ScalarEnd);
            return true;
        }

        private bool TryTurn(ref double left, int budget)
        {
            if (!skips && !turnAsked)
            {
                double wait = TurnDue - (now - left);
                if (!settings.TurnsPages || wait > left)
                {
                    return false;
                }

                left -= Math.Max(0, wait);
            }
            else if (budget <= 0)
            {
                return false; // the rest with the next frame
            }

            pager.TurnPage();
            VisibleClusters = 0;
            SettledClusters = 0;
            pageCost = 0;
            progress = 0;
            pageBegan = now - left;
            lastRevealed = pageBegan;
            restLeft = settings.PageTurn;
            finishesPage = false;
            turnAsked = false;
            PageTurned?.Invoke();
            return true;
        }

        private void Reach(int chars, long scalars)
        {
            waiting.Remove(source, ShownChars, chars);
            ShownChars = chars;
            Shown = scalars;
        }

        private void RaiseCues(int began)
        {
            while (began == generation && cues.TryTake(ShownChars, out Cue cue))
            {
                CueReached?.Invoke(cue);
            }
        }

        private void Settle()
        {
            while (SettledClusters < VisibleClusters && now - revealedAt[SettledClusters] >= settings.Fade)
            {
                SettledClusters++;
            }
        }
    }
}
