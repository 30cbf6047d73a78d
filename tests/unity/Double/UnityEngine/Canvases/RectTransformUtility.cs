namespace UnityEngine
{
    public sealed class RectTransformUtility
    {
        private RectTransformUtility()
        {
        }

        public static bool RectangleContainsScreenPoint(RectTransform rect, Vector2 screenPoint, Camera cam) =>
            ScreenPointToLocalPointInRectangle(rect, screenPoint, cam, out Vector2 point) && rect.rect.Contains(point);

        public static bool ScreenPointToWorldPointInRectangle(RectTransform rect, Vector2 screenPoint, Camera cam, out Vector3 worldPoint)
        {
            worldPoint = Vector3.zero;
            Ray ray = ScreenPointToRay(cam, screenPoint);
            var plane = new Plane(rect.rotation * Vector3.back, rect.position);
            bool faces = Vector3.Dot(Vector3.Normalize(rect.position - ray.origin), plane.normal) != 0;
            if (!plane.Raycast(ray, out float enter) && faces)
            {
                return false;
            }

            worldPoint = ray.GetPoint(enter);
            return true;
        }

        public static bool ScreenPointToLocalPointInRectangle(RectTransform rect, Vector2 screenPoint, Camera cam, out Vector2 localPoint)
        {
            bool found = ScreenPointToWorldPointInRectangle(rect, screenPoint, cam, out Vector3 world);
            localPoint = found ? (Vector2)rect.InverseTransformPoint(world) : Vector2.zero;
            return found;
        }

        public static Ray ScreenPointToRay(Camera cam, Vector2 screenPos) =>
            cam != null ? cam.ScreenPointToRay(screenPos) : new Ray(new Vector3(screenPos.x, screenPos.y, -100), Vector3.forward);

        public static Vector2 WorldToScreenPoint(Camera cam, Vector3 worldPoint) =>
            cam == null ? (Vector2)worldPoint : (Vector2)cam.WorldToScreenPoint(worldPoint);
    }

    public interface ICanvasRaycastFilter
    {
        bool IsRaycastLocationValid(Vector2 sp, Camera eventCamera);
    }
}
