namespace Loquent.Double
{
    /// <summary>Writes what canvases show, frame by frame.</summary>
    public static class Recorder
    {
        internal static void Note()
        {
        }

        internal static void End()
        {
        }
    }
}
