using System;
using System.Collections.Generic;
using System.Threading;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>What the program and its device are like, and what the program asked of them.</summary>
    internal sealed class ApplicationState
    {
        internal RuntimePlatform Platform { get; set; } = RuntimePlatform.LinuxPlayer;

        internal bool IsDebugBuild { get; set; } = true;

        internal bool IsFocused { get; set; } = true;

        internal bool RunsInBackground { get; set; }

        internal int TargetFrameRate { get; set; } = -1;

        internal NetworkReachability Reachability { get; set; } = NetworkReachability.ReachableViaLocalAreaNetwork;

        internal SystemLanguage Language { get; set; } = SystemLanguage.English;

        internal bool HasAskedToQuit { get; set; }

        internal List<string> OpenedUrls { get; } = new List<string>();

        internal CancellationTokenSource Ending { get; } = new CancellationTokenSource();

        internal Action Quitting { get; set; }

        internal Action Unloading { get; set; }

        internal Action<bool> FocusChanged { get; set; }

        internal Action<string> DeepLinkActivated { get; set; }

        internal Func<bool> WantsToQuit { get; set; }

        internal UnityEngine.Application.LowMemoryCallback LowMemory { get; set; }

        internal UnityEngine.Events.UnityAction BeforeRender { get; set; }

        internal bool IsEditor =>
            Platform == RuntimePlatform.LinuxEditor || Platform == RuntimePlatform.OSXEditor || Platform == RuntimePlatform.WindowsEditor;

        internal bool IsMobile => Platform == RuntimePlatform.Android || Platform == RuntimePlatform.IPhonePlayer;
    }
}
