using NUnit.Framework;
using UnityEngine;

namespace Loquent.Double.Tests
{
    /// <summary>Places in places, and rectangles on rectangles.</summary>
    [TestFixture]
    public sealed class TransformTests : EngineTest
    {
        [Test]
        public void AChildIsInItsParentsSpace()
        {
            Transform parent = new GameObject("p").transform;
            Transform child = new GameObject("c").transform;
            parent.SetPositionAndRotation(new Vector3(1, 0, 0), Quaternion.Euler(0, 90, 0));
            parent.localScale = new Vector3(2, 2, 2);
            child.SetParent(parent, false);
            child.localPosition = new Vector3(0, 0, 1);
            AssertNear(child.position, new Vector3(3, 0, 0));
            AssertNear(child.forward, Vector3.right);
            AssertNear(child.lossyScale, new Vector3(2, 2, 2));
            AssertNear(parent.InverseTransformPoint(child.position), new Vector3(0, 0, 1));
            child.position = Vector3.zero;
            AssertNear(child.localPosition, new Vector3(0, 0, -0.5f));
            child.rotation = Quaternion.identity;
            AssertNear(child.localEulerAngles, new Vector3(0, 270, 0));
        }

        [Test]
        public void AnotherParentKeepsThePlaceInTheWorldOrTheOwn()
        {
            Transform parent = new GameObject("p").transform;
            parent.SetPositionAndRotation(new Vector3(1, 2, 3), Quaternion.Euler(0, 30, 0));
            parent.localScale = Vector3.one * 4;
            Transform child = new GameObject("c").transform;
            child.position = new Vector3(5, 5, 5);
            child.SetParent(parent);
            AssertNear(child.position, new Vector3(5, 5, 5));
            AssertNear(child.lossyScale, Vector3.one);
            Assert.That(parent.childCount, Is.EqualTo(1));
            child.SetParent(null, false);
            Assert.That(Vector3.Distance(child.position, new Vector3(5, 5, 5)), Is.GreaterThan(1));
            Assert.That(child.root, Is.SameAs(child));
        }

        [Test]
        public void NobodyIsTheirOwnGrandparent()
        {
            Transform parent = new GameObject("p").transform;
            Transform child = new GameObject("c").transform;
            child.SetParent(parent);
            parent.SetParent(child);
            EngineLog.Take(LogType.Error, "to itself or a child of it");
            Assert.That(parent.parent, Is.Null);
        }

        [Test]
        public void FindGoesByPath()
        {
            Transform root = new GameObject("root").transform;
            Transform inner = new GameObject("inner").transform;
            inner.SetParent(root);
            Transform leaf = new GameObject("leaf").transform;
            leaf.SetParent(inner);
            Assert.That(root.Find("inner/leaf"), Is.SameAs(leaf));
            Assert.That(GameObject.Find("root/inner"), Is.SameAs(inner.gameObject));
            Assert.That(root.Find("leaf"), Is.Null);
            Assert.That(root.GetComponentsInChildren<Transform>().Length, Is.EqualTo(3));
        }

        [Test]
        public void ARectangleIsSizedByItsAnchorsAndItsOwnSize()
        {
            RectTransform parent = Rect("p", null);
            parent.sizeDelta = new Vector2(400, 200);
            RectTransform child = Rect("c", parent);
            Assert.That(child.rect, Is.EqualTo(new Rect(-50, -50, 100, 100)));
            child.anchorMin = Vector2.zero;
            child.anchorMax = Vector2.one;
            child.sizeDelta = Vector2.zero;
            Assert.That(child.rect.size, Is.EqualTo(new Vector2(400, 200)));
            child.offsetMin = new Vector2(10, 20);
            child.offsetMax = new Vector2(-30, -40);
            Assert.That(child.rect.size, Is.EqualTo(new Vector2(360, 140)));
            Assert.That(child.sizeDelta, Is.EqualTo(new Vector2(-40, -60)));
            AssertNear(child.localPosition, new Vector3(-10, -10, 0));
            parent.SetSizeWithCurrentAnchors(RectTransform.Axis.Horizontal, 500);
            Assert.That(child.rect.width, Is.EqualTo(460));
        }

        [Test]
        public void APivotMovesTheRectangleAboutItsPlace()
        {
            RectTransform parent = Rect("p", null);
            parent.sizeDelta = new Vector2(400, 200);
            RectTransform child = Rect("c", parent);
            child.anchorMin = child.anchorMax = new Vector2(0, 1);
            child.pivot = new Vector2(0, 1);
            child.anchoredPosition = new Vector2(10, -10);
            AssertNear(child.localPosition, new Vector3(-190, 90, 0));
            Assert.That(child.rect, Is.EqualTo(new Rect(0, -100, 100, 100)));
            child.localPosition = Vector3.zero;
            Assert.That(child.anchoredPosition, Is.EqualTo(new Vector2(200, -100)));
        }

        [Test]
        public void CornersGoFromBottomLeftByTopLeft()
        {
            RectTransform one = Rect("a", null);
            one.sizeDelta = new Vector2(200, 100);
            one.SetPositionAndRotation(new Vector3(0, 1, 2), Quaternion.Euler(0, 90, 0));
            one.localScale = Vector3.one * 0.01f;
            var corners = new Vector3[4];
            one.GetWorldCorners(corners);
            AssertNear(corners[0], new Vector3(0, 0.5f, 3));
            AssertNear(corners[1], new Vector3(0, 1.5f, 3));
            AssertNear(corners[2], new Vector3(0, 1.5f, 1));
            AssertNear(corners[3], new Vector3(0, 0.5f, 1));
        }

        [Test]
        public void ARequiredRectTransformTakesTheTransformsPlace()
        {
            var one = new GameObject("a");
            one.transform.position = new Vector3(1, 2, 3);
            Transform child = new GameObject("c").transform;
            child.SetParent(one.transform);
            one.AddComponent<Canvas>();
            Assert.That(one.transform, Is.InstanceOf<RectTransform>());
            AssertNear(one.transform.position, new Vector3(1, 2, 3));
            Assert.That(child.parent, Is.SameAs(one.transform));
        }

        [Test]
        public void BoundsAreThoseOfTheTurnedBox()
        {
            GameObject cube = GameObject.CreatePrimitive(PrimitiveType.Cube);
            cube.transform.SetPositionAndRotation(new Vector3(0, 1, 0), Quaternion.Euler(0, 45, 0));
            AssertNear(cube.GetComponent<Renderer>().bounds.size, new Vector3(1.41421f, 1, 1.41421f));
            Assert.That(Physics.Linecast(new Vector3(0, 1, -5), new Vector3(0, 1, 5), out RaycastHit hit), Is.True);
            Assert.That(hit.distance, Is.EqualTo(5 - 0.70711f).Within(1e-3f));
            Assert.That(hit.transform, Is.SameAs(cube.transform));
            Assert.That(Physics.Linecast(new Vector3(2, 1, -5), new Vector3(2, 1, 5)), Is.False);
            cube.layer = LayerMask.NameToLayer("Ignore Raycast");
            Assert.That(Physics.Linecast(new Vector3(0, 1, -5), new Vector3(0, 1, 5)), Is.False);
        }

        private static RectTransform Rect(string name, Transform parent)
        {
            var rect = (RectTransform)new GameObject(name, typeof(RectTransform)).transform;
            rect.SetParent(parent, false);
            return rect;
        }

        private static void AssertNear(Vector3 actual, Vector3 expected)
        {
            Assert.That(Vector3.Distance(actual, expected), Is.LessThan(1e-3f), actual.ToString("F4") + " isn't " + expected.ToString("F4"));
        }
    }
}
