using System;
using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    public enum CameraClearFlags
    {
        Skybox = 1,
        SolidColor = 2,
        Depth = 3,
        Nothing = 4,
    }

    /// <summary>Who looks: from its place along its forward axis. The double's screen has 1920 × 1080 pixels.</summary>
    public sealed class Camera : Behaviour
    {
        public static CameraCallback onPreRender;
        public static CameraCallback onPostRender;

        [SerializeField]
        private float angle = 60;
        [SerializeField]
        private float near = 0.3f;
        [SerializeField]
        private float far = 1000;
        [SerializeField]
        private RenderTexture target;
        private float? ratio;

        public delegate void CameraCallback(Camera cam);

        public enum MonoOrStereoscopicEye
        {
            Left = 0,
            Right = 1,
            Mono = 2,
        }

        public static Camera main
        {
            get
            {
                World.RequireMainThread("get_main");
                List<Camera> all = World.Current.Part<Cameras>().Enabled;
                for (int i = 0; i < all.Count; i++)
                {
                    if (all[i].Owner.CompareTag("MainCamera"))
                    {
                        return all[i];
                    }
                }

                return null;
            }
        }

        public static Camera current { get; internal set; }

        public static Camera[] allCameras => World.Current.Part<Cameras>().Enabled.ToArray();

        public static int allCamerasCount => World.Current.Part<Cameras>().Enabled.Count;

        /// <summary>Gives the enabled cameras without garbage.</summary>
        public static int GetAllCameras(Camera[] cameras)
        {
            List<Camera> all = World.Current.Part<Cameras>().Enabled;
            if (cameras == null)
            {
                throw new System.NullReferenceException();
            }

            if (cameras.Length < all.Count)
            {
                throw new System.ArgumentException("Passed in array to fill with cameras is to small to hold the number of cameras. Use Camera.allCamerasCount to get the needed size.");
            }

            all.CopyTo(cameras);
            return all.Count;
        }

        /// <summary>Upright, in degrees.</summary>
        public float fieldOfView
        {
            get => angle;
            set => angle = Mathf.Clamp(value, 0.00001f, 179);
        }

        public float nearClipPlane
        {
            get => near;
            set => near = value;
        }

        public float farClipPlane
        {
            get => far;
            set => far = value;
        }

        public bool orthographic { get; set; }

        public float orthographicSize { get; set; } = 5;

        public float depth { get; set; }

        public int cullingMask { get; set; } = -1;

        public CameraClearFlags clearFlags { get; set; } = CameraClearFlags.Skybox;

        public Color backgroundColor { get; set; } = new Color(0.19215687f, 0.3019608f, 0.4745098f, 0);

        public bool allowHDR { get; set; } = true;

        public bool allowMSAA { get; set; } = true;

        public StereoTargetEyeMask stereoTargetEye { get; set; } = StereoTargetEyeMask.Both;

        public bool stereoEnabled => World.Current.Part<Cameras>().IsStereo && target == null;

        public RenderTexture targetTexture
        {
            get => target;
            set => target = value;
        }

        public int pixelWidth => target == null ? Screen.width : target.width;

        public int pixelHeight => target == null ? Screen.height : target.height;

        public Rect pixelRect => new Rect(0, 0, pixelWidth, pixelHeight);

        public float aspect
        {
            get => ratio ?? (float)pixelWidth / pixelHeight;
            set => ratio = value;
        }

        public Matrix4x4 projectionMatrix => orthographic
            ? Matrix4x4.Ortho(-orthographicSize * aspect, orthographicSize * aspect, -orthographicSize, orthographicSize, near, far)
            : Matrix4x4.Perspective(angle, aspect, near, far);

        /// <summary>Camera space looks along −z, as in OpenGL.</summary>
        public Matrix4x4 worldToCameraMatrix =>
            Matrix4x4.Scale(new Vector3(1, 1, -1)) * Matrix4x4.TRS(transform.position, transform.rotation, Vector3.one).inverse;

        /// <summary>Which part of its target it paints. The double paints all of it.</summary>
        public Rect rect { get; set; } = new Rect(0, 0, 1, 1);

        public void ResetAspect() => ratio = null;

        /// <summary>Back to what the field of view says; the double knows no other.</summary>
        public void ResetProjectionMatrix()
        {
        }

        public void ResetWorldToCameraMatrix()
        {
        }

        public Vector3 WorldToViewportPoint(Vector3 position)
        {
            Vector3 seen = worldToCameraMatrix.MultiplyPoint3x4(position);
            Vector4 clip = projectionMatrix * new Vector4(seen.x, seen.y, seen.z, 1);
            float w = clip.w == 0 ? Mathf.Epsilon : clip.w;
            return new Vector3(((clip.x / w) + 1) / 2, ((clip.y / w) + 1) / 2, -seen.z);
        }

        public Vector3 WorldToViewportPoint(Vector3 position, MonoOrStereoscopicEye eye) => WorldToViewportPoint(position);

        public Vector3 WorldToScreenPoint(Vector3 position)
        {
            Vector3 viewport = WorldToViewportPoint(position);
            return new Vector3(viewport.x * pixelWidth, viewport.y * pixelHeight, viewport.z);
        }

        public Vector3 ViewportToWorldPoint(Vector3 position)
        {
            float half = orthographic ? orthographicSize : Mathf.Tan(angle * Mathf.Deg2Rad / 2) * position.z;
            var local = new Vector3(((position.x * 2) - 1) * half * aspect, ((position.y * 2) - 1) * half, position.z);
            return transform.position + (transform.rotation * local);
        }

        public Vector3 ScreenToWorldPoint(Vector3 position) =>
            ViewportToWorldPoint(new Vector3(position.x / pixelWidth, position.y / pixelHeight, position.z));

        public Vector3 ScreenToViewportPoint(Vector3 position) => new Vector3(position.x / pixelWidth, position.y / pixelHeight, position.z);

        public Vector3 ViewportToScreenPoint(Vector3 position) => new Vector3(position.x * pixelWidth, position.y * pixelHeight, position.z);

        /// <summary>Begins on the near plane.</summary>
        public Ray ViewportPointToRay(Vector3 pos)
        {
            Vector3 from = ViewportToWorldPoint(new Vector3(pos.x, pos.y, near));
            return new Ray(from, orthographic ? transform.forward : from - transform.position);
        }

        public Ray ScreenPointToRay(Vector3 pos) => ViewportPointToRay(ScreenToViewportPoint(pos));

        public void CopyFrom(Camera other)
        {
            transform.SetPositionAndRotation(other.transform.position, other.transform.rotation);
            angle = other.angle;
            near = other.near;
            far = other.far;
            target = other.target;
            ratio = other.ratio;
            orthographic = other.orthographic;
            orthographicSize = other.orthographicSize;
            depth = other.depth;
            cullingMask = other.cullingMask;
            clearFlags = other.clearFlags;
            rect = other.rect;
            stereoTargetEye = other.stereoTargetEye;
            backgroundColor = other.backgroundColor;
        }

        /// <summary>Renders at once, whether it's enabled or not.</summary>
        public void Render()
        {
            Touch();
            current = this;
            onPreRender?.Invoke(this);
            Messages.Send(Owner, Message.OnPreRender);
            World.Current.Part<Cameras>().Renders++;
            if (target != null)
            {
                Painter.Paint(this, target);
            }

            Messages.Send(Owner, Message.OnPostRender);
            onPostRender?.Invoke(this);
            current = null;
        }

        internal override void WhenEnabled() => World.Current.Part<Cameras>().Enabled.Add(this);

        internal override void WhenDisabled() => World.Current.Part<Cameras>().Enabled.Remove(this);
    }

    [Flags]
    public enum StereoTargetEyeMask
    {
        None = 0,
        Left = 1,
        Right = 2,
        Both = 3,
    }

    public sealed class Screen
    {
        public static int width => World.Current.Part<Cameras>().Width;

        public static int height => World.Current.Part<Cameras>().Height;

        public static float dpi => 96;

        public static int sleepTimeout { get; set; }
    }
}

namespace Loquent.Double
{
    /// <summary>The cameras that are enabled, and the screen.</summary>
    internal sealed class Cameras
    {
        private readonly List<UnityEngine.Camera> due = new List<UnityEngine.Camera>();

        public Cameras()
        {
            World.Current.Loop.Rendering += Render;
        }

        internal List<UnityEngine.Camera> Enabled { get; } = new List<UnityEngine.Camera>();

        internal int Width { get; set; } = 1920;

        internal int Height { get; set; } = 1080;

        internal bool IsStereo { get; set; }

        internal int Renders { get; set; }

        private void Render()
        {
            World.Current.Part<ApplicationState>().BeforeRender?.Invoke();
            due.Clear();
            due.AddRange(Enabled);
            foreach (UnityEngine.Camera camera in due)
            {
                if (camera != null && camera.isActiveAndEnabled)
                {
                    camera.Render();
                }
            }
        }
    }
}
