using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;
using Loquent.Double;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Components.Tests
{
    /// <summary>
    /// Runs the package's own tests of its components, as Unity's Test Runner does in Play mode: each in a new world, frame by frame where it yields.
    /// </summary>
    [TestFixture]
    public sealed class PackageTests : EngineTest
    {
        private const int MostFrames = 100000;

        /// <summary>All tests of the assembly that a type of it stands for.</summary>
        public static IEnumerable<TestCaseData> All()
        {
            foreach (Type fixture in typeof(Loquent.Tests.SceneTest).Assembly.GetTypes())
            {
                if (fixture.IsAbstract || !fixture.IsDefined(typeof(TestFixtureAttribute), true))
                {
                    continue;
                }

                foreach (MethodInfo test in fixture.GetMethods())
                {
                    if (test.IsDefined(typeof(UnityTestAttribute), true) || test.IsDefined(typeof(TestAttribute), true))
                    {
                        yield return new TestCaseData(fixture, test.Name).SetName(fixture.Name + "." + test.Name);
                    }
                }
            }
        }

        [Test]
        [TestCaseSource("All")]
        public void Runs(Type fixture, string test)
        {
            LogAssert.Restart();
            object instance = Activator.CreateInstance(fixture);
            Call(instance, typeof(SetUpAttribute));
            try
            {
                RunFrames(Call(instance, fixture.GetMethod(test)) as IEnumerator);
            }
            finally
            {
                Call(instance, typeof(TearDownAttribute));
            }

            Engine.Frame();
            Assert.That(LogAssert.Problem(Array.ConvertAll(EngineLog.Lines, ToPair)), Is.Null);
            EngineLog.Clear(); // what comes when Play stops is looked at behind this
        }

        private static KeyValuePair<LogType, string> ToPair(LogLine line)
        {
            return new KeyValuePair<LogType, string>(line.Type, line.Message);
        }

        private static void RunFrames(IEnumerator steps)
        {
            var nested = new Stack<IEnumerator>();
            while (steps != null)
            {
                for (int frame = 0; steps.MoveNext(); frame++)
                {
                    Assert.That(frame, Is.LessThan(MostFrames), "The test doesn't come to an end.");
                    if (steps.Current is IEnumerator inner)
                    {
                        nested.Push(steps);
                        steps = inner;
                        continue;
                    }

                    Engine.Frame();
                }

                steps = nested.Count > 0 ? nested.Pop() : null;
            }
        }

        private static void Call(object instance, Type attribute)
        {
            foreach (MethodInfo method in instance.GetType().GetMethods())
            {
                if (method.IsDefined(attribute, true))
                {
                    Call(instance, method);
                }
            }
        }

        private static object Call(object instance, MethodInfo method)
        {
            try
            {
                return method.Invoke(instance, null);
            }
            catch (TargetInvocationException error)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error.InnerException).Throw();
                throw;
            }
        }
    }
}
