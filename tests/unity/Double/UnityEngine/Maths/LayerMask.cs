namespace UnityEngine
{
    /// <summary>A set of layers, a bit for each of 32. The double has Unity's built-in layers.</summary>
    public struct LayerMask
    {
        private static readonly string[] Names = { "Default", "TransparentFX", "Ignore Raycast", string.Empty, "Water", "UI" };
        private int m_Mask;

        public int value
        {
            get => m_Mask;
            set => m_Mask = value;
        }

        public static implicit operator int(LayerMask mask) => mask.m_Mask;

        public static implicit operator LayerMask(int intVal) => new LayerMask { m_Mask = intVal };

        public static string LayerToName(int layer) => layer < Names.Length ? Names[layer] : string.Empty;

        public static int NameToLayer(string layerName) => string.IsNullOrEmpty(layerName) ? -1 : System.Array.IndexOf(Names, layerName);

        public static int GetMask(params string[] layerNames)
        {
            int mask = 0;
            foreach (string name in layerNames)
            {
                int layer = NameToLayer(name);
                mask |= layer < 0 ? 0 : 1 << layer;
            }

            return mask;
        }
    }
}
