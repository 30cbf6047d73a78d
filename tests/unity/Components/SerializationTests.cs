using System;
using System.Linq;
using System.Reflection;
using NUnit.Framework;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>What Unity keeps of an object, and what it must not.</summary>
    [TestFixture]
    public sealed class SerializationTests
    {
        /// <summary>
        /// When scripts are compiled while the game plays, Unity keeps private fields as well, but only those of types that it can write. What is worked out from others
        /// would be kept by halves.
        /// </summary>
        [Test]
        public void APartOfAComponentKeepsItsSettingsAndNothingElse()
        {
            Type[] parts = typeof(Npc).Assembly.GetTypes().Where(type => type.IsSerializable && type.IsClass && !typeof(Delegate).IsAssignableFrom(type)).ToArray();
            Assert.That(parts, Has.Member(typeof(CueAction)).And.Member(typeof(ReadingSettings)));
            foreach (FieldInfo field in parts.SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)))
            {
                Assert.That(field.IsDefined(typeof(SerializeField), false) || field.IsNotSerialized, Is.True, field.DeclaringType.Name + "." + field.Name);
            }
        }
    }
}
