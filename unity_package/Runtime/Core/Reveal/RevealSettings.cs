using System;

namespace Loquent.Core.Reveal
{
    /// <summary>How text appears: paces, pauses and rests. May be changed at any time; it counts from then on.</summary>
    public sealed class RevealSettings
    {
        private const double MostSeconds = 60;

        private double readingSpeed = 20;
        private double slowestPace = 0.5;
        private double fastestPace = 1.5;
        private double steadySeconds = 1;
        private double rushSeconds = 10;
        private double wideCharacterCost = 2;
        private double commaPause = 0.15;
        private double dashPause = 0.2;
        private double sentencePause = 0.4;
        private double ellipsisPause = 0.5;
        private double paragraphPause = 0.6;
        private double fade = 0.15;
        private double pageRest = 5.0 / 6;
        private double pageTurn = 0.2;
        private double longestStep = 0.1;

        /// <summary>
        /// How fast the player reads, in characters per second; 20 unless told, which is what Netflix's Timed Text Style Guide allows for adults in
        /// English (17 in most other languages and 17 for children). From 1 to 1000.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double ReadingSpeed
        {
            get => readingSpeed;
            set => readingSpeed = Checked(value, 1, 1000);
        }

        /// <summary>The slowest pace, when nothing waits, as a share of <see cref="ReadingSpeed"/>; 0.5 unless told. From 0.05 to 1.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double SlowestPace
        {
            get => slowestPace;
            set => slowestPace = Checked(value, 0.05, 1);
        }

        /// <summary>The fastest pace, when much waits, as a multiple of <see cref="ReadingSpeed"/>; 1.5 unless told. From 1 to 10.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double FastestPace
        {
            get => fastestPace;
            set => fastestPace = Checked(value, 1, 10);
        }

        /// <summary>When so many seconds of reading wait, the pace is <see cref="ReadingSpeed"/>; 1 unless told. From 0.1 to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double SteadySeconds
        {
            get => steadySeconds;
            set => steadySeconds = Checked(value, 0.1, MostSeconds);
        }

        /// <summary>When so many more seconds of reading wait, the pace is <see cref="FastestPace"/>; 10 unless told. From 0.1 to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double RushSeconds
        {
            get => rushSeconds;
            set => rushSeconds = Checked(value, 0.1, MostSeconds);
        }

        /// <summary>
        /// For how many characters an ideograph, a kana, a Hangul syllable or an emoji counts; 2 unless told, which with 20 characters per second
        /// makes 10 ideographs (the same guide allows 9 in Chinese and 12 in Korean; in Japanese, where lines are kept very short, 4). From 1 to 10.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double WideCharacterCost
        {
            get => wideCharacterCost;
            set => wideCharacterCost = Checked(value, 1, 10);
        }

        /// <summary>The pause behind a comma, colon or semicolon, in seconds at reading speed; 0.15 unless told. From 0 to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double CommaPause
        {
            get => commaPause;
            set => commaPause = Checked(value, 0, MostSeconds);
        }

        /// <summary>The pause behind a dash, in seconds at reading speed; 0.2 unless told. From 0 to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double DashPause
        {
            get => dashPause;
            set => dashPause = Checked(value, 0, MostSeconds);
        }

        /// <summary>The pause behind a sentence, in seconds at reading speed; 0.4 unless told. From 0 to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double SentencePause
        {
            get => sentencePause;
            set => sentencePause = Checked(value, 0, MostSeconds);
        }

        /// <summary>The pause behind an ellipsis, in seconds at reading speed; 0.5 unless told. From 0 to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double EllipsisPause
        {
            get => ellipsisPause;
            set => ellipsisPause = Checked(value, 0, MostSeconds);
        }

        /// <summary>The pause before a new paragraph, in seconds at reading speed; 0.6 unless told. From 0 to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double ParagraphPause
        {
            get => paragraphPause;
            set => paragraphPause = Checked(value, 0, MostSeconds);
        }

        /// <summary>How long a character takes to fade in, in seconds; 0.15 unless told. From 0, for at once, to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double Fade
        {
            get => fade;
            set => fade = Checked(value, 0, MostSeconds);
        }

        /// <summary>
        /// How long a full page rests at least when all of it is visible, in seconds; 5⁄6 unless told, the shortest time of a subtitle in the same
        /// guide. It rests longer if reading it at <see cref="ReadingSpeed"/> takes longer. From 0 to 60.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double PageRest
        {
            get => pageRest;
            set => pageRest = Checked(value, 0, MostSeconds);
        }

        /// <summary>How long after a page has turned its first character appears, in seconds; 0.2 unless told. From 0 to 60.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double PageTurn
        {
            get => pageTurn;
            set => pageTurn = Checked(value, 0, MostSeconds);
        }

        /// <summary>
        /// A longer step counts as one of so many seconds, so that nothing is dumped at once after a hitch; 0.1 unless told. From 0.02 to 60.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
        public double LongestStep
        {
            get => longestStep;
            set => longestStep = Checked(value, 0.02, MostSeconds);
        }

        /// <summary>Whether pages turn by themselves, which is so unless told; otherwise the game calls <see cref="ReplyReveal.TurnPage"/>.</summary>
        public bool TurnsPages { get; set; } = true;

        /// <summary>Whether nothing moves: a page appears whole and at once, as soon as all of it is there. False unless told.</summary>
        public bool ReducedMotion { get; set; }

        /// <summary>
        /// The pace as a multiple of reading speed, when <paramref name="waiting"/> seconds of reading wait. It never falls as more waits, and has no
        /// jumps: from <see cref="SlowestPace"/> at 0 straight up to 1 at <see cref="SteadySeconds"/>, from there straight up to <see
        /// cref="FastestPace"/> within <see cref="RushSeconds"/>.
        /// </summary>
        internal double PaceFor(double waiting, bool hasEnded)
        {
            if (waiting < steadySeconds)
            {
                // Once all has come there is nothing to wait for.
                return hasEnded ? 1 : slowestPace + ((1 - slowestPace) * waiting / steadySeconds);
            }

            return 1 + ((fastestPace - 1) * Math.Min(1, (waiting - steadySeconds) / rushSeconds));
        }

        /// <summary>How long a pause is, in seconds at reading speed.</summary>
        internal double PauseFor(PauseKind kind)
        {
            switch (kind)
            {
                case PauseKind.Comma:
                    return commaPause;
                case PauseKind.Dash:
                    return dashPause;
                case PauseKind.Sentence:
                    return sentencePause;
                case PauseKind.Ellipsis:
                    return ellipsisPause;
                case PauseKind.Paragraph:
                    return paragraphPause;
                default:
                    return 0;
            }
        }

        private static double Checked(double value, double least, double most)
        {
            return value >= least && value <= most
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "Give from " + least + " to " + most + ".");
        }
    }
}
