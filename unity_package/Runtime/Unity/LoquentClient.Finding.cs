using System.Collections.Generic;
using System.Threading.Tasks;
using UnityEngine;
using UnityEngine.SceneManagement;

namespace Loquent
{
    /// <content>How NPCs find their client, and what happens when Play stops.</content>
    public sealed partial class LoquentClient
    {
        /// <summary>So often a scene is searched again for a client that is turned off. One that is on is found at once.</summary>
        private const float LookAgainSeconds = 0.25f;

        private static readonly List<LoquentClient> Enabled = new List<LoquentClient>();
        private static bool isQuitting;

        private LoquentClient survivor;

        /// <summary>Whether the program, or Play mode, is ending, so that nothing is to be made any more.</summary>
        internal static bool IsQuitting => isQuitting;

        /// <summary>
        /// Finds the client for a component: the one of its scene, else one that survives scene loads, else any that is enabled. A disabled one in the scene counts
        /// too, so that a client that is turned off on purpose isn't replaced.
        /// </summary>
        /// <param name="component">Who looks for it.</param>
        /// <returns>The client; null if there is none.</returns>
        public static LoquentClient Find(Component component)
        {
            LoquentClient found = FindEnabled(component);
            if (found != null)
            {
                return found;
            }

            LoquentClient disabled = FindAnyObjectByType<LoquentClient>(FindObjectsInactive.Include);
            return disabled == null ? null : disabled.Effective;
        }

        /// <summary>As <see cref="Find"/>, for who asks in each frame: searches the scene a few times a second at most, since that takes the longer the more is in it.</summary>
        /// <param name="component">Who looks for it.</param>
        /// <param name="lookedAt">When the scene was searched; minus infinity to begin with.</param>
        internal static LoquentClient FindAgain(Component component, ref float lookedAt)
        {
            if (Time.unscaledTime - lookedAt < LookAgainSeconds)
            {
                return FindEnabled(component);
            }

            lookedAt = Time.unscaledTime;
            return Find(component);
        }

        private static LoquentClient FindEnabled(Component component)
        {
            LoquentClient surviving = null;
            LoquentClient any = null;
            Scene scene = component.gameObject.scene;
            foreach (LoquentClient client in Enabled)
            {
                if (client.gameObject.scene == scene)
                {
                    return client;
                }

                surviving = surviving == null && client.survivesSceneLoads ? client : surviving;
                any = any == null ? client : any;
            }

            return surviving != null ? surviving : any;
        }

        /// <summary>Finds the client for a component as <see cref="Find"/> does; if there is none, makes one with its defaults, and says so in the log.</summary>
        /// <param name="component">Who needs it.</param>
        /// <returns>The client; null only while the program ends.</returns>
        public static LoquentClient FindOrCreate(Component component)
        {
            LoquentClient found = Find(component);
            if (found != null || isQuitting)
            {
                return found;
            }

            LoquentClient made = SceneRoot.Make("Loquent client", component).AddComponent<LoquentClient>();
            Log.Warning(
                component,
                "there's no LoquentClient in the scene, so one was made that connects to " + made.Address
                + ". To choose the server, add a client to the scene: GameObject > Loquent > Client.");
            return made;
        }

        /// <summary>This client, or the one that has survived from another scene and takes its place.</summary>
        internal LoquentClient Effective => survivor != null ? survivor : this;

        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void Restart()
        {
            // Statics outlive Play mode where the domain isn't reloaded.
            Enabled.Clear();
            isQuitting = false;
            Application.quitting -= Quit;
            Application.quitting += Quit;
        }

        private static void Quit()
        {
            isQuitting = true;
            foreach (LoquentClient client in Enabled.ToArray())
            {
                if (client.IsHeard())
                {
                    Log.Info(
                        client, "Play, or the program, ends in mid-word, so the session is closed; the characters remember what the server had sent. There's nothing to be done.");
                }

                client.Disconnect();
                if (!Application.isEditor)
                {
                    // The process ends now, and would take the last words with it. In the Editor it goes on, and nothing waits.
                    Task.WaitAny(new[] { client.closing }, QuittingMs);
                }
            }
        }

        /// <summary>Whether a reply of its is under way.</summary>
        private bool IsHeard()
        {
            foreach (Npc npc in FindObjectsByType<Npc>(FindObjectsSortMode.None))
            {
                if (npc.Client == this && npc.Turn != null && npc.Turn.End == null)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>Becomes known to NPCs; or steps back for a client that has survived from another scene.</summary>
        private bool TryRegister()
        {
            survivor = null;
            foreach (LoquentClient other in Enabled)
            {
                if (survivesSceneLoads && other.survivesSceneLoads && other != this)
                {
                    survivor = other;
                    Log.Info(
                        this,
                        "another LoquentClient, '" + other.name + "', has survived from an earlier scene and is used instead; this one is turned off.");
                    enabled = false;
                    return false;
                }

                if (other.gameObject.scene == gameObject.scene && other != this)
                {
                    Log.Warning(
                        this,
                        "there's another LoquentClient in the scene, '" + other.name
                        + "'. One is enough for all NPCs; remove one, or give each Npc its own in its field Client.");
                }
            }

            if (survivesSceneLoads)
            {
                if (transform.parent != null)
                {
                    Log.Warning(
                        this,
                        "it's below '" + transform.parent.name + "', so it can't survive the loading of another scene. Move it to the root of the scene.");
                }
                else
                {
                    DontDestroyOnLoad(gameObject);
                }
            }

            Enabled.Add(this);
            return true;
        }

        private void Unregister()
        {
            Enabled.Remove(this);
        }
    }
}
