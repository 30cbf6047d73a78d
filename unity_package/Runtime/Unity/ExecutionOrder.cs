namespace Loquent
{
    /// <summary>In which order Unity calls the components: what comes from the server is there before NPCs look at it, and canvases follow what has moved.</summary>
    internal static class ExecutionOrder
    {
        internal const int Client = -200;
        internal const int Npc = -100;
        internal const int Canvas = 9000;
    }
}
