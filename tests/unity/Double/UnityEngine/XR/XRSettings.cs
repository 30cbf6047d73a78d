using Loquent.Double;

namespace UnityEngine.XR
{
    public static class XRSettings
    {
        /// <summary>Whether a headset shows what is rendered.</summary>
        public static bool isDeviceActive => World.Current.Part<Cameras>().IsStereo;
    }
}
