using Loquent.Double;

namespace UnityEditor
{
    public enum BuildTarget
    {
        StandaloneOSX = 2,
        StandaloneWindows = 5,
        iOS = 9,
        Android = 13,
        StandaloneWindows64 = 19,
        WebGL = 20,
        StandaloneLinux64 = 24,
    }

    public class EditorUserBuildSettings
    {
        private EditorUserBuildSettings()
        {
        }

        public static BuildTarget activeBuildTarget => World.Current.Part<EditorState>().Target;
    }

    public sealed class PlayerSettings
    {
        private PlayerSettings()
        {
        }

        public static bool runInBackground
        {
            get => World.Current.Part<EditorState>().RunsInBackground;
            set => World.Current.Part<EditorState>().RunsInBackground = value;
        }

        public class Android
        {
            public static bool forceInternetPermission
            {
                get => World.Current.Part<EditorState>().RequiresInternet;
                set => World.Current.Part<EditorState>().RequiresInternet = value;
            }
        }
    }

    public static class SettingsService
    {
        public static EditorWindow OpenProjectSettings(string settingsPath)
        {
            World.Current.Part<EditorState>().OpenedSettings.Add(settingsPath);
            return null;
        }
    }

    public sealed class EditorApplication
    {
        /// <summary>Seconds since the Editor was started: the engine's, as tests have no other time.</summary>
        public static double timeSinceStartup => World.Current.Part<EditorState>().Seconds;

        public static bool ExecuteMenuItem(string menuItemPath)
        {
            World.Current.Part<EditorState>().ExecutedMenus.Add(menuItemPath);
            return true;
        }
    }
}
