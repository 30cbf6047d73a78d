using System;

namespace Loquent.Editor
{
    /// <summary>What a server says at /healthz; the fields' names are those of its JSON.</summary>
    [Serializable]
    internal sealed class ServedHealth
    {
        public string status = string.Empty;
        public string engine = string.Empty;
        public string model = string.Empty;
        public string version = string.Empty;
        public string cause = string.Empty;
    }
}
