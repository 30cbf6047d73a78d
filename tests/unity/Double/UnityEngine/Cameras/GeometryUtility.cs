namespace UnityEngine
{
    public sealed class GeometryUtility
    {
        public static Plane[] CalculateFrustumPlanes(Camera camera)
        {
            var planes = new Plane[6];
            CalculateFrustumPlanes(camera, planes);
            return planes;
        }

        /// <summary>Left, right, down, up, near, far; their normals point inwards.</summary>
        public static void CalculateFrustumPlanes(Camera camera, Plane[] planes)
        {
            Transform from = camera.transform;
            float up = camera.fieldOfView * Mathf.Deg2Rad / 2;
            float aside = Mathf.Atan(Mathf.Tan(up) * camera.aspect);
            Vector3 place = from.position;
            planes[0] = new Plane(from.rotation * new Vector3(Mathf.Cos(aside), 0, Mathf.Sin(aside)), place);
            planes[1] = new Plane(from.rotation * new Vector3(-Mathf.Cos(aside), 0, Mathf.Sin(aside)), place);
            planes[2] = new Plane(from.rotation * new Vector3(0, Mathf.Cos(up), Mathf.Sin(up)), place);
            planes[3] = new Plane(from.rotation * new Vector3(0, -Mathf.Cos(up), Mathf.Sin(up)), place);
            planes[4] = new Plane(from.forward, place + (from.forward * camera.nearClipPlane));
            planes[5] = new Plane(-from.forward, place + (from.forward * camera.farClipPlane));
        }

        public static bool TestPlanesAABB(Plane[] planes, Bounds bounds)
        {
            foreach (Plane plane in planes)
            {
                Vector3 side = plane.normal;
                float reach = Vector3.Dot(bounds.extents, new Vector3(Mathf.Abs(side.x), Mathf.Abs(side.y), Mathf.Abs(side.z)));
                if (plane.GetDistanceToPoint(bounds.center) < -reach)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
