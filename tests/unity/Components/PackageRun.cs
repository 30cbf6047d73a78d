using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading;
using Loquent.Double;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Components.Tests
{
    /// <summary>Runs tests as Unity's Test Runner does: frame by frame where they yield. The caller has made a new world.</summary>
    internal static class PackageRun
    {
        private const int MostFrames = 100000;
        private const int PatientFrames = 2000;

        /// <summary>All tests of the package in an assembly.</summary>
        /// <param name="assembly">The assembly.</param>
        /// <param name="space">Their namespace.</param>
        internal static IEnumerable<TestCaseData> All(Assembly assembly, string space)
        {
            foreach (Type fixture in assembly.GetTypes())
            {
                if (fixture.IsAbstract || fixture.Namespace != space || !fixture.IsDefined(typeof(TestFixtureAttribute), true))
                {
                    continue;
                }

                foreach (MethodInfo test in fixture.GetMethods())
                {
                    string name = fixture.Name + "." + test.Name;
                    foreach (TestCaseAttribute one in test.GetCustomAttributes(typeof(TestCaseAttribute), true))
                    {
                        string own = (one.TestName ?? "{m}(" + string.Join(", ", Array.ConvertAll(one.Arguments, value => value ?? "null")) + ")").Replace("{m}", name);
                        yield return new TestCaseData(fixture, test, one.Arguments).SetName(own);
                    }

                    if (test.IsDefined(typeof(UnityTestAttribute), true) || test.IsDefined(typeof(TestAttribute), true))
                    {
                        foreach (object[] arguments in Values(test.GetParameters()))
                        {
                            yield return new TestCaseData(fixture, test, arguments).SetName(name + string.Concat(Array.ConvertAll(arguments, value => " " + value)));
                        }
                    }
                }
            }
        }

        /// <summary>Runs one, and looks into the log.</summary>
        /// <param name="fixture">Its class.</param>
        /// <param name="test">Its method.</param>
        /// <param name="arguments">What it's called with.</param>
        internal static void Run(Type fixture, MethodInfo test, object[] arguments)
        {
            LogAssert.Restart();
            object instance = Activator.CreateInstance(fixture);
            Call(instance, typeof(SetUpAttribute));
            try
            {
                RunFrames(Call(instance, test, arguments) as IEnumerator);
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
                    if (frame > PatientFrames)
                    {
                        Thread.Sleep(1); // it waits for another thread, which needs the processor
                    }
                }

                steps = nested.Count > 0 ? nested.Pop() : null;
            }
        }

        private static void Call(object instance, Type attribute)
        {
            MethodInfo[] methods = Array.FindAll(instance.GetType().GetMethods(), method => method.IsDefined(attribute, true));
            int way = attribute == typeof(SetUpAttribute) ? 1 : -1; // what a base class sets up comes first, and goes last
            foreach (MethodInfo method in methods.OrderBy(method => way * Depth(method.DeclaringType)))
            {
                Call(instance, method, null);
            }
        }

        /// <summary>All combinations of the values that parameters name.</summary>
        private static IEnumerable<object[]> Values(ParameterInfo[] parameters)
        {
            IEnumerable<object[]> all = new[] { new object[0] };
            foreach (ParameterInfo parameter in parameters)
            {
                var named = (ValuesAttribute)parameter.GetCustomAttributes(typeof(ValuesAttribute), true).Single();
                object[] values = named.GetData(parameter).Cast<object>().ToArray();
                all = all.SelectMany(before => values, (before, value) => before.Concat(new[] { value }).ToArray());
            }

            return all;
        }

        private static int Depth(Type type)
        {
            return type.BaseType == null ? 0 : 1 + Depth(type.BaseType);
        }

        private static object Call(object instance, MethodInfo method, object[] arguments)
        {
            try
            {
                return method.Invoke(instance, arguments);
            }
            catch (TargetInvocationException error)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error.InnerException).Throw();
                throw;
            }
        }
    }
}
