using System;
using Loquent.Double;
using Unity.Collections;
using UnityEngine.Experimental.Rendering;

namespace UnityEngine
{
    /// <summary>Pixels to the bytes of a picture. Real JPEG. Any thread may encode arrays.</summary>
    public static class ImageConversion
    {
        public static byte[] EncodeToJPG(this Texture2D tex) => EncodeToJPG(tex, 75);

        public static byte[] EncodeToJPG(this Texture2D tex, int quality)
        {
            World.RequireMainThread("EncodeToJPG");
            return Jpeg.Encode(tex.GetPixels32(), tex.width, tex.height, quality);
        }

        public static byte[] EncodeArrayToJPG(Array array, GraphicsFormat format, uint width, uint height, uint rowBytes = 0, int quality = 75) =>
            Jpeg.Encode(ToPixels(array, format), (int)width, (int)height, quality);

        /// <summary>The result must be disposed.</summary>
        public static NativeArray<byte> EncodeNativeArrayToJPG<T>(
            NativeArray<T> input, GraphicsFormat format, uint width, uint height, uint rowBytes = 0, int quality = 75)
            where T : struct =>
            new NativeArray<byte>(Jpeg.Encode(ToPixels(input.ToArray(), format), (int)width, (int)height, quality), Allocator.Persistent);

        /// <summary>Gives a texture a picture's size. The double doesn't decode its pixels: they become grey.</summary>
        public static bool LoadImage(this Texture2D tex, byte[] data)
        {
            for (int at = 2; data.Length > at + 8 && data[0] == 0xFF && data[1] == 0xD8; at += 2 + (data[at + 2] << 8) + data[at + 3])
            {
                if (data[at + 1] == 0xC0)
                {
                    tex.height = (data[at + 5] << 8) + data[at + 6];
                    tex.width = (data[at + 7] << 8) + data[at + 8];
                    tex.Pixels = new Color32[tex.width * tex.height];
                    return true;
                }
            }

            return false;
        }

        private static Color32[] ToPixels(Array array, GraphicsFormat format)
        {
            if (array is Color32[] ready)
            {
                return ready;
            }

            var bytes = (byte[])array;
            bool hasAlpha = format != GraphicsFormat.R8G8B8_SRGB && format != GraphicsFormat.R8G8B8_UNorm;
            bool isSwapped = format == GraphicsFormat.B8G8R8A8_SRGB || format == GraphicsFormat.B8G8R8A8_UNorm;
            int size = hasAlpha ? 4 : 3;
            var pixels = new Color32[bytes.Length / size];
            for (int i = 0; i < pixels.Length; i++)
            {
                int at = i * size;
                pixels[i] = new Color32(bytes[at + (isSwapped ? 2 : 0)], bytes[at + 1], bytes[at + (isSwapped ? 0 : 2)], hasAlpha ? bytes[at + 3] : (byte)255);
            }

            return pixels;
        }
    }
}
