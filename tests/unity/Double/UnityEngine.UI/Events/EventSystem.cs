using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine.EventSystems
{
    /// <summary>What is selected, and what a pointer is over. The double has no devices: a test points and clicks with Pointer.</summary>
    [DisallowMultipleComponent]
    public class EventSystem : UIBehaviour
    {
        private bool isSelecting;

        public static EventSystem current
        {
            get => World.Current.Part<Pointing>().Current;
            set => World.Current.Part<Pointing>().Current = value;
        }

        public GameObject currentSelectedGameObject { get; private set; }

        public GameObject firstSelectedGameObject { get; set; }

        public bool sendNavigationEvents { get; set; } = true;

        public bool alreadySelecting => isSelecting;

        public BaseInputModule currentInputModule => GetComponent<BaseInputModule>();

        public void SetSelectedGameObject(GameObject selected) => SetSelectedGameObject(selected, new BaseEventData(this));

        public void SetSelectedGameObject(GameObject selected, BaseEventData pointer)
        {
            if (isSelecting)
            {
                Debug.LogError("Attempting to select " + selected + "while already selecting an object.");
                return;
            }

            isSelecting = true;
            if (selected != currentSelectedGameObject)
            {
                ExecuteEvents.Execute(currentSelectedGameObject, pointer, ExecuteEvents.deselectHandler);
                currentSelectedGameObject = selected;
                ExecuteEvents.Execute(currentSelectedGameObject, pointer, ExecuteEvents.selectHandler);
            }

            isSelecting = false;
        }

        /// <summary>What is under a point of the screen, the nearest to the eye first.</summary>
        public void RaycastAll(PointerEventData eventData, List<RaycastResult> raycastResults)
        {
            raycastResults.Clear();
            foreach (BaseRaycaster raycaster in World.Current.Part<Pointing>().Raycasters)
            {
                if (raycaster.IsActive())
                {
                    raycaster.Raycast(eventData, raycastResults);
                }
            }

            raycastResults.Sort(Compare);
        }

        public bool IsPointerOverGameObject() => World.Current.Part<Pointing>().IsOverSomething;

        protected override void OnEnable() => World.Current.Part<Pointing>().All.Add(this);

        protected override void OnDisable() => World.Current.Part<Pointing>().All.Remove(this);

        private static int Compare(RaycastResult a, RaycastResult b)
        {
            return a.sortingOrder != b.sortingOrder ? b.sortingOrder.CompareTo(a.sortingOrder)
                : a.module != b.module && a.distance != b.distance ? a.distance.CompareTo(b.distance)
                : b.depth.CompareTo(a.depth);
        }
    }
}

namespace Loquent.Double
{
    /// <summary>The event systems and raycasters that are enabled.</summary>
    internal sealed class Pointing
    {
        private UnityEngine.EventSystems.EventSystem chosen;

        internal List<UnityEngine.EventSystems.EventSystem> All { get; } = new List<UnityEngine.EventSystems.EventSystem>();

        internal List<UnityEngine.EventSystems.BaseRaycaster> Raycasters { get; } = new List<UnityEngine.EventSystems.BaseRaycaster>();

        internal bool IsOverSomething { get; set; }

        internal UnityEngine.EventSystems.EventSystem Current
        {
            get => chosen != null && All.Contains(chosen) ? chosen : All.Count > 0 ? All[0] : null;
            set => chosen = value;
        }
    }
}
