using System.Collections;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double.Tests
{
    /// <summary>What the engine told the scripts of a test, in order.</summary>
    internal static class Diary
    {
        private static readonly List<string> Lines = new List<string>();

        internal static void Clear() => Lines.Clear();

        internal static void Write(string line) => Lines.Add(line);

        internal static string Take()
        {
            string all = string.Join(" ", Lines);
            Lines.Clear();
            return all;
        }
    }

    /// <summary>Writes down every message that it gets.</summary>
    public class Diarist : MonoBehaviour
    {
        protected virtual string Sign => name;

        private void Awake() => Diary.Write(Sign + ".Awake");

        private void OnEnable() => Diary.Write(Sign + ".OnEnable");

        private void Start() => Diary.Write(Sign + ".Start");

        private void Update() => Diary.Write(Sign + ".Update");

        private void LateUpdate() => Diary.Write(Sign + ".LateUpdate");

        private void OnDisable() => Diary.Write(Sign + ".OnDisable");

        private void OnDestroy() => Diary.Write(Sign + ".OnDestroy");

        private void OnApplicationQuit() => Diary.Write(Sign + ".OnApplicationQuit");

        private void OnApplicationPause(bool isPaused) => Diary.Write(Sign + ".OnApplicationPause(" + isPaused + ")");
    }

    [DefaultExecutionOrder(-10)]
    public sealed class EarlyDiarist : Diarist
    {
        protected override string Sign => "early " + name;
    }

    /// <summary>Throws wherever it can.</summary>
    public sealed class Thrower : MonoBehaviour
    {
        private void Awake() => throw new System.InvalidOperationException("in Awake");

        private void Update() => throw new System.InvalidOperationException("in Update");
    }

    /// <summary>Runs one coroutine from Start on.</summary>
    public sealed class Routine : MonoBehaviour
    {
        public System.Func<IEnumerator> Steps;

        private IEnumerator Start() => Steps();
    }
}
