using System;
using Loquent.Core;
using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// Where the server is, and how to deal with it, as an asset that several scenes share. Make one with <i>Assets &gt; Create &gt; Loquent &gt; Settings</i> and give it to
    /// <see cref="LoquentClient"/>.
    /// </summary>
    [CreateAssetMenu(fileName = "LoquentSettings", menuName = "Loquent/Settings", order = 200)]
    public sealed class LoquentSettings : ScriptableObject
    {
        /// <summary>Where a server is that was started on the same machine with its defaults.</summary>
        public const string DefaultAddress = "ws://127.0.0.1:8765";

        [Tooltip("Where the server is: a ws:// address, or a wss:// address for one with TLS, such as ws://192.168.1.20:8765. On a headset 127.0.0.1 is the headset itself.")]
        [SerializeField] private string address = DefaultAddress;

        [Tooltip("Where the token comes from that the server may want.")]
        [SerializeField] private TokenSource tokenSource = TokenSource.None;

        [Tooltip("The token itself, for the source Asset; the variable's name, for the source Environment. A token in an asset can be read by everybody who has the build.")]
        [SerializeField] private string token = string.Empty;

        [Tooltip("Whether the token goes as an HTTP header of the handshake, for a proxy that checks it. Otherwise it goes in the first frame, which works everywhere.")]
        [SerializeField] private bool tokenAsHeader;

        [Tooltip("How long connecting may take, in seconds. From 1 to 600.")]
        [Range(1, 600)]
        [SerializeField] private float connectSeconds = 10;

        [Tooltip("Whether replies go on where they were when the connection is lost and comes back.")]
        [SerializeField] private bool resume = true;

        [Tooltip("Whether to connect again by itself: when the first connection can't be made, and when a connection is lost.")]
        [SerializeField] private bool reconnect = true;

        [Tooltip("The longest wait before the first new attempt, in seconds; it doubles from attempt to attempt. From 0.01 to the longest wait.")]
        [Range(0.01f, 600)]
        [SerializeField] private float firstDelaySeconds = 0.25f;

        [Tooltip("The longest wait before any attempt, in seconds, unless the server asks for a longer one. From 0.01 to 600.")]
        [Range(0.01f, 600)]
        [SerializeField] private float longestDelaySeconds = 10;

        [Tooltip("How many attempts may fail, one after the other, before it gives up. From 1 to 10,000.")]
        [Range(1, 10000)]
        [SerializeField] private int mostAttempts = 100;

        [Tooltip("How long to try before it gives up, in seconds. From 1 to 86,400 (a day).")]
        [Range(1, 86400)]
        [SerializeField] private float giveUpSeconds = 300;

        [Tooltip("How many frames from the server are processed in one frame of the game at most; the rest waits for the next. From 1 to 100,000. So a game that gets its focus back doesn't freeze.")]
        [Range(1, 100000)]
        [SerializeField] private int framesPerUpdate = Session.DefaultBudget;

        [Tooltip("How many canvases may lay their text out in one frame; the others wait their turn. From 1 to 64. A layout costs about half a millisecond on a standalone headset.")]
        [Range(1, 64)]
        [SerializeField] private int layoutsPerFrame = 2;

        [Tooltip("How text appears, for canvases that have no reading settings of their own.")]
        [SerializeField] private ReadingSettings reading = new ReadingSettings();

        /// <summary>Where the server is: a ws or wss address.</summary>
        public string Address
        {
            get => address;
            set => address = value;
        }

        /// <summary>Where the token comes from.</summary>
        public TokenSource TokenSource
        {
            get => tokenSource;
            set => tokenSource = value;
        }

        /// <summary>The token, or the name of the environment variable that holds it, as <see cref="TokenSource"/> says.</summary>
        public string Token
        {
            get => token;
            set => token = value;
        }

        /// <summary>Whether the token goes as an HTTP header of the handshake.</summary>
        public bool TokenAsHeader
        {
            get => tokenAsHeader;
            set => tokenAsHeader = value;
        }

        /// <summary>Whether replies go on where they were when a lost connection comes back.</summary>
        public bool Resume
        {
            get => resume;
            set => resume = value;
        }

        /// <summary>Whether to connect again by itself.</summary>
        public bool Reconnect
        {
            get => reconnect;
            set => reconnect = value;
        }

        /// <summary>How long to try before it gives up, in seconds; from 1 to 86,400.</summary>
        public float GiveUpSeconds
        {
            get => giveUpSeconds;
            set => giveUpSeconds = value;
        }

        /// <summary>How many attempts may fail, one after the other; from 1 to 10,000.</summary>
        public int MostAttempts
        {
            get => mostAttempts;
            set => mostAttempts = value;
        }

        /// <summary>The longest wait before the first new attempt, in seconds.</summary>
        public float FirstDelaySeconds
        {
            get => firstDelaySeconds;
            set => firstDelaySeconds = value;
        }

        /// <summary>The longest wait before any attempt, in seconds.</summary>
        public float LongestDelaySeconds
        {
            get => longestDelaySeconds;
            set => longestDelaySeconds = value;
        }

        /// <summary>How long connecting may take, in seconds; from 1 to 600.</summary>
        public float ConnectSeconds
        {
            get => connectSeconds;
            set => connectSeconds = value;
        }

        /// <summary>How many frames from the server are processed in one frame of the game at most; from 1 to 100,000.</summary>
        public int FramesPerUpdate
        {
            get => framesPerUpdate;
            set => framesPerUpdate = value;
        }

        /// <summary>How many canvases may lay their text out in one frame; from 1 to 64.</summary>
        public int LayoutsPerFrame
        {
            get => layoutsPerFrame;
            set => layoutsPerFrame = value;
        }

        /// <summary>How text appears.</summary>
        public ReadingSettings Reading => reading;

        /// <summary>Makes the options of a session. A number out of its range counts as the nearest in it.</summary>
        /// <param name="where">The address.</param>
        /// <param name="knownToken">The token; null or empty for none.</param>
        internal SessionOptions ToOptions(Uri where, string knownToken)
        {
            double longest = Mathf.Clamp(longestDelaySeconds, 0.01f, 600);
            return new SessionOptions(where)
            {
                Token = string.IsNullOrEmpty(knownToken) ? null : knownToken,
                SendTokenAsHeader = tokenAsHeader,
                ConnectTimeout = TimeSpan.FromSeconds(Mathf.Clamp(connectSeconds, 1, 600)),
                Resume = resume,
                Reconnect = !reconnect
                    ? null
                    : new ReconnectPolicy
                    {
                        FirstDelay = TimeSpan.FromSeconds(Math.Min(longest, Mathf.Clamp(firstDelaySeconds, 0.01f, 600))),
                        MaxDelay = TimeSpan.FromSeconds(longest),
                        MaxAttempts = Mathf.Clamp(mostAttempts, 1, 10000),
                        GiveUpAfter = TimeSpan.FromSeconds(Mathf.Clamp(giveUpSeconds, 1, 86400)),
                    },
            };
        }
    }
}
