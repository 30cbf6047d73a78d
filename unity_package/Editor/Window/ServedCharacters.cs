using System;
using System.Collections.Generic;

namespace Loquent.Editor
{
    /// <summary>What a server says at /characters; the fields' names are those of its JSON.</summary>
    [Serializable]
    internal sealed class ServedCharacters
    {
        public List<One> characters = new List<One>();

        /// <summary>A character.</summary>
        [Serializable]
        internal sealed class One
        {
            /// <summary>The name to open it by.</summary>
            public string character = string.Empty;

            /// <summary>The name that players see.</summary>
            public string name = string.Empty;
        }
    }
}
