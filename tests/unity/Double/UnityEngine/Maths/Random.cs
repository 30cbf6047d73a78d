namespace UnityEngine
{
    /// <summary>Chance, the same in every run: the double seeds it.</summary>
    public static class Random
    {
        public static float value => (float)Source.NextDouble();

        public static Vector2 insideUnitCircle
        {
            get
            {
                float angle = value * 2 * Mathf.PI;
                return new Vector2(Mathf.Cos(angle), Mathf.Sin(angle)) * Mathf.Sqrt(value);
            }
        }

        public static Vector3 onUnitSphere
        {
            get
            {
                float height = Range(-1f, 1f);
                float angle = value * 2 * Mathf.PI;
                float radius = Mathf.Sqrt(1 - (height * height));
                return new Vector3(radius * Mathf.Cos(angle), height, radius * Mathf.Sin(angle));
            }
        }

        private static System.Random Source => Loquent.Double.World.Current.Chance;

        public static void InitState(int seed) => Loquent.Double.World.Current.Chance = new System.Random(seed);

        /// <summary>Both ends are among the results, as in Unity.</summary>
        public static float Range(float minInclusive, float maxInclusive) => minInclusive + ((maxInclusive - minInclusive) * value);

        public static int Range(int minInclusive, int maxExclusive) =>
            maxExclusive > minInclusive ? Source.Next(minInclusive, maxExclusive) : minInclusive;
    }
}
