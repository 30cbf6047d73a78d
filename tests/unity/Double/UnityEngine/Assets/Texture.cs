using Loquent.Double;

namespace UnityEngine
{
    public enum FilterMode
    {
        Point = 0,
        Bilinear = 1,
        Trilinear = 2,
    }

    public enum TextureWrapMode
    {
        Repeat = 0,
        Clamp = 1,
        Mirror = 2,
        MirrorOnce = 3,
    }

    public enum TextureFormat
    {
        Alpha8 = 1,
        RGB24 = 3,
        RGBA32 = 4,
        ARGB32 = 5,
        BGRA32 = 14,
    }

    public enum RenderTextureFormat
    {
        ARGB32 = 0,
        Depth = 1,
        ARGBHalf = 2,
        Default = 7,
        DefaultHDR = 9,
    }

    public enum RenderTextureReadWrite
    {
        Default = 0,
        Linear = 1,
        sRGB = 2,
    }

    /// <summary>A picture. The double keeps its pixels in rows from the bottom, as Unity does.</summary>
    public class Texture : Object
    {
        protected Texture()
        {
            Attach();
        }

        public virtual int width { get; set; }

        public virtual int height { get; set; }

        public FilterMode filterMode { get; set; } = FilterMode.Bilinear;

        public TextureWrapMode wrapMode { get; set; }

        public int anisoLevel { get; set; } = 1;

        internal Color32[] Pixels { get; set; } = new Color32[0];
    }

    public sealed class Texture2D : Texture
    {
        public Texture2D(int width, int height)
            : this(width, height, TextureFormat.RGBA32, true)
        {
        }

        public Texture2D(int width, int height, TextureFormat textureFormat, bool mipChain)
            : this(width, height, textureFormat, mipChain, false)
        {
        }

        public Texture2D(int width, int height, TextureFormat textureFormat, bool mipChain, bool linear)
        {
            this.width = width;
            this.height = height;
            format = textureFormat;
            Pixels = new Color32[width * height];
        }

        public static Texture2D whiteTexture => Plain(Color.white);

        public static Texture2D blackTexture => Plain(Color.black);

        public TextureFormat format { get; }

        public bool isReadable => true;

        public void SetPixel(int x, int y, Color color) => Pixels[(y * width) + x] = color;

        public Color GetPixel(int x, int y) => Pixels[(y * width) + x];

        public void SetPixels32(Color32[] colors) => Pixels = (Color32[])colors.Clone();

        public Color32[] GetPixels32() => (Color32[])Pixels.Clone();

        /// <summary>A copy of the bytes, four or three of each pixel.</summary>
        public byte[] GetRawTextureData()
        {
            int size = format == TextureFormat.RGB24 ? 3 : 4;
            var bytes = new byte[Pixels.Length * size];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = Pixels[i / size][i % size];
            }

            return bytes;
        }

        public void Apply() => Apply(true, false);

        public void Apply(bool updateMipmaps) => Apply(updateMipmaps, false);

        public void Apply(bool updateMipmaps, bool makeNoLongerReadable)
        {
        }

        /// <summary>Waits for the graphics card.</summary>
        public void ReadPixels(Rect source, int destX, int destY)
        {
            World.Current.Part<GraphicsCard>().Stalls++;
            RenderTexture from = RenderTexture.active;
            for (int y = 0; y < (int)source.height; y++)
            {
                for (int x = 0; x < (int)source.width; x++)
                {
                    Pixels[((y + destY) * width) + x + destX] = from.Pixels[((y + (int)source.y) * from.width) + x + (int)source.x];
                }
            }
        }

        private static Texture2D Plain(Color color)
        {
            var texture = new Texture2D(4, 4);
            for (int i = 0; i < texture.Pixels.Length; i++)
            {
                texture.Pixels[i] = color;
            }

            return texture;
        }
    }

    public class RenderTexture : Texture
    {
        private bool isCreated;

        public RenderTexture(int width, int height, int depth)
            : this(width, height, depth, RenderTextureFormat.Default)
        {
        }

        public RenderTexture(int width, int height, int depth, RenderTextureFormat format)
        {
            this.width = width;
            this.height = height;
            this.depth = depth;
            this.format = format;
            Pixels = new Color32[width * height];
        }

        public RenderTexture(int width, int height, int depth, RenderTextureFormat format, RenderTextureReadWrite readWrite)
            : this(width, height, depth, format)
        {
        }

        public static RenderTexture active
        {
            get => World.Current.Part<GraphicsCard>().Active;
            set => World.Current.Part<GraphicsCard>().Active = value;
        }

        public int depth { get; set; }

        public int antiAliasing { get; set; } = 1;

        public RenderTextureFormat format { get; set; }

        public static RenderTexture GetTemporary(int width, int height, int depthBuffer) =>
            GetTemporary(width, height, depthBuffer, RenderTextureFormat.Default);

        public static RenderTexture GetTemporary(int width, int height, int depthBuffer, RenderTextureFormat format)
        {
            World.Current.Part<GraphicsCard>().Temporary++;
            return new RenderTexture(width, height, depthBuffer, format) { isCreated = true };
        }

        public static void ReleaseTemporary(RenderTexture temp)
        {
            World.Current.Part<GraphicsCard>().Temporary--;
            temp.Release();
            Lifecycle.Destroy(temp);
        }

        public bool Create() => isCreated = true;

        public bool IsCreated() => isCreated;

        public void Release() => isCreated = false;

        internal void MarkCreated() => isCreated = true;
    }
}

namespace Loquent.Double
{
    /// <summary>What the graphics card holds, and how often the program waited for it.</summary>
    internal sealed class GraphicsCard
    {
        internal UnityEngine.RenderTexture Active { get; set; }

        /// <summary>How many temporary textures are out.</summary>
        internal int Temporary { get; set; }

        internal int Stalls { get; set; }

        internal UnityEngine.Rendering.GraphicsDeviceType Type { get; set; } = UnityEngine.Rendering.GraphicsDeviceType.Vulkan;

        internal bool ReadsBack { get; set; } = true;

        /// <summary>So many frames pass before an asynchronous request is answered.</summary>
        internal int Latency { get; set; } = 3;
    }
}
