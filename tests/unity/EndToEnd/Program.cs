// loquent-e2e: the C# client against a real server, for tests in any language.
//
//     mono loquent-e2e.exe two-streams --url ws://127.0.0.1:8765 [--player NAME] [--characters innkeeper,guard]
//                          [--texts "Hello!|Halt!"] [--cancel-after 40]
//     mono loquent-e2e.exe chat --url … [--player NAME] [--characters innkeeper] [--texts "Hello!"]
//     mono loquent-e2e.exe losses --url … [--player NAME] [--characters innkeeper,guard] [--texts "Hello!|Halt!"] [--reconnect-ms 50]
//     mono loquent-e2e.exe faults --url … [--characters innkeeper]
//
// All take --token TOKEN, --token-in hello (or header), and --timeout SECONDS (of the whole run; 120 unless told).
//
// Standard output is UTF-8, one JSON object a line, each with an "event". Nothing else is printed there.
//
//   all          {"event": "error", "type": "UnreachableException", "message": "…"}: it failed; the exit status is 1
//   two-streams  {"event": "opened", "character": "innkeeper", "name": "Marta", "cues": ["wave"], "history": [["said", "reply"]]}
//                {"event": "turn", "character": "innkeeper", "said": "Hello!", "text": "…", "scalars": 57, "reason": "stop", "shown": null,
//                 "shown_text": null, "frames": 12, "error": null}: what was received, exactly; for the second turn, if it was cancelled, shown is
//                 how many scalar values were said to be seen, and shown_text those
//                {"event": "interleaved", "value": true}: whether text of one turn came between two texts of the other
//                {"event": "stored", "character": "innkeeper", "history": [["Hello!", "…"]]}: what the server gives when opened again
//   chat         {"event": "opened", …}, {"event": "text", "text": "…"} for each piece, {"event": "turn", …}
//   losses       {"event": "opened", …}, {"event": "turn", …} for each text, and as it happens
//                {"event": "reconnecting", "attempt": 1, "reason": "ConnectionLostException"}: the connection is lost, or an attempt has failed
//                {"event": "reconnected", "resumed": true}: there is one again, and whether the session goes on
//                {"event": "opened again", …}: a conversation that was lost
//   faults       {"event": "fault", "step": "unknown_character", "code": "character_unknown", "refers": ["open", 2], "message": "…", "alive": true}:
//                 what came back, and whether a conversation could be opened afterwards on the same connection (null where that can't be asked)
//                {"event": "skipped", "step": "unknown_kind", "alive": true}: nothing came back, as it must be
//                {"event": "closed", "step": "framing", "code": 1007}: the end, which the last step asks for
using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core.Failures;

namespace Loquent.EndToEnd
{
    /// <summary>Runs one command.</summary>
    internal static class Program
    {
        private static void Main(string[] words)
        {
            Console.OutputEncoding = new UTF8Encoding(false);
            int status = Run(words);

            // Where Main just returns, Mono's runtime now and then waits for an idle thread of its pool, up to a minute.
            Environment.Exit(status);
        }

        private static int Run(string[] words)
        {
            try
            {
                var arguments = new Arguments(words);
                using (var cancellation = new CancellationTokenSource(arguments.Timeout))
                {
                    Task.Run(() => RunAsync(arguments, cancellation.Token)).GetAwaiter().GetResult();
                }

                return 0;
            }
            catch (Exception error) when (error is LoquentException || error is ArgumentException || error is OperationCanceledException)
            {
                new JsonLine("error").Add("type", error.GetType().Name).Add("message", error.Message).Print();
                return 1;
            }
        }

        private static Task RunAsync(Arguments arguments, CancellationToken cancellation)
        {
            switch (arguments.Command)
            {
                case "two-streams":
                    return new TwoStreams(arguments).RunAsync(cancellation);
                case "chat":
                    return new Chat(arguments).RunAsync(cancellation);
                case "losses":
                    return new Losses(arguments).RunAsync(cancellation);
                case "faults":
                    return new Faults(arguments).RunAsync(cancellation);
                default:
                    throw new ArgumentException("Give a command: two-streams, chat, losses or faults; " + arguments.Command + " is none.");
            }
        }
    }
}
