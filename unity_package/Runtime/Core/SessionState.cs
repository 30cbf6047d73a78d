namespace Loquent.Core
{
    /// <summary>How a session stands to its server.</summary>
    public enum SessionState
    {
        /// <summary>There is a connection.</summary>
        Connected,

        /// <summary>The connection is lost; <see cref="Session.ReconnectAsync"/> makes another one.</summary>
        Disconnected,

        /// <summary>The session has been closed or disposed, and can't be used any more.</summary>
        Closed
    }
}
