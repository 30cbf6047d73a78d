namespace Loquent.Core.Talking
{
    /// <summary>How a <see cref="SessionKeeper"/> stands to its server.</summary>
    public enum KeeperState
    {
        /// <summary>It hasn't been asked to connect.</summary>
        Idle,

        /// <summary>The first connection is being made, or waited for until the next attempt.</summary>
        Connecting,

        /// <summary>There is a connection.</summary>
        Connected,

        /// <summary>The connection is lost, and another one is being made. What is open is kept.</summary>
        Reconnecting,

        /// <summary>There is no connection, and none will be made until <see cref="SessionKeeper.Connect"/> is called again.</summary>
        Failed,

        /// <summary>It has been closed or disposed, and can't be used any more.</summary>
        Closed
    }
}
