using System.Collections.Generic;

namespace UnityEngine.EventSystems
{
    public abstract class AbstractEventData
    {
        private bool isUsed;

        public virtual bool used => isUsed;

        public virtual void Use() => isUsed = true;

        public virtual void Reset() => isUsed = false;
    }

    public class BaseEventData : AbstractEventData
    {
        private readonly EventSystem system;

        public BaseEventData(EventSystem eventSystem) => system = eventSystem;

        public GameObject selectedObject
        {
            get => system.currentSelectedGameObject;
            set => system.SetSelectedGameObject(value, this);
        }
    }

    public class PointerEventData : BaseEventData
    {
        public List<GameObject> hovered = new List<GameObject>();

        public PointerEventData(EventSystem eventSystem)
            : base(eventSystem)
        {
        }

        public enum InputButton
        {
            Left = 0,
            Right = 1,
            Middle = 2,
        }

        public Vector2 position { get; set; }

        public Vector2 pressPosition { get; set; }

        public Vector2 delta { get; set; }

        public int pointerId { get; set; } = -1;

        public InputButton button { get; set; }

        public int clickCount { get; set; }

        public bool eligibleForClick { get; set; }

        public bool dragging { get; set; }

        public GameObject pointerEnter { get; set; }

        public GameObject pointerPress { get; set; }

        public RaycastResult pointerCurrentRaycast { get; set; }

        public RaycastResult pointerPressRaycast { get; set; }

        public Camera pressEventCamera => pointerPressRaycast.module == null ? null : pointerPressRaycast.module.eventCamera;

        public Camera enterEventCamera => pointerCurrentRaycast.module == null ? null : pointerCurrentRaycast.module.eventCamera;
    }

    public struct RaycastResult
    {
        public BaseRaycaster module;
        public float distance;
        public float index;
        public int depth;
        public int sortingLayer;
        public int sortingOrder;
        public Vector3 worldPosition;
        public Vector3 worldNormal;
        public Vector2 screenPosition;
        private GameObject hit;

        public GameObject gameObject
        {
            get => hit;
            set => hit = value;
        }

        public bool isValid => module != null && hit != null;
    }
}
