namespace Loquent
{
    /// <summary>How a <see cref="LoquentClient"/> stands to its server.</summary>
    public enum ClientState
    {
        /// <summary>It's disabled, or hasn't been asked to connect.</summary>
        Off,

        /// <summary>The first connection is being made, or waited for until the next attempt.</summary>
        Connecting,

        /// <summary>There is a connection.</summary>
        Connected,

        /// <summary>The connection is lost, and another one is being made. Conversations and replies are kept.</summary>
        Reconnecting,

        /// <summary>There is no connection, and none will be made until <see cref="LoquentClient.Connect"/> is called. <see cref="LoquentClient.Failure"/> says why.</summary>
        Failed
    }
}
