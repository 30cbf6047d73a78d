using System;

namespace UnityEngine.TestTools
{
    /// <summary>Marks a test that goes on from frame to frame: it returns an IEnumerator, and what it yields is waited for.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class UnityTestAttribute : Attribute
    {
    }
}
