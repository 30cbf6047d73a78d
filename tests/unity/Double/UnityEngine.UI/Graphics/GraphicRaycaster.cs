using System.Collections.Generic;
using Loquent.Double;
using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Finds the graphics of its canvas under a point of the screen.</summary>
    [RequireComponent(typeof(Canvas))]
    public class GraphicRaycaster : BaseRaycaster
    {
        public enum BlockingObjects
        {
            None = 0,
            TwoD = 1,
            ThreeD = 2,
            All = 3,
        }

        public bool ignoreReversedGraphics { get; set; } = true;

        public BlockingObjects blockingObjects { get; set; }

        public LayerMask blockingMask { get; set; } = -1;

        /// <summary>The canvas's camera; the main camera where it has none, as for a canvas in the world.</summary>
        public override Camera eventCamera
        {
            get
            {
                Canvas on = Own;
                if (on.renderMode == RenderMode.ScreenSpaceOverlay)
                {
                    return null;
                }

                return on.worldCamera != null ? on.worldCamera : Camera.main;
            }
        }

        private Canvas Own => GetComponent<Canvas>();

        public override void Raycast(PointerEventData eventData, List<RaycastResult> resultAppendList)
        {
            Canvas on = Own;
            Camera seenBy = eventCamera;
            foreach (Graphic graphic in World.Current.Part<Registries>().Graphics)
            {
                if (graphic.canvas != on || !graphic.raycastTarget
                    || !RectTransformUtility.RectangleContainsScreenPoint(graphic.rectTransform, eventData.position, seenBy)
                    || !graphic.Raycast(eventData.position, seenBy))
                {
                    continue;
                }

                Vector3 ahead = graphic.transform.forward;
                float distance = 0;
                if (seenBy != null)
                {
                    Ray ray = seenBy.ScreenPointToRay(eventData.position);
                    distance = Vector3.Dot(ahead, graphic.transform.position - ray.origin) / Vector3.Dot(ahead, ray.direction);
                    bool isReversed = Vector3.Dot(seenBy.transform.forward, ahead) <= 0;
                    if (distance < 0 || (ignoreReversedGraphics && isReversed))
                    {
                        continue;
                    }
                }

                resultAppendList.Add(
                    new RaycastResult
                    {
                        gameObject = graphic.gameObject, module = this, distance = distance, depth = graphic.depth, sortingOrder = on.sortingOrder,
                        screenPosition = eventData.position,
                    });
            }
        }
    }
}
