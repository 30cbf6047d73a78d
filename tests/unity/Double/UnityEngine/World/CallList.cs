using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>Who gets a message in every frame: by execution order, and among equals by when they were enabled.</summary>
    internal sealed class CallList
    {
        private readonly Message message;
        private readonly List<MonoBehaviour> members = new List<MonoBehaviour>();
        private readonly List<MonoBehaviour> joining = new List<MonoBehaviour>();
        private bool hasGaps;

        internal CallList(Message message)
        {
            this.message = message;
        }

        internal void Add(MonoBehaviour behaviour)
        {
            if (Messages.Has(behaviour, message))
            {
                joining.Add(behaviour);
            }
        }

        internal void Remove(MonoBehaviour behaviour)
        {
            joining.Remove(behaviour);
            int index = members.IndexOf(behaviour);
            if (index >= 0)
            {
                members[index] = null; // the list may be under way
                hasGaps = true;
            }
        }

        /// <summary>Calls all members. Who joins meanwhile isn't called before the next time.</summary>
        internal void Run()
        {
            if (hasGaps)
            {
                members.RemoveAll(member => ReferenceEquals(member, null));
                hasGaps = false;
            }

            for (int i = 0; i < joining.Count; i++)
            {
                Insert(joining[i]);
            }

            joining.Clear();
            for (int i = 0; i < members.Count; i++)
            {
                if (!ReferenceEquals(members[i], null))
                {
                    members[i].StartOnce();
                }

                if (!ReferenceEquals(members[i], null))
                {
                    Messages.Call(members[i], message);
                }
            }
        }

        private void Insert(MonoBehaviour behaviour)
        {
            int at = members.Count;
            while (at > 0 && members[at - 1].ExecutionOrder > behaviour.ExecutionOrder)
            {
                at--;
            }

            members.Insert(at, behaviour);
        }
    }
}
