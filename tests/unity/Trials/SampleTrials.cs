using System;
using System.Collections.Generic;
using System.Linq;
using Loquent.Double;
using Loquent.Samples.FixedPlace;
using Loquent.Samples.Tavern;
using UnityEngine;
using UnityEngine.EventSystems;

namespace Loquent.Trials
{
    /// <summary>The package's samples, played as a user does.</summary>
    internal static class SampleTrials
    {
        private const double MostSeconds = 30;

        /// <summary>Plays the tavern. Prints, for each character, whom one talks to, what they did last and how they greeted, and the reply; then what is served.</summary>
        internal static int Tavern(string address)
        {
            Engine.Reset();
            Stage.Player(new Vector3(0, 1, -10)); // as in a new scene
            new GameObject("EventSystem").AddComponent<EventSystem>();
            LoquentSettings settings = ScriptableObject.CreateInstance<LoquentSettings>();
            settings.Address = address;
            settings.Reading.ReadingSpeed = 200; // a guest in a hurry
            settings.Reading.Pauses = 0;
            new GameObject("Client").AddComponent<LoquentClient>().Settings = settings;
            var tavern = new GameObject("Tavern").AddComponent<Samples.Tavern.Tavern>();
            var guest = tavern.GetComponent<Guest>();
            var greeted = new HashSet<Npc>();
            foreach (Npc one in tavern.People)
            {
                one.Ended += (who, reason) => greeted.Add(who);
            }

            bool good = Engine.RunInRealTimeUntil(() => tavern.People.All(one => one.State == NpcState.Listening), MostSeconds);
            tavern.Orders.Served += what => Console.WriteLine("served: " + what);
            foreach (Npc one in tavern.People)
            {
                Gui.Press(Gui.Of(guest), "Turn to " + one.Character);
                Engine.RunFrames(3);
                Console.WriteLine(guest.Partner.DisplayName + " at " + Degrees(one) + ", prompt at " + Degrees(tavern.Prompt));
                good &= Engine.RunInRealTimeUntil(() => greeted.Contains(one), MostSeconds);
                Console.WriteLine(one.GetComponent<Gestures>().Last + ": " + one.Text);
                good &= Hears(one, () => Press(tavern, 1));
                Console.WriteLine(one.Text.ToString());
            }

            Gui.Press(Gui.Of(guest), "Turn to innkeeper");
            Engine.RunFrames(3);
            good &= Hears(tavern.People[0], () => Press(tavern, 3));
            good &= Engine.RunInRealTimeUntil(() => tavern.Orders.Count > 0, MostSeconds);
            return Finish(good);
        }

        /// <summary>Plays the fixed place. Prints where the canvas is, which way it's read, how large its text is, and the page.</summary>
        internal static int Fixed(string address)
        {
            Engine.Reset();
            Device.AddSystemFont("Noto Sans CJK SC", "/fonts/NotoSansCJK.ttc", point => point >= 0x2E80);
            Camera player = Stage.Player(new Vector3(0, 1, -10));
            new GameObject("Client").AddComponent<LoquentClient>().Address = address;
            var place = new GameObject("Place").AddComponent<FixedPlace>();
            bool isOver = false;
            Engine.Frame();
            place.Voice.Ended += (who, reason) => isOver = true;
            bool good = Engine.RunInRealTimeUntil(() => isOver, MostSeconds);
            SpeechCanvas speech = place.Voice.Speech;
            Vector3 way = speech.Root.position - player.transform.position;
            Console.WriteLine("middle at " + Middle(speech.Root).ToString("0.00"));
            Console.WriteLine("turned from the player's eye by " + Vector3.Angle(new Vector3(way.x, 0, way.z), speech.Root.forward).ToString("0") + " degrees");
            float em = speech.PartsInUse.Page.fontSize * speech.Root.lossyScale.y * 1000 / way.magnitude;
            Console.WriteLine("text of " + em.ToString("0") + " dmm");
            Console.WriteLine(speech.Reveal.Page.ToString());
            return Finish(good);
        }

        /// <summary>Does something, and waits until somebody has said something whole.</summary>
        private static bool Hears(Npc who, Action first)
        {
            bool isOver = false;
            Action<Npc, Loquent.Core.EndReason> end = (from, reason) => isOver = true;
            who.Ended += end;
            first();
            bool heard = Engine.RunInRealTimeUntil(() => isOver, MostSeconds);
            who.Ended -= end;
            return heard;
        }

        private static void Press(Samples.Tavern.Tavern tavern, int reply)
        {
            Pointer.Click(tavern.Prompt.Canvas.GetComponentsInChildren<UnityEngine.UI.Button>()[reply]);
        }

        private static Vector3 Middle(RectTransform root)
        {
            var corners = new Vector3[4];
            root.GetWorldCorners(corners);
            return (corners[0] + corners[2]) / 2;
        }

        private static string Degrees(Component what)
        {
            Vector3 way = what.transform.position - Camera.main.transform.position;
            return Vector3.Angle(Camera.main.transform.forward, new Vector3(way.x, 0, way.z)).ToString("0") + " degrees";
        }

        private static int Finish(bool good)
        {
            foreach (LogLine line in EngineLog.Unexpected())
            {
                Console.WriteLine(line);
            }

            Engine.Stop();
            return good ? 0 : 1;
        }
    }
}
