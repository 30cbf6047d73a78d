using System;
using System.Threading;
using Loquent.Double;
using UnityEngine.Events;

namespace UnityEngine
{
    public enum NetworkReachability
    {
        NotReachable = 0,
        ReachableViaCarrierDataNetwork = 1,
        ReachableViaLocalAreaNetwork = 2,
    }

    public enum RuntimePlatform
    {
        OSXEditor = 0,
        OSXPlayer = 1,
        WindowsPlayer = 2,
        WindowsEditor = 7,
        IPhonePlayer = 8,
        Android = 11,
        LinuxPlayer = 13,
        LinuxEditor = 16,
        WebGLPlayer = 17,
        VisionOS = 50,
    }

    public enum SystemLanguage
    {
        Arabic = 1,
        Chinese = 6,
        English = 10,
        French = 14,
        German = 15,
        Japanese = 22,
        Korean = 23,
        Spanish = 34,
        ChineseSimplified = 40,
        ChineseTraditional = 41,
        Unknown = 42,
    }

    /// <summary>The program as a whole. A test sets what it's like with Engine.</summary>
    public class Application
    {
        public delegate void LogCallback(string condition, string stackTrace, LogType type);

        public delegate void LowMemoryCallback();

        public static event Action quitting
        {
            add => State.Quitting += value;
            remove => State.Quitting -= value;
        }

        public static event Action unloading
        {
            add => State.Unloading += value;
            remove => State.Unloading -= value;
        }

        public static event Func<bool> wantsToQuit
        {
            add => State.WantsToQuit += value;
            remove => State.WantsToQuit -= value;
        }

        public static event Action<bool> focusChanged
        {
            add => State.FocusChanged += value;
            remove => State.FocusChanged -= value;
        }

        public static event Action<string> deepLinkActivated
        {
            add => State.DeepLinkActivated += value;
            remove => State.DeepLinkActivated -= value;
        }

        public static event LowMemoryCallback lowMemory
        {
            add => State.LowMemory += value;
            remove => State.LowMemory -= value;
        }

        public static event UnityAction onBeforeRender
        {
            add => State.BeforeRender += value;
            remove => State.BeforeRender -= value;
        }

        public static event LogCallback logMessageReceived
        {
            add => World.Current.Log.Received += value;
            remove => World.Current.Log.Received -= value;
        }

        public static event LogCallback logMessageReceivedThreaded
        {
            add => World.Current.Log.ReceivedThreaded += value;
            remove => World.Current.Log.ReceivedThreaded -= value;
        }

        public static bool isPlaying
        {
            get
            {
                World.RequireMainThread("get_isPlaying");
                return World.Exists && World.Current.IsPlaying;
            }
        }

        public static bool isFocused => State.IsFocused;

        public static bool isEditor => State.IsEditor;

        public static bool isMobilePlatform => State.IsMobile;

        public static bool isBatchMode => false;

        public static bool runInBackground
        {
            get => State.RunsInBackground;
            set => State.RunsInBackground = value;
        }

        public static int targetFrameRate
        {
            get => State.TargetFrameRate;
            set => State.TargetFrameRate = value;
        }

        public static string version => "1.0";

        public static string productName => "Double";

        public static string companyName => "Loquent";

        public static string identifier => "com.loquent.double";

#if UNITY_6000_0_OR_NEWER
        public static string unityVersion => "6000.0.0f1";
#else
        public static string unityVersion => "2022.3.0f1";
#endif

        public static string absoluteURL => string.Empty;

        public static string persistentDataPath => System.IO.Path.GetTempPath();

        public static string dataPath => AppDomain.CurrentDomain.BaseDirectory;

        public static string streamingAssetsPath => System.IO.Path.Combine(dataPath, "StreamingAssets");

        public static string temporaryCachePath => System.IO.Path.GetTempPath();

        public static RuntimePlatform platform => State.Platform;

        public static NetworkReachability internetReachability => State.Reachability;

        public static SystemLanguage systemLanguage => State.Language;

        public static CancellationToken exitCancellationToken => State.Ending.Token;

        private static ApplicationState State
        {
            get
            {
                World.RequireMainThread(nameof(Application));
                return World.Current.Part<ApplicationState>();
            }
        }

        public static bool IsPlaying(Object obj) => isPlaying && obj != null;

        public static void Quit() => State.HasAskedToQuit = true;

        public static void Quit(int exitCode) => Quit();

        public static void OpenURL(string url) => State.OpenedUrls.Add(url);
    }
}
