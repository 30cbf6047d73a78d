using System;
using System.Collections;
using System.Collections.Generic;

namespace Unity.Collections
{
    public enum Allocator
    {
        Invalid = 0,
        None = 1,
        Temp = 2,
        TempJob = 3,
        Persistent = 4,
    }

    public enum NativeArrayOptions
    {
        UninitializedMemory = 0,
        ClearMemory = 1,
    }

    /// <summary>Memory outside of the garbage collector's reach, which must be given back. The double's is inside, and tells misuse as Unity does.</summary>
    public struct NativeArray<T> : IDisposable, IEnumerable<T>, IEquatable<NativeArray<T>>
        where T : struct
    {
        private readonly Loquent.Double.NativeBlock<T> block;

        public NativeArray(int length, Allocator allocator, NativeArrayOptions options = NativeArrayOptions.ClearMemory)
        {
            block = new Loquent.Double.NativeBlock<T>(new T[length], allocator != Allocator.Temp);
        }

        public NativeArray(T[] array, Allocator allocator)
            : this(array.Length, allocator)
        {
            CopyFrom(array);
        }

        internal NativeArray(Loquent.Double.NativeBlock<T> block) => this.block = block;

        public int Length => block == null ? 0 : block.Items.Length;

        public bool IsCreated => block != null && !block.IsFreed;

        public T this[int index]
        {
            get => Items[index];
            set => Items[index] = value;
        }

        private T[] Items => IsCreated ? block.Items : throw new ObjectDisposedException("The NativeArray has been deallocated, it is not allowed to access it");

        public void Dispose()
        {
            if (!IsCreated)
            {
                throw new ObjectDisposedException("The NativeArray has already been disposed.");
            }

            block.Free();
        }

        public void CopyFrom(T[] array) => Array.Copy(array, Items, Checked(array.Length));

        public void CopyFrom(NativeArray<T> array) => Array.Copy(array.Items, Items, Checked(array.Length));

        public void CopyTo(T[] array) => Array.Copy(Items, array, Checked(array.Length));

        public void CopyTo(NativeArray<T> array) => Array.Copy(Items, array.Items, Checked(array.Length));

        public static void Copy(NativeArray<T> src, T[] dst, int length) => Array.Copy(src.Items, dst, length);

        public static void Copy(NativeArray<T> src, T[] dst) => src.CopyTo(dst);

        public T[] ToArray() => (T[])Items.Clone();

        public Enumerator GetEnumerator() => new Enumerator(ref this);

        IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();

        public bool Equals(NativeArray<T> other) => ReferenceEquals(block, other.block);

        public override bool Equals(object obj) => obj is NativeArray<T> && Equals((NativeArray<T>)obj);

        public override int GetHashCode() => block == null ? 0 : block.GetHashCode();

        private int Checked(int length) =>
            length == Length ? length : throw new ArgumentException("source and destination length must be the same");

        public struct Enumerator : IEnumerator<T>
        {
            private NativeArray<T> array;
            private int index;

            public Enumerator(ref NativeArray<T> array)
            {
                this.array = array;
                index = -1;
            }

            public T Current => array[index];

            object IEnumerator.Current => Current;

            public bool MoveNext() => ++index < array.Length;

            public void Reset() => index = -1;

            public void Dispose()
            {
            }
        }
    }
}

namespace Loquent.Double
{
    /// <summary>The memory of a NativeArray.</summary>
    internal sealed class NativeBlock<T>
    {
        private readonly bool isCounted;

        internal NativeBlock(T[] items, bool isCounted)
        {
            Items = items;
            this.isCounted = isCounted;
            if (isCounted)
            {
                System.Threading.Interlocked.Increment(ref NativeMemory.Blocks);
            }
        }

        internal T[] Items { get; }

        internal bool IsFreed { get; private set; }

        internal void Free()
        {
            if (!IsFreed && isCounted)
            {
                System.Threading.Interlocked.Decrement(ref NativeMemory.Blocks);
            }

            IsFreed = true;
        }
    }

    internal static class NativeMemory
    {
        /// <summary>How many blocks have been taken and not been given back. Any thread may take one.</summary>
        internal static int Blocks;
    }
}
