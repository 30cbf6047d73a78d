// As much of XR Interaction Toolkit as the sample names: to compile against, not to run. In 3.0 interactables have a namespace of their own.
using UnityEngine.Events;

namespace UnityEngine.XR.Interaction.Toolkit
{
    public class SelectEnterEventArgs
    {
    }

    public sealed class SelectEnterEvent : UnityEvent<SelectEnterEventArgs>
    {
    }
}

namespace UnityEngine.XR.Interaction.Toolkit.UI
{
    public class TrackedDeviceGraphicRaycaster : UnityEngine.EventSystems.UIBehaviour
    {
    }
}

#if LOQUENT_XR_INTERACTION_3
namespace UnityEngine.XR.Interaction.Toolkit.Interactables
#else
namespace UnityEngine.XR.Interaction.Toolkit
#endif
{
    public class XRSimpleInteractable : MonoBehaviour
    {
        public SelectEnterEvent selectEntered { get; } = new SelectEnterEvent();
    }
}
