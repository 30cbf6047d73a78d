using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine.EventSystems
{
    /// <summary>Where input comes from.</summary>
    [RequireComponent(typeof(EventSystem))]
    public abstract class BaseInputModule : UIBehaviour
    {
        public abstract void Process();
    }

    public abstract class PointerInputModule : BaseInputModule
    {
    }

    /// <summary>Mouse and touch, of which the double has none.</summary>
    public class StandaloneInputModule : PointerInputModule
    {
        public override void Process()
        {
        }
    }

    public abstract class BaseRaycaster : UIBehaviour
    {
        public abstract Camera eventCamera { get; }

        public virtual int sortOrderPriority => int.MinValue;

        public virtual int renderOrderPriority => int.MinValue;

        public abstract void Raycast(PointerEventData eventData, List<RaycastResult> resultAppendList);

        protected override void OnEnable() => World.Current.Part<Pointing>().Raycasters.Add(this);

        protected override void OnDisable() => World.Current.Part<Pointing>().Raycasters.Remove(this);
    }
}
