using System.Collections.Generic;
using TMPro;
using UnityEngine;
using UnityEngine.EventSystems;

namespace Loquent.Double
{
    /// <summary>The player's hand: points at what is on canvases, through the main camera, and types.</summary>
    public static class Pointer
    {
        /// <summary>Makes an event system, as a scene with a user interface has one.</summary>
        /// <returns>The event system.</returns>
        public static EventSystem MakeEventSystem()
        {
            var made = new GameObject("EventSystem");
            var system = made.AddComponent<EventSystem>();
            made.AddComponent<StandaloneInputModule>();
            return system;
        }

        /// <summary>Tells what is first under a place in the world.</summary>
        /// <param name="place">The place.</param>
        /// <returns>What would be clicked there; null for nothing.</returns>
        public static GameObject At(Vector3 place)
        {
            return Find(Camera.main.WorldToScreenPoint(place), out PointerEventData _);
        }

        /// <summary>Clicks on what is first under a place in the world.</summary>
        /// <param name="place">The place.</param>
        /// <returns>What took the click; null if nothing did.</returns>
        public static GameObject Click(Vector3 place)
        {
            GameObject hit = Find(Camera.main.WorldToScreenPoint(place), out PointerEventData data);
            EventSystem system = EventSystem.current;
            if (hit == null)
            {
                system.SetSelectedGameObject(null, data);
                return null;
            }

            ExecuteEvents.ExecuteHierarchy(hit, data, ExecuteEvents.pointerEnterHandler);
            GameObject selectable = ExecuteEvents.GetEventHandler<ISelectHandler>(hit);
            if (selectable != system.currentSelectedGameObject)
            {
                system.SetSelectedGameObject(null, data);
            }

            ExecuteEvents.ExecuteHierarchy(hit, data, ExecuteEvents.pointerDownHandler);
            ExecuteEvents.ExecuteHierarchy(hit, data, ExecuteEvents.pointerUpHandler);
            GameObject clicked = ExecuteEvents.ExecuteHierarchy(hit, data, ExecuteEvents.pointerClickHandler);
            ExecuteEvents.ExecuteHierarchy(hit, data, ExecuteEvents.pointerExitHandler);
            return clicked;
        }

        /// <summary>Clicks on the middle of a rectangle.</summary>
        /// <param name="target">What to click on: a button, say.</param>
        /// <returns>What took the click, which may be something else in front of it; null if nothing did.</returns>
        public static GameObject Click(Component target)
        {
            var rect = (RectTransform)target.transform;
            return Click(rect.TransformPoint(rect.rect.center));
        }

        /// <summary>Presses keys; the field has to be focused. \n is Enter, \b is Backspace.</summary>
        /// <param name="field">The field.</param>
        /// <param name="keys">The keys.</param>
        public static void Type(TMP_InputField field, string keys)
        {
            foreach (char key in keys)
            {
                field.Press(key);
            }
        }

        private static GameObject Find(Vector3 screen, out PointerEventData data)
        {
            data = new PointerEventData(EventSystem.current) { position = screen, pressPosition = screen, eligibleForClick = true, clickCount = 1 };
            var hits = new List<RaycastResult>();
            if (EventSystem.current == null)
            {
                return null;
            }

            EventSystem.current.RaycastAll(data, hits);
            if (hits.Count == 0)
            {
                return null;
            }

            data.pointerCurrentRaycast = hits[0];
            data.pointerPressRaycast = hits[0];
            return hits[0].gameObject;
        }
    }
}
