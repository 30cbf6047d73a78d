using UnityEngine;
using UnityEngine.XR.Interaction.Toolkit;
#if LOQUENT_XR_INTERACTION_3
using UnityEngine.XR.Interaction.Toolkit.Interactables;
#endif

namespace Loquent.Samples.XRInteraction
{
    /// <summary>
    /// Lets the player choose whom to talk to by pointing and selecting: put it on an NPC with a collider. It turns a prompt to the NPC, and interrupts it when it's selected while
    /// it speaks.
    /// </summary>
    [RequireComponent(typeof(Npc))]
    [RequireComponent(typeof(XRSimpleInteractable))]
    public sealed class XRTalkTarget : MonoBehaviour
    {
        [Tooltip("The prompt that is turned to this NPC. None: the scene's.")]
        [SerializeField] private PlayerPrompt prompt;

        private Npc npc;
        private XRSimpleInteractable interactable;

        private void OnEnable()
        {
            npc = GetComponent<Npc>();
            interactable = GetComponent<XRSimpleInteractable>();
            interactable.selectEntered.AddListener(Choose);
        }

        private void OnDisable()
        {
            interactable.selectEntered.RemoveListener(Choose);
        }

        private void Choose(SelectEnterEventArgs how)
        {
            if (npc.State == NpcState.Speaking)
            {
                npc.Cancel();
            }

            prompt = prompt != null ? prompt : FindAnyObjectByType<PlayerPrompt>();
            if (prompt != null)
            {
                prompt.Npc = npc;
            }
        }
    }
}
