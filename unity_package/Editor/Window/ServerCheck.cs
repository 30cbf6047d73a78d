using System;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using Loquent.Core;
using Loquent.Core.Failures;
using UnityEngine;

namespace Loquent.Editor
{
    /// <summary>
    /// Finds out what a server offers, as a game would see it: whether it's there and lets one in, its model, its characters, how long things take. Runs on a thread of
    /// the pool, so that the Editor never waits, and touches nothing of the scene.
    /// </summary>
    internal sealed class ServerCheck
    {
        /// <summary>How often the way to the server and back is measured.</summary>
        private const int RoundTrips = 5;

        private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(5);

        private readonly SessionOptions options;
        private readonly string line;
        private readonly string wanted;

        /// <summary>Makes a check.</summary>
        /// <param name="options">How the server is reached.</param>
        /// <param name="character">Who is opened to try it; null for the first that the server tells.</param>
        /// <param name="line">What is said to try it; null for nothing, which costs the model nothing.</param>
        internal ServerCheck(SessionOptions options, string character, string line)
        {
            this.options = options;
            this.line = line;
            wanted = character;
            Report = new ServerReport(options.Address);
        }

        /// <summary>What has been found out so far.</summary>
        internal ServerReport Report { get; }

        /// <summary>Looks at the server.</summary>
        /// <param name="cancellation">Ends it.</param>
        /// <returns>Completes when all has been looked at. It doesn't fail: what goes wrong stands in the report.</returns>
        internal Task RunAsync(CancellationToken cancellation)
        {
            return Task.Run(() => LookAsync(cancellation));
        }

        private async Task LookAsync(CancellationToken cancellation)
        {
            try
            {
                using (var http = new HttpClient { Timeout = HttpTimeout })
                {
                    if (!string.IsNullOrEmpty(options.Token))
                    {
                        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
                    }

                    await LookAtHealthAsync(http, cancellation);
                    await LookAtCharactersAsync(http, cancellation);
                }

                await TalkAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                Report.Warn("Test", "It was cancelled.");
            }
            catch (LoquentException error)
            {
                Report.Problem("Connection", error.Message);
            }
            catch (Exception error)
            {
                Report.Problem("Test", "It came to nothing: " + error.GetBaseException().Message);
            }
        }

        /// <summary>Asks for what everybody may know. A server behind a proxy may not answer that, and be well all the same.</summary>
        private async Task LookAtHealthAsync(HttpClient http, CancellationToken cancellation)
        {
            try
            {
                using (HttpResponseMessage answer = await http.GetAsync(At("healthz"), cancellation))
                {
                    var health = Parse<ServedHealth>(await answer.Content.ReadAsStringAsync());
                    if (health == null || string.IsNullOrEmpty(health.engine))
                    {
                        Report.Warn("Server", "There's something at this address, but it doesn't say that it's a Loquent server.");
                        return;
                    }

                    Report.Good("Server", "Loquent " + health.version);
                    string model = health.model + " (" + health.engine + ")";
                    if (health.status == "ok")
                    {
                        Report.Good("Model", model);
                    }
                    else if (health.status == "starting")
                    {
                        Report.Warn("Model", model + " is still loading. Wait until the server says that it's ready.");
                    }
                    else
                    {
                        Report.Problem("Model", model + " has stopped working" + (string.IsNullOrEmpty(health.cause) ? "." : ": " + health.cause));
                    }
                }
            }
            catch (Exception error) when (IsOfHttp(error, cancellation))
            {
                // The connection says why, in a better sentence.
            }
        }

        private async Task LookAtCharactersAsync(HttpClient http, CancellationToken cancellation)
        {
            try
            {
                using (HttpResponseMessage answer = await http.GetAsync(At("characters"), cancellation))
                {
                    ServedCharacters served = answer.StatusCode == HttpStatusCode.OK
                        ? Parse<ServedCharacters>(await answer.Content.ReadAsStringAsync())
                        : null;
                    if (served != null && served.characters.Count > 0)
                    {
                        Report.Tell(served.characters);
                        Report.Good("Characters", string.Join(", ", served.characters.ConvertAll(one => one.character + " (" + one.name + ")")));
                    }
                    else if (answer.StatusCode == HttpStatusCode.Unauthorized)
                    {
                        Report.Warn("Characters", "The server tells them only to those who show a token that it knows.");
                    }
                    else
                    {
                        Report.Warn("Characters", "The server doesn't tell them here, as an older version, or one behind a proxy. NPCs can use them all the same.");
                    }
                }
            }
            catch (Exception error) when (IsOfHttp(error, cancellation))
            {
                // As above.
            }
        }

        private async Task TalkAsync(CancellationToken cancellation)
        {
            Stopwatch watch = Stopwatch.StartNew();
            using (Session session = await Session.ConnectAsync(options, cancellation))
            {
                Report.Good("Connection", "made in " + Milliseconds(watch) + (options.Address.Scheme == "wss" ? ", with TLS" : string.Empty));
                Report.Tell(session.Limits);
                Report.Good("Pictures", session.Limits.Images == 0 ? "the model sees nothing" : "the model sees");
                using (var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
                {
                    Task running = session.RunAsync(over.Token);
                    try
                    {
                        await LookAtTalkAsync(session, cancellation);
                        await session.CloseAsync();
                    }
                    finally
                    {
                        over.Cancel();
                        await Settle(running);
                    }
                }
            }
        }

        private async Task LookAtTalkAsync(Session session, CancellationToken cancellation)
        {
            string character = wanted ?? (Report.Characters.Count > 0 ? Report.Characters[0].character : null);
            if (character == null)
            {
                return;
            }

            var times = new double[RoundTrips];
            Conversation open = null;
            for (int i = 0; i < RoundTrips; i++)
            {
                open?.Close();
                Stopwatch watch = Stopwatch.StartNew();
                try
                {
                    open = await session.OpenAsync(character, null, cancellation);
                }
                catch (FaultException fault)
                {
                    Report.Problem("Character", fault.Message);
                    return;
                }

                times[i] = watch.Elapsed.TotalMilliseconds;
            }

            Array.Sort(times);
            Report.Good("Round trip", Milliseconds(times[RoundTrips / 2]) + ", half of " + RoundTrips + " were faster");
            if (line != null)
            {
                await SayAsync(open, cancellation);
            }

            open.Close();
        }

        private async Task SayAsync(Conversation open, CancellationToken cancellation)
        {
            Stopwatch watch = Stopwatch.StartNew();
            double first = -1;
            open.TextReceived += (turn, start, count) =>
            {
                first = first < 0 ? watch.Elapsed.TotalMilliseconds : first;
                Report.TellReply(turn.Text.ToString());
            };
            Turn said = open.Say(line);
            using (cancellation.Register(said.Cancel))
            {
                TurnEnd end = await said.Completion;
                cancellation.ThrowIfCancellationRequested();
                if (end.Error != null)
                {
                    Report.Problem("Reply", end.Error.Message);
                    return;
                }
            }

            double seconds = watch.Elapsed.TotalSeconds;
            Report.Good("First word", first < 0 ? "there was none" : "after " + Milliseconds(first));
            long? tokens = said.End.Usage?.ReplyTokens;
            double writing = seconds - (first / 1000);
            if (tokens > 1 && writing > 0)
            {
                Report.Good("Pace", ((tokens.Value - 1) / writing).ToString("0.#", CultureInfo.InvariantCulture) + " tokens a second");
            }
        }

        /// <summary>Waits for the session's own work, which ends by being told to.</summary>
        private static async Task Settle(Task running)
        {
            try
            {
                await running;
            }
            catch (OperationCanceledException)
            {
                // As it should.
            }
            catch (LoquentException)
            {
                // What ended it has been reported where it showed.
            }
        }

        /// <summary>Where the server answers plain HTTP: beside its WebSocket.</summary>
        private Uri At(string path)
        {
            var where = new UriBuilder(options.Address) { Scheme = options.Address.Scheme == "wss" ? "https" : "http" };
            where.Port = options.Address.IsDefaultPort ? (where.Scheme == "https" ? 443 : 80) : options.Address.Port;
            where.Path = where.Path.TrimEnd('/') + "/" + path;
            return where.Uri;
        }

        private static bool IsOfHttp(Exception error, CancellationToken cancellation)
        {
            return error is HttpRequestException || error is WebException || (error is OperationCanceledException && !cancellation.IsCancellationRequested);
        }

        private static T Parse<T>(string json)
            where T : class
        {
            try
            {
                return JsonUtility.FromJson<T>(json);
            }
            catch (ArgumentException)
            {
                return null; // it's something else's answer
            }
        }

        private static string Milliseconds(Stopwatch watch)
        {
            return Milliseconds(watch.Elapsed.TotalMilliseconds);
        }

        private static string Milliseconds(double time)
        {
            return time.ToString(time < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";
        }
    }
}
