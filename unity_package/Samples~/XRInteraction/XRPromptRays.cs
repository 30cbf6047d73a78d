using UnityEngine;
using UnityEngine.XR.Interaction.Toolkit.UI;

namespace Loquent.Samples.XRInteraction
{
    /// <summary>
    /// Lets the rays and fingers of XR Interaction Toolkit press what is on a player's prompt: put it beside the PlayerPrompt. The scene's EventSystem needs the toolkit's XR UI
    /// Input Module.
    /// </summary>
    [RequireComponent(typeof(PlayerPrompt))]
    public sealed class XRPromptRays : MonoBehaviour
    {
        private PlayerPrompt prompt;

        private void OnEnable()
        {
            prompt = GetComponent<PlayerPrompt>();
            prompt.Built += AddRaycaster;
            if (prompt.Canvas != null)
            {
                AddRaycaster(prompt.Canvas);
            }
        }

        private void OnDisable()
        {
            prompt.Built -= AddRaycaster;
        }

        private static void AddRaycaster(Canvas canvas)
        {
            if (canvas.GetComponent<TrackedDeviceGraphicRaycaster>() == null)
            {
                canvas.gameObject.AddComponent<TrackedDeviceGraphicRaycaster>();
            }
        }
    }
}
