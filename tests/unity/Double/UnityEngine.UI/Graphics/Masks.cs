using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Cuts off what its children draw beyond its rectangle; the double's children say so by their place alone.</summary>
    [RequireComponent(typeof(RectTransform))]
    public class RectMask2D : UIBehaviour
    {
    }

    [RequireComponent(typeof(RectTransform))]
    public class Mask : UIBehaviour
    {
        public bool showMaskGraphic { get; set; } = true;
    }
}
