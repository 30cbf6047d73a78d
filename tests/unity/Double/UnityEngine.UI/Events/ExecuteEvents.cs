using System;
using System.Collections.Generic;

namespace UnityEngine.EventSystems
{
    /// <summary>Calls handlers on a GameObject, or on the nearest above it that has one.</summary>
    public static class ExecuteEvents
    {
        public delegate void EventFunction<T1>(T1 handler, BaseEventData eventData);

        public static EventFunction<IPointerEnterHandler> pointerEnterHandler => (handler, data) => handler.OnPointerEnter((PointerEventData)data);

        public static EventFunction<IPointerExitHandler> pointerExitHandler => (handler, data) => handler.OnPointerExit((PointerEventData)data);

        public static EventFunction<IPointerDownHandler> pointerDownHandler => (handler, data) => handler.OnPointerDown((PointerEventData)data);

        public static EventFunction<IPointerUpHandler> pointerUpHandler => (handler, data) => handler.OnPointerUp((PointerEventData)data);

        public static EventFunction<IPointerClickHandler> pointerClickHandler => (handler, data) => handler.OnPointerClick((PointerEventData)data);

        public static EventFunction<ISelectHandler> selectHandler => (handler, data) => handler.OnSelect(data);

        public static EventFunction<IDeselectHandler> deselectHandler => (handler, data) => handler.OnDeselect(data);

        public static EventFunction<ISubmitHandler> submitHandler => (handler, data) => handler.OnSubmit(data);

        public static EventFunction<ICancelHandler> cancelHandler => (handler, data) => handler.OnCancel(data);

        public static bool Execute<T>(GameObject target, BaseEventData eventData, EventFunction<T> functor)
            where T : IEventSystemHandler
        {
            List<T> handlers = HandlersOf<T>(target);
            foreach (T handler in handlers)
            {
                try
                {
                    functor(handler, eventData);
                }
                catch (Exception error)
                {
                    Debug.LogException(error);
                }
            }

            return handlers.Count > 0;
        }

        public static GameObject ExecuteHierarchy<T>(GameObject root, BaseEventData eventData, EventFunction<T> callbackFunction)
            where T : IEventSystemHandler
        {
            GameObject found = GetEventHandler<T>(root);
            Execute(found, eventData, callbackFunction);
            return found;
        }

        public static bool CanHandleEvent<T>(GameObject go)
            where T : IEventSystemHandler => HandlersOf<T>(go).Count > 0;

        public static GameObject GetEventHandler<T>(GameObject root)
            where T : IEventSystemHandler
        {
            for (Transform one = root == null ? null : root.transform; one != null; one = one.parent)
            {
                if (CanHandleEvent<T>(one.gameObject))
                {
                    return one.gameObject;
                }
            }

            return null;
        }

        private static List<T> HandlersOf<T>(GameObject target)
            where T : IEventSystemHandler
        {
            var found = new List<T>();
            if (target != null && target.activeInHierarchy)
            {
                foreach (Component component in target.GetComponents<Component>())
                {
                    if (component is T handler && (!(component is Behaviour behaviour) || behaviour.isActiveAndEnabled))
                    {
                        found.Add(handler);
                    }
                }
            }

            return found;
        }
    }
}
