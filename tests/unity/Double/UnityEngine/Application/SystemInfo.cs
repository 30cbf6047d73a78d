using Loquent.Double;
using UnityEngine.Rendering;

namespace UnityEngine.Rendering
{
    public enum GraphicsDeviceType
    {
        Direct3D11 = 2,
        Null = 4,
        OpenGLES3 = 11,
        Metal = 16,
        OpenGLCore = 17,
        Direct3D12 = 18,
        Vulkan = 21,
    }
}

namespace UnityEngine
{
    /// <summary>What the device can do. A test sets it with Device.</summary>
    public sealed class SystemInfo
    {
        public static bool supportsAsyncGPUReadback => World.Current.Part<GraphicsCard>().ReadsBack;

        public static GraphicsDeviceType graphicsDeviceType => World.Current.Part<GraphicsCard>().Type;
    }
}
