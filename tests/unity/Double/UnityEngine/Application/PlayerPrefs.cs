using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    /// <summary>What a program remembers; the double forgets it after the test.</summary>
    public class PlayerPrefs
    {
        private static Values All => World.Current.Part<Values>();

        public static void SetInt(string key, int value) => All[key] = value;

        public static int GetInt(string key) => GetInt(key, 0);

        public static int GetInt(string key, int defaultValue) => All.TryGetValue(key, out object found) && found is int ? (int)found : defaultValue;

        public static void SetFloat(string key, float value) => All[key] = value;

        public static float GetFloat(string key) => GetFloat(key, 0);

        public static float GetFloat(string key, float defaultValue) =>
            All.TryGetValue(key, out object found) && found is float ? (float)found : defaultValue;

        public static void SetString(string key, string value) => All[key] = value;

        public static string GetString(string key) => GetString(key, string.Empty);

        public static string GetString(string key, string defaultValue) => All.TryGetValue(key, out object found) ? found as string ?? defaultValue : defaultValue;

        public static bool HasKey(string key) => All.ContainsKey(key);

        public static void DeleteKey(string key) => All.Remove(key);

        public static void DeleteAll() => All.Clear();

        public static void Save()
        {
        }

        private sealed class Values : Dictionary<string, object>
        {
        }
    }
}
