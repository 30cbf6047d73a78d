using System.Collections;
using System.Text.RegularExpressions;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Loquent.Tests
{
    /// <summary>A canvas is kept at its object, faces the player, and stays readable.</summary>
    [TestFixture]
    public sealed class CanvasAnchorTests : SceneTest
    {
        private GameObject figure;
        private SpeechCanvas canvas;
        private CanvasAnchor anchor;

        [SetUp]
        public void MakeFigure()
        {
            figure = Make("Figure");
            figure.transform.position = new Vector3(0, 0, 2);
            Cube(figure.transform, new Vector3(0, 0.9f, 0), new Vector3(0.5f, 1.8f, 0.5f));
            canvas = figure.AddComponent<SpeechCanvas>();
            anchor = figure.AddComponent<CanvasAnchor>();
            canvas.OwnReading = true;
            canvas.Reading.ReadingSpeed = 100;
        }

        [UnityTest]
        public IEnumerator ItStandsAboveAllThatIsDrawnOfItsObject()
        {
            Cube(figure.transform, new Vector3(0.2f, 2.0f, 0), new Vector3(0.1f, 0.4f, 0.1f)); // a hat
            yield return Show();
            Assert.That(Bottom(), Is.EqualTo(2.2f + 0.12f).Within(0.001f));
            Assert.That(canvas.Root.position.x, Is.EqualTo(0).Within(0.001f));
        }

        [UnityTest]
        public IEnumerator NoScalingOfItsObjectDeformsIt()
        {
            figure.transform.localScale = new Vector3(3, 1, 0.2f);
            figure.transform.rotation = Quaternion.Euler(0, 30, 0);
            yield return Show();
            Vector3 scale = canvas.Root.lossyScale;
            Assert.That(scale.x, Is.EqualTo(scale.y).Within(1e-6f));
            Assert.That(scale.z, Is.EqualTo(scale.y).Within(1e-6f));
        }

        [UnityTest]
        public IEnumerator TextHasTheSameAngularSizeBetweenNearestAndFarthest()
        {
            yield return Show();
            foreach (float distance in new[] { 1.5f, 3f, 4.5f })
            {
                figure.transform.position = new Vector3(0, 0, distance);
                anchor.Snap();
                yield return Pass(0.5f);
                float em = canvas.PartsInUse.Page.fontSize * canvas.Root.lossyScale.y * 1000 / anchor.Distance;
                Assert.That(em, Is.EqualTo(24).Within(0.3f), "Millimetres per metre at " + distance + " m.");
            }

            figure.transform.position = new Vector3(0, 0, 9);
            anchor.Snap();
            yield return Pass(0.5f);
            Assert.That(canvas.Root.lossyScale.y, Is.EqualTo(0.005f).Within(1e-6f), "Farther than that it keeps its size in the world.");
        }

        [UnityTest]
        public IEnumerator ItFacesThePlayerUpright()
        {
            figure.transform.position = new Vector3(3, 0, 3);
            yield return Show();
            Vector3 away = canvas.Root.position - Player.transform.position;
            away.y = 0;
            Assert.That(Vector3.Angle(canvas.Root.forward, away), Is.LessThan(0.5f));
            Assert.That(Vector3.Angle(canvas.Root.up, Vector3.up), Is.LessThan(0.01f));
        }

        [UnityTest]
        public IEnumerator FacingFullItLeansBackToo()
        {
            anchor.Facing = CanvasFacing.Full;
            figure.transform.position = new Vector3(0, 1.5f, 2);
            yield return Show();
            Vector3 away = canvas.Root.position - Player.transform.position;
            Assert.That(Vector3.Angle(canvas.Root.forward, away), Is.LessThan(0.5f));
            Assert.That(canvas.Root.right.y, Is.EqualTo(0).Within(1e-4f), "It never leans to the side.");
        }

        [UnityTest]
        public IEnumerator TurningTheHeadMovesNothing()
        {
            yield return Show();
            yield return Pass(1);
            Vector3 at = canvas.Root.position;
            Quaternion turned = canvas.Root.rotation;
            Player.transform.rotation = Quaternion.Euler(10, 20, 5);
            yield return Pass(0.5f);
            Assert.That(canvas.Root.position, Is.EqualTo(at));
            Assert.That(canvas.Root.rotation, Is.EqualTo(turned));
        }

        [UnityTest]
        public IEnumerator ASmallStepOfThePlayerMovesNothingAndALargeOneDoesLazily()
        {
            yield return Show();
            yield return Pass(4);
            Quaternion before = canvas.Root.rotation;
            Player.transform.position += new Vector3(0.1f, 0, 0);
            yield return Pass(0.5f);
            Assert.That(canvas.Root.rotation, Is.EqualTo(before), "Within the dead zone.");
            Player.transform.position += new Vector3(1, 0, 0);
            yield return null;
            yield return null;
            float soon = Quaternion.Angle(canvas.Root.rotation, before);
            yield return Pass(2);
            float settled = Quaternion.Angle(canvas.Root.rotation, before);
            Assert.That(soon, Is.LessThan(settled / 2));
            Vector3 away = canvas.Root.position - Player.transform.position;
            away.y = 0;
            Assert.That(Vector3.Angle(canvas.Root.forward, away), Is.LessThan(0.5f));
        }

        [UnityTest]
        public IEnumerator ItFollowsItsObjectThatWalks()
        {
            yield return Show();
            for (float end = Time.unscaledTime + 2; Time.unscaledTime < end;)
            {
                figure.transform.position += new Vector3(1.4f * Time.unscaledDeltaTime, 0, 0);
                yield return null;
            }

            Assert.That(canvas.Root.position.x, Is.EqualTo(figure.transform.position.x).Within(0.2f));
            yield return Pass(1);
            Assert.That(canvas.Root.position.x, Is.EqualTo(figure.transform.position.x).Within(0.02f));
        }

        [UnityTest]
        public IEnumerator TooNearAndTooFarItFades()
        {
            yield return Show();
            Player.transform.position = canvas.Root.position + new Vector3(0, 0, -0.35f);
            yield return Pass(0.5f);
            Assert.That(canvas.Alpha, Is.EqualTo(0));
            Assert.That(canvas.PartsInUse.Canvas.enabled, Is.False);
            Player.transform.position = canvas.Root.position + new Vector3(0, 0, -0.5f);
            yield return Pass(0.5f);
            Assert.That(canvas.Alpha, Is.InRange(0.2f, 0.8f));
            Player.transform.position = new Vector3(0, 1.6f, -14);
            yield return Pass(0.5f);
            Assert.That(canvas.Alpha, Is.EqualTo(0));
            Player.transform.position = new Vector3(0, 1.6f, 0);
            yield return Pass(0.5f);
            Assert.That(canvas.Alpha, Is.EqualTo(1));
        }

        [UnityTest]
        public IEnumerator BehindThePlayerItIsNotDrawn()
        {
            yield return Show();
            Player.transform.rotation = Quaternion.Euler(0, 180, 0);
            yield return null;
            yield return null;
            Assert.That(canvas.PartsInUse.Canvas.enabled, Is.False);
            Player.transform.rotation = Quaternion.identity;
            yield return null;
            yield return null;
            Assert.That(canvas.PartsInUse.Canvas.enabled, Is.True);
        }

        [UnityTest]
        public IEnumerator WhatStandsBetweenHidesItIfAsked()
        {
            anchor.HidesOccluded = true;
            yield return Show();
            GameObject wall = Make("Wall");
            wall.transform.position = new Vector3(0, 1.8f, 1);
            wall.AddComponent<BoxCollider>().size = new Vector3(4, 4, 0.1f);
            yield return Until(() => canvas.Alpha == 0, "it's hidden");
            Assert.That(anchor.IsOccluded, Is.True);
            wall.SetActive(false);
            yield return Until(() => canvas.Alpha == 1, "it's there again");
            figure.AddComponent<BoxCollider>().size = new Vector3(4, 4, 0.1f);
            yield return Pass(1);
            Assert.That(anchor.IsOccluded, Is.False, "Its object's own collider doesn't count.");
        }

        [UnityTest]
        public IEnumerator CanvasesOfNeighboursDoNotCoverEachOther()
        {
            yield return Show();
            GameObject other = Make("Other");
            other.transform.position = new Vector3(0.3f, 0, 3);
            Cube(other.transform, new Vector3(0, 0.9f, 0), new Vector3(0.5f, 1.8f, 0.5f));
            var second = other.AddComponent<SpeechCanvas>();
            other.AddComponent<CanvasAnchor>();
            second.Show("Me too");
            yield return Pass(2);
            Assert.That(Elevation(second, -1), Is.GreaterThan(Elevation(canvas, 1)), "The farther one stands above the nearer.");
            float before = second.Root.position.y;
            canvas.Hide();
            yield return Pass(2);
            Assert.That(second.Root.position.y, Is.LessThan(before - 0.1f), "And comes down when there is room.");
        }

        [UnityTest]
        public IEnumerator AtATransformItStandsThere()
        {
            GameObject place = Make("Place");
            place.transform.position = new Vector3(0.5f, 1.2f, 1.5f);
            anchor.Kind = AnchorKind.Transform;
            anchor.Target = place.transform;
            anchor.Offset = Vector3.zero;
            yield return Show();
            Assert.That(canvas.Root.position.x, Is.EqualTo(0.5f).Within(0.001f));
            Assert.That(Bottom(), Is.EqualTo(1.2f).Within(0.001f));
        }

        [UnityTest]
        public IEnumerator WithoutTheBoneItStandsAboveTheBoundsAndSaysSo()
        {
            anchor.Kind = AnchorKind.Bone;
            LogAssert.Expect(LogType.Warning, "CanvasAnchor 'Figure': 'Figure' has no humanoid Animator with the bone Head, so the canvas is kept above its bounds. Choose another kind or bone.");
            yield return Show();
            Assert.That(Bottom(), Is.EqualTo(1.8f + 0.12f).Within(0.001f));
        }

        [UnityTest]
        public IEnumerator ATargetThatIsDestroyedLeavesItWhereItIs()
        {
            GameObject place = Make("Place");
            place.transform.position = new Vector3(0.5f, 1.2f, 1.5f);
            anchor.Kind = AnchorKind.Transform;
            anchor.Target = place.transform;
            yield return Show();
            Vector3 at = canvas.Root.position;
            LogAssert.Expect(LogType.Warning, new Regex("^CanvasAnchor 'Figure': what the canvas was kept at is gone"));
            Object.DestroyImmediate(place);
            yield return Pass(0.5f);
            Assert.That(canvas.Root.position, Is.EqualTo(at));
        }

        [UnityTest]
        public IEnumerator ACameraThatIsReplacedIsFoundAgain()
        {
            yield return Show();
            Object.DestroyImmediate(Player.gameObject);
            GameObject eye = Make("Other eye");
            eye.tag = "MainCamera";
            eye.transform.position = new Vector3(3, 1.6f, 2);
            eye.AddComponent<Camera>();
            eye.transform.rotation = Quaternion.Euler(0, -90, 0);
            yield return Pass(2);
            Assert.That(Vector3.Angle(canvas.Root.forward, Vector3.left), Is.LessThan(1));
        }

        private IEnumerator Show()
        {
            canvas.Show("Good evening");
            yield return Until(() => canvas.Alpha == 1, "it's there");
        }

        private float Bottom()
        {
            return canvas.Root.position.y - (canvas.Root.rect.height * canvas.Root.lossyScale.y / 2);
        }

        /// <summary>At which angle the player sees an edge of a canvas.</summary>
        private float Elevation(SpeechCanvas of, float side)
        {
            Vector3 edge = of.Root.position + (of.Root.up * (of.Root.rect.height * of.Root.lossyScale.y / 2 * side)) - Player.transform.position;
            return Mathf.Atan2(edge.y, new Vector2(edge.x, edge.z).magnitude);
        }

        private static void Cube(Transform parent, Vector3 at, Vector3 size)
        {
            GameObject cube = GameObject.CreatePrimitive(PrimitiveType.Cube);
            Object.DestroyImmediate(cube.GetComponent<Collider>());
            cube.transform.SetParent(parent, false);
            cube.transform.localPosition = at;
            cube.transform.localScale = size;
        }
    }
}
