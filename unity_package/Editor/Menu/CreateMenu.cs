using UnityEditor;
using UnityEngine;

namespace Loquent.Editor
{
    /// <summary>The menu GameObject &gt; Loquent, and the same behind a right click in the Hierarchy.</summary>
    internal static class CreateMenu
    {
        private const int Order = 11;

        [MenuItem("GameObject/Loquent/NPC", false, Order)]
        private static void Npc(MenuCommand command)
        {
            SceneObjects.CreateNpc(command.context as GameObject);
        }

        [MenuItem("GameObject/Loquent/Client", false, Order)]
        private static void Client(MenuCommand command)
        {
            SceneObjects.CreateClient(command.context as GameObject);
        }

        [MenuItem("GameObject/Loquent/Speech Canvas", false, Order)]
        private static void SpeechCanvas(MenuCommand command)
        {
            SceneObjects.CreateSpeechCanvas(command.context as GameObject);
        }

        [MenuItem("GameObject/Loquent/Player Prompt", false, Order)]
        private static void PlayerPrompt(MenuCommand command)
        {
            SceneObjects.CreatePlayerPrompt(command.context as GameObject);
        }
    }
}
