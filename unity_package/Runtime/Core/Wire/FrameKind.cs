namespace Loquent.Core.Wire
{
    /// <summary>The first element of a frame: what it is. Kinds up to 32 come from the client, the others from the server.</summary>
    internal enum FrameKind
    {
        Hello = 1,
        Open = 2,
        Say = 3,
        Decide = 4,
        Cancel = 5,
        Ack = 6,
        Close = 7,
        Welcome = 33,
        Opened = 34,
        Begin = 35,
        Text = 36,
        Cue = 37,
        Decision = 38,
        End = 39,
        Fault = 40,
        Goaway = 41,
        Beat = 42
    }
}
