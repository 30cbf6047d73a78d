using UnityEngine;

namespace Loquent
{
    /// <summary>A white square with round corners for plates and dots, drawn once: no asset has to be in the project.</summary>
    internal static class PlateSprite
    {
        /// <summary>How far the corners reach into the square, in dmm on a canvas and in pixels of the texture.</summary>
        internal const int Radius = 24;

        private const int Side = 64;

        private static Sprite made;

        /// <summary>Gives the sprite, made when it's needed first.</summary>
        internal static Sprite Get()
        {
            if (made != null)
            {
                return made;
            }

            var texture = new Texture2D(Side, Side, TextureFormat.RGBA32, true)
            {
                name = "Loquent plate",
                hideFlags = HideFlags.DontSave,
                wrapMode = TextureWrapMode.Clamp,
            };
            var pixels = new Color32[Side * Side];
            for (int y = 0; y < Side; y++)
            {
                for (int x = 0; x < Side; x++)
                {
                    pixels[(y * Side) + x] = new Color32(255, 255, 255, (byte)(255 * Coverage(x, y)));
                }
            }

            texture.SetPixels32(pixels);
            texture.Apply(true, true);
            made = Sprite.Create(
                texture,
                new Rect(0, 0, Side, Side),
                new Vector2(0.5f, 0.5f),
                100,
                0,
                SpriteMeshType.FullRect,
                new Vector4(Radius, Radius, Radius, Radius));
            made.hideFlags = HideFlags.DontSave;
            return made;
        }

        /// <summary>How much of a pixel is inside, from 0 to 1.</summary>
        private static float Coverage(int x, int y)
        {
            float fromX = Mathf.Max(Radius - (x + 0.5f), (x + 0.5f) - (Side - Radius));
            float fromY = Mathf.Max(Radius - (y + 0.5f), (y + 0.5f) - (Side - Radius));
            if (fromX <= 0 || fromY <= 0)
            {
                return 1;
            }

            return Mathf.Clamp01(Radius - Mathf.Sqrt((fromX * fromX) + (fromY * fromY)) + 0.5f);
        }
    }
}
