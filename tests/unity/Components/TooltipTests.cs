using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using NUnit.Framework;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>Whoever rests the mouse on a setting learns what it is, in which unit, and from where to where it goes.</summary>
    [TestFixture]
    public sealed class TooltipTests
    {
        /// <summary>Everything of the package that the Inspector shows.</summary>
        public static IEnumerable<TestCaseData> Fields()
        {
            foreach (Type type in typeof(Npc).Assembly.GetTypes().Where(IsShown))
            {
                foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    bool isSerialized = field.IsDefined(typeof(SerializeField), false) || (field.IsPublic && !field.IsNotSerialized && !field.IsInitOnly);
                    if (isSerialized && !field.IsDefined(typeof(HideInInspector), false))
                    {
                        yield return new TestCaseData(field).SetName(type.Name + "." + field.Name);
                    }
                }
            }
        }

        [Test]
        public void ThereAreMany()
        {
            Assert.That(Fields().Count(), Is.GreaterThan(80));
        }

        [Test]
        [TestCaseSource("Fields")]
        public void ASettingHasATooltipWithUnitAndRange(FieldInfo field)
        {
            var tooltip = (TooltipAttribute)Attribute.GetCustomAttribute(field, typeof(TooltipAttribute));
            Assert.That(tooltip, Is.Not.Null);
            StringAssert.IsMatch("[.?)]$", tooltip.tooltip);
            if (field.FieldType == typeof(float) || field.FieldType == typeof(int))
            {
                StringAssert.IsMatch(@"\b[Ff]rom -?[\d.,]+.* to ", tooltip.tooltip, "It says from where to where.");
                var range = (UnityEngine.RangeAttribute)Attribute.GetCustomAttribute(field, typeof(UnityEngine.RangeAttribute));
                Assert.That(range, Is.Not.Null, "A slider keeps to the range.");
                float[] said = Regex.Matches(tooltip.tooltip.Replace(",", string.Empty), @"-?\d+(\.\d+)?").Cast<Match>()
                    .Select(match => float.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
                Assert.That(said, Has.Member(range.min), "The slider begins where the tooltip says.");
            }
        }

        private static bool IsShown(Type type)
        {
            return typeof(MonoBehaviour).IsAssignableFrom(type) || typeof(ScriptableObject).IsAssignableFrom(type) || (type.IsDefined(typeof(SerializableAttribute), false) && type.IsClass);
        }
    }
}
