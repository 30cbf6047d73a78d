using System;

namespace Loquent.Core
{
    /// <summary>
    /// The handlers of one event, as an array: so that each can be called by itself, and one that throws costs the others nothing.
    /// Any thread may add and remove; calling allocates nothing.
    /// </summary>
    /// <typeparam name="T">The event's delegate.</typeparam>
    internal sealed class Handlers<T>
        where T : class
    {
        private readonly object gate = new object();
        private T[] all = Array.Empty<T>();

        /// <summary>The handlers as they are now, in the order they were added. Never changed: each change makes another array.</summary>
        internal T[] All
        {
            get
            {
                lock (gate)
                {
                    return all;
                }
            }
        }

        internal void Add(T handler)
        {
            if (handler == null)
            {
                return;
            }

            lock (gate)
            {
                var longer = new T[all.Length + 1];
                Array.Copy(all, longer, all.Length);
                longer[all.Length] = handler;
                all = longer;
            }
        }

        /// <summary>Removes the handler that was added last among its equals.</summary>
        internal void Remove(T handler)
        {
            lock (gate)
            {
                int index = Array.LastIndexOf(all, handler);
                if (index < 0)
                {
                    return;
                }

                var shorter = new T[all.Length - 1];
                Array.Copy(all, shorter, index);
                Array.Copy(all, index + 1, shorter, index, shorter.Length - index);
                all = shorter;
            }
        }
    }
}
