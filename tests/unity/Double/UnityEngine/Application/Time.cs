using Loquent.Double;

namespace UnityEngine
{
    public class Time
    {
        public static float time => (float)Clock.Time;

        public static double timeAsDouble => Clock.Time;

        public static float timeSinceLevelLoad => (float)(Clock.Time - Clock.LevelLoaded);

        public static float deltaTime => Clock.InFixedStep ? Clock.FixedDeltaTime : Clock.DeltaTime;

        public static float unscaledTime => (float)Clock.UnscaledTime;

        public static double unscaledTimeAsDouble => Clock.UnscaledTime;

        public static float unscaledDeltaTime => Clock.UnscaledDeltaTime;

        public static float smoothDeltaTime => Clock.DeltaTime;

        public static float fixedTime => (float)Clock.FixedTime;

        public static float realtimeSinceStartup => (float)Clock.UnscaledTime;

        public static double realtimeSinceStartupAsDouble => Clock.UnscaledTime;

        public static int frameCount => Clock.FrameCount;

        public static bool inFixedTimeStep => Clock.InFixedStep;

        public static float timeScale
        {
            get => Clock.TimeScale;
            set => Clock.TimeScale = value;
        }

        public static float fixedDeltaTime
        {
            get => Clock.FixedDeltaTime;
            set => Clock.FixedDeltaTime = value;
        }

        public static float maximumDeltaTime
        {
            get => Clock.MaximumDeltaTime;
            set => Clock.MaximumDeltaTime = value;
        }

        private static Clock Clock
        {
            get
            {
                World.RequireMainThread(nameof(Time));
                return World.Current.Clock;
            }
        }
    }
}
