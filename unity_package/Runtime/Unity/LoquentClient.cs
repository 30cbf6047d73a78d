using System;
using System.Threading.Tasks;
using Loquent.Core;
using Loquent.Core.Failures;
using Loquent.Core.Talking;
using Loquent.Core.Transport;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.Scripting;

namespace Loquent
{
    /// <summary>
    /// The connection to a Loquent server. Have one in a scene, whatever the number of NPCs: they find it by themselves. It connects, connects again when the
    /// connection is lost, and ends with Play mode.
    /// </summary>
    /// <remarks>Everything happens on the main thread, in its Update; bytes are received and checked in the background.</remarks>
    [AddComponentMenu("Loquent/Client")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(ExecutionOrder.Client)]
    public sealed partial class LoquentClient : MonoBehaviour
    {
        /// <summary>How long a program that quits waits at most, so that the server learns of it.</summary>
        private const int QuittingMs = 200;

        [Tooltip("Where the server is: a ws:// address, or a wss:// address for one with TLS. Used as long as there is no settings asset. On a headset 127.0.0.1 is the headset itself.")]
        [SerializeField] private string address = LoquentSettings.DefaultAddress;

        [Tooltip("Address, token and limits, as an asset that scenes share (Assets > Create > Loquent > Settings). None: the address above, and defaults.")]
        [SerializeField] private LoquentSettings settings;

        [Tooltip("Whether to connect as soon as the component is enabled. Otherwise the game calls Connect.")]
        [SerializeField] private bool connectsByItself = true;

        [Tooltip("Whether the connection survives the loading of another scene. The game object is moved out of its scene then, and must be a root object.")]
        [SerializeField] private bool survivesSceneLoads;

        [Tooltip("There is a connection: the first one, or again.")]
        [SerializeField] private UnityEvent onConnected = new UnityEvent();

        [Tooltip("The connection can't be made or is lost, and it's tried again. The text says why.")]
        [SerializeField] private UnityEvent<string> onReconnecting = new UnityEvent<string>();

        [Tooltip("There is no connection, and it isn't tried again. The text says why, and what to do.")]
        [SerializeField] private UnityEvent<string> onFailed = new UnityEvent<string>();

        private LoquentSettings defaults;
        private SessionKeeper keeper;
        private Task closing = Task.CompletedTask;
        private bool isStarted;
        private bool isInTrouble;

        /// <summary><see cref="State"/> has changed. Raised on the main thread.</summary>
        public event Action<LoquentClient, ClientState> StateChanged;

        /// <summary>Gives the token, for settings with the source <see cref="TokenSource.Script"/>. Called on the main thread whenever it begins to connect.</summary>
        public Func<string> TokenProvider { get; set; }

        /// <summary>
        /// Makes the transport of each connection; null, the default, for .NET's WebSocket client. For platforms that it doesn't reach, and for tests. Set it before
        /// it connects.
        /// </summary>
        public Func<SessionOptions, ITransport> CreateTransport { get; set; }

        /// <summary>Where the server is. A change counts from the next <see cref="Connect"/> on.</summary>
        public string Address
        {
            get => settings != null ? settings.Address : address;
            set
            {
                if (settings != null)
                {
                    Settings = Instantiate(settings); // the asset belongs to the project
                    settings.Address = value;
                }

                address = value;
            }
        }

        /// <summary>The settings in use: the asset's, or defaults with <see cref="Address"/>. A change counts from the next <see cref="Connect"/> on.</summary>
        public LoquentSettings Settings
        {
            get
            {
                if (settings != null)
                {
                    return settings;
                }

                if (defaults == null)
                {
                    defaults = ScriptableObject.CreateInstance<LoquentSettings>();
                    defaults.hideFlags = HideFlags.DontSave;
                }

                defaults.Address = address;
                return defaults;
            }

            set => settings = value;
        }

        /// <summary>Whether it connects as soon as it's enabled.</summary>
        public bool ConnectsByItself
        {
            get => connectsByItself;
            set => connectsByItself = value;
        }

        /// <summary>Whether the connection survives the loading of another scene. Set it before the component is enabled first.</summary>
        public bool SurvivesSceneLoads
        {
            get => survivesSceneLoads;
            set => survivesSceneLoads = value;
        }

        /// <summary>There is a connection.</summary>
        public UnityEvent OnConnected => onConnected;

        /// <summary>The connection can't be made or is lost, and it's tried again.</summary>
        public UnityEvent<string> OnReconnecting => onReconnecting;

        /// <summary>There is no connection, and it isn't tried again.</summary>
        public UnityEvent<string> OnFailed => onFailed;

        /// <summary>How it stands to the server.</summary>
        public ClientState State { get; private set; }

        /// <summary>Whether there is a connection.</summary>
        public bool IsConnected => State == ClientState.Connected;

        /// <summary>Why there is no connection, as a sentence that says what to do; null while there is one.</summary>
        public string Failure { get; private set; }

        /// <summary>The session, for what the components don't do; null before the first connection.</summary>
        public Session Session => keeper?.Session;

        /// <summary>Keeps the session; null while it's off.</summary>
        internal SessionKeeper Keeper => keeper;

        /// <summary>Begins to connect, unless it's connected or at it. After a failure it begins anew, with the settings as they are now.</summary>
        [Preserve]
        public void Connect()
        {
            if (!isActiveAndEnabled)
            {
                Log.Warning(this, "it's disabled, so it doesn't connect. Enable it first.");
                return;
            }

            if (keeper != null && State != ClientState.Failed)
            {
                return;
            }

            Release();
            if (!TryMakeOptions(out SessionOptions options, out string problem))
            {
                Fail(problem);
                return;
            }

            keeper = new SessionKeeper(options);
            keeper.StateChanged += Follow;
            keeper.Retrying += HandleRetrying;
            keeper.SessionMade += Listen;
            isInTrouble = false;
            keeper.Connect();
        }

        /// <summary>Ends the connection, and all conversations with it. <see cref="Connect"/> makes another one.</summary>
        [Preserve]
        public void Disconnect()
        {
            Release();
            Failure = null;
            Become(ClientState.Off);
        }

        private void OnEnable()
        {
            if (!TryRegister())
            {
                return;
            }

            if (isStarted && connectsByItself)
            {
                Connect();
            }
        }

        private void Start()
        {
            // Not in OnEnable, so that whoever adds the component by script can set the address first.
            isStarted = true;
            if (connectsByItself)
            {
                Connect();
            }
        }

        private void Update()
        {
            if (keeper == null)
            {
                return;
            }

            LoquentSettings used = Settings;
            CanvasRound.Budget.PerFrame = Mathf.Clamp(used.LayoutsPerFrame, 1, 64);
            keeper.Update(Mathf.Clamp(used.FramesPerUpdate, 1, 100000));
        }

        private void OnDisable()
        {
            Disconnect();
            Unregister();
        }

        private void OnDestroy()
        {
            if (defaults != null)
            {
                Destroy(defaults);
            }
        }

        private bool TryMakeOptions(out SessionOptions options, out string problem)
        {
            options = null;
            LoquentSettings used = Settings;
            string where = (used.Address ?? string.Empty).Trim();
            if (!Uri.TryCreate(where, UriKind.Absolute, out Uri uri) || (uri.Scheme != "ws" && uri.Scheme != "wss"))
            {
                problem = "the address \"" + where + "\" can't be used. Give one that starts with ws:// or wss://, such as "
                    + LoquentSettings.DefaultAddress + ".";
                return false;
            }

            if (!TryGetToken(used, out string token, out problem))
            {
                return false;
            }

            options = used.ToOptions(uri, token);
            options.CreateTransport = CreateTransport;
            return true;
        }

        private bool TryGetToken(LoquentSettings used, out string token, out string problem)
        {
            token = null;
            problem = null;
            switch (used.TokenSource)
            {
                case TokenSource.Asset:
                    token = used.Token;
                    problem = string.IsNullOrEmpty(token)
                        ? "the settings say that the token stands in the asset, but there it's empty. Enter it there, or choose another source."
                        : null;
                    break;
                case TokenSource.Environment:
                    token = Environment.GetEnvironmentVariable(used.Token ?? string.Empty);
                    problem = string.IsNullOrEmpty(token)
                        ? "the environment variable \"" + used.Token
                            + "\" that the settings name for the token isn't set. Set it and restart, or choose another source."
                        : null;
                    break;
                case TokenSource.Script:
                    token = TokenProvider?.Invoke();
                    problem = string.IsNullOrEmpty(token)
                        ? "the settings say that a script gives the token, but LoquentClient.TokenProvider gave none. "
                            + "Set it before the client connects."
                        : null;
                    break;
            }

            return problem == null;
        }

        /// <summary>Closes the session, without waiting for it: its sockets end in the background.</summary>
        private void Release()
        {
            if (keeper == null)
            {
                return;
            }

            keeper.StateChanged -= Follow;
            keeper.Retrying -= HandleRetrying;
            keeper.SessionMade -= Listen;
            closing = keeper.CloseAsync();
            keeper = null;
        }

        private void Listen(Session session)
        {
            session.Error += HandleError;
            session.GoingAway += left => Log.Info(this, "the server stops in " + left.TotalSeconds + " s, and is connected to again after that.");
            session.FaultReceived += fault =>
            {
                if (fault.Refers == null)
                {
                    Log.Warning(this, "the server says: " + fault);
                }
            };
        }

        private void HandleError(Exception error)
        {
            if (error is LoquentException)
            {
                Log.Warning(this, error.Message); // the server's, and nothing stops for it
            }
            else
            {
                Log.Exception(this, error); // a handler's
            }
        }

        private void Follow(SessionKeeper which)
        {
            switch (which.State)
            {
                case KeeperState.Connected:
                    Log.Info(this, (isInTrouble ? "connected to " + Address + " again." : "connected to " + Address + "."));
                    isInTrouble = false;
                    Failure = null;
                    Become(ClientState.Connected);
                    Raise.Event(this, onConnected);
                    break;
                case KeeperState.Connecting:
                    Become(ClientState.Connecting);
                    break;
                case KeeperState.Reconnecting:
                    Become(ClientState.Reconnecting);
                    break;
                case KeeperState.Failed:
                    Fail(which.Failure?.Message ?? "the connection is gone.");
                    break;
                case KeeperState.Closed:
                    Become(ClientState.Off); // a script has closed the session
                    break;
            }
        }

        private void HandleRetrying(ReconnectAttempt next)
        {
            Failure = next.Reason.Message;
            if (isInTrouble)
            {
                return; // said once, not with each attempt
            }

            isInTrouble = true;
            Log.Warning(this, next.Reason.Message + " It's tried again for " + Settings.GiveUpSeconds + " s.");
            Raise.Event(this, onReconnecting, Failure);
        }

        private void Fail(string why)
        {
            Failure = why;
            Log.Error(this, why + " It isn't tried again; LoquentClient.Connect does.");
            Become(ClientState.Failed);
            Raise.Event(this, onFailed, why);
        }

        private void Become(ClientState state)
        {
            if (State == state)
            {
                return;
            }

            State = state;
            try
            {
                StateChanged?.Invoke(this, state);
            }
            catch (Exception error)
            {
                Log.Exception(this, error);
            }
        }
    }
}
