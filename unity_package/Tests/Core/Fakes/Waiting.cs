using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>Waiting in tests that aren't async themselves, with an end in any case.</summary>
    internal static class Waiting
    {
        private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

        /// <summary>Runs something outside of the test's own synchronization context, and waits for it.</summary>
        internal static T For<T>(Func<Task<T>> work)
        {
            Task<T> task = Task.Run(work);
            Finish(task);
            return task.GetAwaiter().GetResult();
        }

        /// <summary>Runs something outside of the test's own synchronization context, and waits for it.</summary>
        internal static void For(Func<Task> work)
        {
            Task task = Task.Run(work);
            Finish(task);
            task.GetAwaiter().GetResult();
        }

        /// <summary>Gives the exception that something ends with.</summary>
        internal static Exception Failure(Func<Task> work)
        {
            try
            {
                For(work);
            }
            catch (AssertionException)
            {
                throw;
            }
            catch (Exception error)
            {
                return error;
            }

            return null;
        }

        /// <summary>Waits until something is so.</summary>
        internal static void Until(Func<bool> holds, string what)
        {
            var passed = Stopwatch.StartNew();
            while (!holds())
            {
                if (passed.Elapsed > Most)
                {
                    Assert.Fail("After " + Most.TotalSeconds + " s still not so: " + what);
                }

                Thread.Sleep(1);
            }
        }

        private static void Finish(Task task)
        {
            if (Task.WhenAny(task, Task.Delay(Most)).GetAwaiter().GetResult() != task)
            {
                Assert.Fail("Not done after " + Most.TotalSeconds + " s.");
            }
        }
    }
}
