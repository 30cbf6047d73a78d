using System;
using System.Threading;
using Loquent.Double;
using Loquent.Editor;
using UnityEngine;

namespace Loquent.Trials
{
    /// <summary>
    /// Tries something in the engine double against a real server. The first argument says what, the second is the server's address. What can be seen in
    /// the end is printed.
    /// <para>window ADDRESS [TOKEN [LINE]] tests the server in the Editor's window, and says a line if there's one.</para>
    /// <para>tavern ADDRESS plays the sample Tavern: looks at each character, and presses a reply.</para>
    /// <para>fixed ADDRESS plays the sample Fixed Place.</para>
    /// <para>picture ADDRESS shows an NPC what the player sees, a red cube below a green one, and prints the reply.</para>
    /// </summary>
    internal static class Program
    {
        private const double MostSeconds = 30;

        private static int Main(string[] arguments)
        {
            switch (arguments[0])
            {
                case "window":
                    return Window(arguments[1], arguments.Length > 2 ? arguments[2] : string.Empty, arguments.Length > 3 ? arguments[3] : null);
                case "picture":
                    return Picture(arguments[1]);
                case "tavern":
                    return SampleTrials.Tavern(arguments[1]);
                case "fixed":
                    return SampleTrials.Fixed(arguments[1]);
                default:
                    Console.Error.WriteLine("There's no command " + arguments[0] + ".");
                    return 2;
            }
        }

        private static int Window(string address, string token, string line)
        {
            Engine.ResetToEditMode();
            LoquentWindow window = LoquentWindow.Open(null);
            Action draw = Editing.Of(window);
            Gui.Type(draw, "Address", address);
            Gui.Type(draw, "Token", token);
            if (line != null)
            {
                Gui.Type(draw, "Line", line);
            }

            Gui.Press(draw, line == null ? "Test the connection" : "Say the line");
            DateTime end = DateTime.UtcNow.AddSeconds(MostSeconds);
            while (window.IsTesting && DateTime.UtcNow < end)
            {
                Thread.Sleep(5);
                Editing.Update(window);
                Gui.Draw(draw); // as often as the Editor does
            }

            Editing.Update(window);
            Console.WriteLine(Gui.Text(draw));
            window.Close();
            return 0;
        }

        private static int Picture(string address)
        {
            Engine.Reset();
            Stage.Player();
            AddCube(new Vector3(0, 1.6f, 3), 1, Color.red);
            AddCube(new Vector3(0, 2.5f, 3), 0.4f, Color.green);
            new GameObject("Client").AddComponent<LoquentClient>().Address = address;
            Npc npc = Stage.Figure("Marta", new Vector3(2, 0, 3)).AddComponent<Npc>();
            CameraSnapshot snapshot = new GameObject("Eye").AddComponent<CameraSnapshot>();
            snapshot.Width = 200;
            snapshot.Height = 120;
            bool isAnswered = false;
            npc.Ended += (who, reason) => isAnswered = true;
            bool isThere = Engine.RunInRealTimeUntil(() => npc.State == NpcState.Listening, MostSeconds);
            snapshot.Say(npc, "What do you see?");
            bool isOver = Engine.RunInRealTimeUntil(() => isAnswered, MostSeconds);
            Console.WriteLine(npc.Text.ToString());
            Console.WriteLine(string.Join("\n", (object[])EngineLog.Lines));
            Engine.Stop();
            return isThere && isOver ? 0 : 1;
        }

        private static void AddCube(Vector3 middle, float side, Color color)
        {
            GameObject cube = GameObject.CreatePrimitive(PrimitiveType.Cube);
            cube.transform.position = middle;
            cube.transform.localScale = Vector3.one * side;
            cube.GetComponent<Renderer>().material.color = color;
        }
    }
}
