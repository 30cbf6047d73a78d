using NUnit.Framework;
using UnityEngine;

namespace Loquent.Double.Tests
{
    /// <summary>The arithmetic against values that real Unity gives, and against its own laws.</summary>
    [TestFixture]
    public sealed class MathsTests : EngineTest
    {
        private const float Near = 1e-4f;

        [Test]
        public void EulerAnglesTurnAboutZThenXThenY()
        {
            // Unity's documented order. Forward turned by 90° about y looks to the right; up turned by 90° about x looks forward.
            AssertNear(Quaternion.Euler(0, 90, 0) * Vector3.forward, Vector3.right);
            AssertNear(Quaternion.Euler(90, 0, 0) * Vector3.up, Vector3.forward);
            AssertNear(Quaternion.Euler(0, 0, 90) * Vector3.right, Vector3.up);
            Quaternion all = Quaternion.Euler(10, 20, 30);
            Quaternion steps = Quaternion.Euler(0, 20, 0) * Quaternion.Euler(10, 0, 0) * Quaternion.Euler(0, 0, 30);
            Assert.That(Quaternion.Angle(all, steps), Is.EqualTo(0));
            AssertNear(all, new Quaternion(0.1276794f, 0.1448781f, 0.2392983f, 0.9515485f)); // as Unity prints it
        }

        [TestCase(10, 20, 30)]
        [TestCase(350, 200, 5)]
        [TestCase(0, 180, 0)]
        [TestCase(45, 359, 90)]
        public void EulerAnglesComeBack(float x, float y, float z)
        {
            AssertNear(Quaternion.Euler(x, y, z).eulerAngles, new Vector3(x, y, z), 0.01f);
        }

        [Test]
        public void LookingStraightUpKeepsItsTurn()
        {
            Vector3 angles = Quaternion.Euler(90, 30, 0).eulerAngles;
            AssertNear(angles, new Vector3(90, 30, 0), 0.1f);
        }

        [Test]
        public void LookRotationLooksAndStaysUpright()
        {
            Quaternion look = Quaternion.LookRotation(new Vector3(1, 1, 0));
            AssertNear(look * Vector3.forward, new Vector3(0.70711f, 0.70711f, 0));
            Assert.That((look * Vector3.right).y, Is.EqualTo(0).Within(Near));
            AssertNear(Quaternion.LookRotation(Vector3.up) * Vector3.forward, Vector3.up);
            Assert.That(Quaternion.LookRotation(Vector3.zero) == Quaternion.identity, Is.True);
        }

        [Test]
        public void SlerpGoesTheShortWayAtAnEvenPace()
        {
            Quaternion from = Quaternion.Euler(0, 10, 0);
            Quaternion to = Quaternion.Euler(0, 350, 0);
            Assert.That(Quaternion.Angle(from, to), Is.EqualTo(20).Within(0.01f));
            AssertNear(Quaternion.Slerp(from, to, 0.5f) * Vector3.forward, Vector3.forward);
            AssertNear(Quaternion.Slerp(from, to, 0.25f).eulerAngles, new Vector3(0, 5, 0), 0.01f);
            AssertNear(Quaternion.RotateTowards(from, to, 4).eulerAngles, new Vector3(0, 6, 0), 0.01f);
            Assert.That(Quaternion.Angle(Quaternion.RotateTowards(from, to, 40), to), Is.EqualTo(0));
        }

        [Test]
        public void AnglesBelowATenthOfADegreeArentSeen()
        {
            Assert.That(Quaternion.Angle(Quaternion.identity, Quaternion.Euler(0, 0.1f, 0)), Is.EqualTo(0));
            Assert.That(Quaternion.Angle(Quaternion.identity, Quaternion.Euler(0, 0.5f, 0)), Is.EqualTo(0.5f).Within(0.02f));
        }

        [Test]
        public void FromToAndAngleAxisAreEachOthersOpposite()
        {
            AssertNear(Quaternion.FromToRotation(Vector3.up, Vector3.right) * Vector3.up, Vector3.right);
            AssertNear(Quaternion.FromToRotation(Vector3.up, Vector3.down) * Vector3.up, Vector3.down);
            Quaternion.AngleAxis(70, new Vector3(1, 2, 3)).ToAngleAxis(out float angle, out Vector3 axis);
            Assert.That(angle, Is.EqualTo(70).Within(0.01f));
            AssertNear(axis, new Vector3(1, 2, 3).normalized);
        }

        [Test]
        public void AMatrixAndItsInverseAreNothing()
        {
            Matrix4x4 matrix = Matrix4x4.TRS(new Vector3(1, 2, 3), Quaternion.Euler(10, 20, 30), new Vector3(2, 3, 4));
            Assert.That((matrix * matrix.inverse).isIdentity, Is.True);
            Assert.That(matrix.determinant, Is.EqualTo(24).Within(0.01f));
            AssertNear(matrix.lossyScale, new Vector3(2, 3, 4));
            Assert.That(Quaternion.Angle(matrix.rotation, Quaternion.Euler(10, 20, 30)), Is.EqualTo(0));
            AssertNear(matrix.MultiplyPoint3x4(Vector3.zero), new Vector3(1, 2, 3));
            AssertNear(matrix.inverse.MultiplyPoint3x4(matrix.MultiplyPoint3x4(Vector3.one)), Vector3.one);
        }

        [Test]
        public void SmoothDampIsUnitys()
        {
            // By hand: x = 2/0.3 · 0.1 = 0.66667, decay = 1/(1 + x + 0.48x² + 0.235x³) = 0.512918; 10 − 16.66667 · 0.512918, 44.44444 · 0.512918.
            float velocity = 0;
            float value = Mathf.SmoothDamp(0, 10, ref velocity, 0.3f, Mathf.Infinity, 0.1f);
            Assert.That(value, Is.EqualTo(1.45137f).Within(1e-3f));
            Assert.That(velocity, Is.EqualTo(22.79636f).Within(1e-2f));
            for (int i = 0; i < 100; i++)
            {
                value = Mathf.SmoothDamp(value, 10, ref velocity, 0.3f, Mathf.Infinity, 0.02f);
                Assert.That(value, Is.LessThanOrEqualTo(10));
            }

            Assert.That(value, Is.EqualTo(10).Within(0.01f));
        }

        [Test]
        public void FunctionsKeepUnitysHabits()
        {
            Assert.That(Mathf.Sign(0), Is.EqualTo(1));
            Assert.That(Mathf.Lerp(0, 10, 2), Is.EqualTo(10));
            Assert.That(Mathf.LerpUnclamped(0, 10, 2), Is.EqualTo(20));
            Assert.That(Mathf.DeltaAngle(350, 10), Is.EqualTo(20).Within(Near));
            Assert.That(Mathf.MoveTowardsAngle(350, 10, 5), Is.EqualTo(355).Within(Near));
            Assert.That(Mathf.Repeat(-1, 3), Is.EqualTo(2).Within(Near));
            Assert.That(Mathf.RoundToInt(2.5f), Is.EqualTo(2));
            Assert.That(new Vector3(1, 1, 1) == new Vector3(1.000001f, 1, 1), Is.True);
            Assert.That(Vector3.SignedAngle(Vector3.forward, Vector3.right, Vector3.up), Is.EqualTo(90).Within(Near));
            AssertNear(Vector3.Cross(Vector3.right, Vector3.up), Vector3.forward);
            AssertNear(Vector3.MoveTowards(Vector3.zero, new Vector3(3, 4, 0), 1), new Vector3(0.6f, 0.8f, 0));
            Assert.That((Color32)new Color(0.5f, 0, 1, 2), Is.EqualTo(new Color32(128, 0, 255, 255)));
            Assert.That(new Vector3(1, 2, 3).ToString(), Is.EqualTo("(1.00, 2.00, 3.00)"));
        }

        [Test]
        public void ABoxIsHitWhereTheRayEntersIt()
        {
            var box = new Bounds(new Vector3(0, 0, 5), Vector3.one * 2);
            Assert.That(box.IntersectRay(new Ray(Vector3.zero, Vector3.forward), out float distance), Is.True);
            Assert.That(distance, Is.EqualTo(4).Within(Near));
            Assert.That(box.IntersectRay(new Ray(Vector3.zero, Vector3.back)), Is.False);
            Assert.That(box.IntersectRay(new Ray(new Vector3(0, 1.1f, 0), Vector3.forward)), Is.False);
        }

        [Test]
        public void ACameraSeesAsInUnity()
        {
            Camera camera = Stage.Player(Vector3.zero);
            AssertNear(camera.WorldToViewportPoint(new Vector3(0, 0, 10)), new Vector3(0.5f, 0.5f, 10));
            float top = Mathf.Tan(30 * Mathf.Deg2Rad) * 10;
            AssertNear(camera.WorldToViewportPoint(new Vector3(0, top, 10)), new Vector3(0.5f, 1, 10));
            AssertNear(camera.WorldToScreenPoint(new Vector3(0, 0, 10)), new Vector3(960, 540, 10), 0.01f);
            Assert.That(camera.WorldToViewportPoint(new Vector3(0, 0, -1)).z, Is.EqualTo(-1).Within(Near));
            AssertNear(camera.ViewportToWorldPoint(new Vector3(0.5f, 1, 10)), new Vector3(0, top, 10));
            Plane[] planes = GeometryUtility.CalculateFrustumPlanes(camera);
            Assert.That(GeometryUtility.TestPlanesAABB(planes, new Bounds(new Vector3(0, 0, 10), Vector3.one)), Is.True);
            Assert.That(GeometryUtility.TestPlanesAABB(planes, new Bounds(new Vector3(0, 0, -10), Vector3.one)), Is.False);
            Assert.That(GeometryUtility.TestPlanesAABB(planes, new Bounds(new Vector3(30, 0, 10), Vector3.one)), Is.False);
        }

        private static void AssertNear(Vector3 actual, Vector3 expected, float tolerance = Near)
        {
            Assert.That(Vector3.Distance(actual, expected), Is.LessThan(tolerance), actual.ToString("F4") + " isn't " + expected.ToString("F4"));
        }

        private static void AssertNear(Quaternion actual, Quaternion expected)
        {
            for (int i = 0; i < 4; i++)
            {
                Assert.That(actual[i], Is.EqualTo(expected[i]).Within(Near));
            }
        }
    }
}
