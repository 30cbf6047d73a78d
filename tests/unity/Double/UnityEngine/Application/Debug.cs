using System;
using Loquent.Double;

namespace UnityEngine
{
    public enum LogType
    {
        Error = 0,
        Assert = 1,
        Warning = 2,
        Log = 3,
        Exception = 4,
    }

    /// <summary>The log, which any thread may write.</summary>
    public class Debug
    {
        public static bool isDebugBuild => World.Current.Part<ApplicationState>().IsDebugBuild;

        public static void Log(object message) => Write(LogType.Log, message, null);

        public static void Log(object message, Object context) => Write(LogType.Log, message, context);

        public static void LogFormat(string format, params object[] args) => Write(LogType.Log, string.Format(format, args), null);

        public static void LogFormat(Object context, string format, params object[] args) => Write(LogType.Log, string.Format(format, args), context);

        public static void LogWarning(object message) => Write(LogType.Warning, message, null);

        public static void LogWarning(object message, Object context) => Write(LogType.Warning, message, context);

        public static void LogWarningFormat(string format, params object[] args) => Write(LogType.Warning, string.Format(format, args), null);

        public static void LogWarningFormat(Object context, string format, params object[] args) =>
            Write(LogType.Warning, string.Format(format, args), context);

        public static void LogError(object message) => Write(LogType.Error, message, null);

        public static void LogError(object message, Object context) => Write(LogType.Error, message, context);

        public static void LogErrorFormat(string format, params object[] args) => Write(LogType.Error, string.Format(format, args), null);

        public static void LogErrorFormat(Object context, string format, params object[] args) => Write(LogType.Error, string.Format(format, args), context);

        public static void LogException(Exception exception) => LogException(exception, null);

        public static void LogException(Exception exception, Object context)
        {
            string text = exception == null ? "Null" : exception.GetType().Name + ": " + exception.Message;
            World.Current.Log.Add(LogType.Exception, text, context, exception);
        }

        [System.Diagnostics.Conditional("UNITY_ASSERTIONS")]
        public static void Assert(bool condition)
        {
            if (!condition)
            {
                Write(LogType.Assert, "Assertion failed", null);
            }
        }

        [System.Diagnostics.Conditional("UNITY_ASSERTIONS")]
        public static void Assert(bool condition, string message)
        {
            if (!condition)
            {
                Write(LogType.Assert, message, null);
            }
        }

        public static void DrawLine(Vector3 start, Vector3 end)
        {
        }

        public static void DrawLine(Vector3 start, Vector3 end, Color color)
        {
        }

        public static void DrawRay(Vector3 start, Vector3 dir)
        {
        }

        public static void DrawRay(Vector3 start, Vector3 dir, Color color)
        {
        }

        private static void Write(LogType type, object message, Object context)
        {
            if (World.Exists)
            {
                World.Current.Log.Add(type, message, context);
            }
        }
    }
}
