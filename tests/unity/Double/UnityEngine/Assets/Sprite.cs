namespace UnityEngine
{
    public enum SpriteMeshType
    {
        FullRect = 0,
        Tight = 1,
    }

    /// <summary>A part of a texture.</summary>
    public sealed class Sprite : Object
    {
        private Sprite()
        {
        }

        public Texture2D texture { get; private set; }

        public Rect rect { get; private set; }

        public Vector2 pivot { get; private set; }

        public Vector4 border { get; private set; }

        public float pixelsPerUnit { get; private set; }

        /// <summary>In its own space, in units: flat.</summary>
        public Bounds bounds => new Bounds(((rect.size / 2) - pivot) / pixelsPerUnit, rect.size / pixelsPerUnit);

        public static Sprite Create(Texture2D texture, Rect rect, Vector2 pivot) => Create(texture, rect, pivot, 100);

        public static Sprite Create(Texture2D texture, Rect rect, Vector2 pivot, float pixelsPerUnit) =>
            Create(texture, rect, pivot, pixelsPerUnit, 0, SpriteMeshType.Tight, Vector4.zero);

        public static Sprite Create(
            Texture2D texture, Rect rect, Vector2 pivot, float pixelsPerUnit, uint extrude, SpriteMeshType meshType, Vector4 border)
        {
            var sprite = new Sprite { texture = texture, rect = rect, pivot = Vector2.Scale(pivot, rect.size), pixelsPerUnit = pixelsPerUnit, border = border };
            sprite.Attach();
            return sprite;
        }
    }
}
