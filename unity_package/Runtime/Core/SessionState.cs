namespace Loquent.Core
{
    /// <summary>How a session stands to its server.</summary>
    public enum SessionState
    {
        /// <summary>There is a connection.</summary>
        Connected,

        /// <summary>The connection is lost, and the session makes another one by itself, as <see cref="SessionOptions.Reconnect"/> says.</summary>
        Reconnecting,

        /// <summary>The connection is lost, and stays so until <see cref="Session.ReconnectAsync"/> makes another one.</summary>
        Disconnected,

        /// <summary>The session has been closed or disposed, and can't be used any more.</summary>
        Closed
    }
}
