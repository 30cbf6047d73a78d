using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>
    /// Writes what can be seen, frame by frame, for tests/unity/pictures to draw: each canvas in the world with its plates and its glyphs, as the graphics card has
    /// them; figures; the player's camera. A line of JSON for each moment.
    /// </summary>
    public static class Recorder
    {
        private static readonly List<KeyValuePair<string, Transform>> Figures = new List<KeyValuePair<string, Transform>>();
        private static readonly List<KeyValuePair<string, Func<object>>> Values = new List<KeyValuePair<string, Func<object>>>();
        private static StreamWriter output;
        private static double every;
        private static double next;
        private static string note;

        /// <summary>Whether it writes.</summary>
        public static bool IsOn => output != null;

        /// <summary>Begins to write, with the next frame, until Play mode ends.</summary>
        /// <param name="path">The file; one that is there is replaced.</param>
        /// <param name="everySeconds">The time between two lines, at least a frame.</param>
        public static void Begin(string path, double everySeconds = 0.1)
        {
            End();
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)));
            output = new StreamWriter(path, false, new UTF8Encoding(false));
            every = everySeconds;
            next = Engine.Seconds;
        }

        /// <summary>Has a figure in the picture: the box around all that it draws, and where its forward axis points.</summary>
        /// <param name="figure">The figure.</param>
        public static void Watch(GameObject figure) => Figures.Add(new KeyValuePair<string, Transform>(figure.name, figure.transform));

        /// <summary>Writes a value with each line: a page's number, a state.</summary>
        /// <param name="name">What it's called.</param>
        /// <param name="value">Asked at each line.</param>
        public static void Watch(string name, Func<object> value) => Values.Add(new KeyValuePair<string, Func<object>>(name, value));

        /// <summary>Says what happens now: it's written with the next line.</summary>
        /// <param name="what">A few words.</param>
        public static void Say(string what) => note = note == null ? what : note + "; " + what;

        /// <summary>Ends the file.</summary>
        public static void End()
        {
            output?.Dispose();
            output = null;
            note = null;
            Figures.Clear();
            Values.Clear();
        }

        /// <summary>A frame is over.</summary>
        internal static void Note()
        {
            if (output == null || (Engine.Seconds < next - 1e-6 && note == null))
            {
                return;
            }

            next = Math.Max(next + every, Engine.Seconds);
            var line = new RecordLine();
            line.BeginObject();
            line.Name("time").Number(Engine.Seconds);
            line.Name("frame").Number(Engine.Frames);
            if (note != null)
            {
                line.Name("note").Text(note);
                note = null;
            }

            WriteValues(line);
            Pictured.Camera(line);
            line.Name("figures").BeginArray();
            foreach (KeyValuePair<string, Transform> figure in Figures)
            {
                if (figure.Value != null && figure.Value.gameObject.activeInHierarchy)
                {
                    Pictured.Figure(line, figure.Key, figure.Value);
                }
            }

            line.EndArray();
            Pictured.Canvases(line);
            line.EndObject();
            output.Write(line);
            output.Write('\n');
        }

        private static void WriteValues(RecordLine line)
        {
            if (Values.Count == 0)
            {
                return;
            }

            line.Name("values").BeginObject();
            foreach (KeyValuePair<string, Func<object>> value in Values)
            {
                line.Name(value.Key).Text(Convert.ToString(value.Value(), System.Globalization.CultureInfo.InvariantCulture));
            }

            line.EndObject();
        }
    }
}
