// loquent-scene: the package's components in the engine double, frame by frame in real time, against a real server.
//
//     mono loquent-scene.exe talk --url ws://127.0.0.1:8765 [--player NAME] [--texts "Hello!|Halt!"] [--speed 400]
//     mono loquent-scene.exe interrupt --url … [--player NAME] [--texts "Hello!|Wait!"] [--after 40] [--speed 60]
//     mono loquent-scene.exe stop --url … [--player NAME] [--texts "Hello!"] [--after 20]
//     mono loquent-scene.exe first --url … [--player NAME] [--texts "A beer, please!"]
//
// talk: an innkeeper and a guard answer at once. interrupt: the second text is said when so much of the first reply has been seen. stop: Play mode stops then.
//
// first: the innkeeper speaks first; then the text is said, and what that was is decided.
//
// Standard output is UTF-8, one JSON object a line, each with an "event". Nothing else is printed there.
//
//   {"event": "state", "npc": "innkeeper", "state": "Speaking"}
//   {"event": "started" | "failed", "npc": …}, {"event": "ended", "npc": …, "reason": "Stop"}
//   {"event": "cue", "npc": …, "name": "wave", "shown": 12}: the reveal was there then
//   {"event": "decided", "npc": …, "option": "yes", "probability": 0.75, "over": 1, "error": null}: with how many replies that had been shown
//   {"event": "seen", "npc": …, "pages": ["…"], "text": "…", "shown": 57}: what was to be read on the canvas, page by page, and what had come
//   {"event": "frames", "count": 700, "layouts": 12, "most": 2}: how many layouts of text there were, and in one frame at most
//   {"event": "log", "type": "Warning", "message": "…"}: all of the engine's log but exceptions, which end the program with status 1
using System;
using System.Text;
using Loquent.Double;
using Loquent.EndToEnd;
using UnityEngine;

namespace Loquent.Scene
{
    /// <summary>Runs one command.</summary>
    internal static class Program
    {
        private static void Main(string[] words)
        {
            Console.OutputEncoding = new UTF8Encoding(false);
            int status = Run(new Words(words));
            Environment.Exit(status);
        }

        private static int Run(Words words)
        {
            Engine.Reset();
            new Play(words).Run();
            Engine.Stop();
            int status = 0;
            foreach (LogLine line in EngineLog.Lines)
            {
                new JsonLine("log").Add("type", line.Type.ToString()).Add("message", line.ToString()).Print();
                status = line.Type == LogType.Exception ? 1 : status;
            }

            return status;
        }
    }
}
