using NUnit.Framework;
using UnityEngine;
using UnityEngine.UI;

namespace Loquent.Double.Tests
{
    /// <summary>Graphics, layout and clicks on canvases.</summary>
    [TestFixture]
    public sealed class CanvasTests : EngineTest
    {
        [Test]
        public void AColumnPlacesItsChildrenAndFitsThem()
        {
            RectTransform column = MakeColumn(out VerticalLayoutGroup group);
            group.padding = new RectOffset(10, 10, 5, 15);
            group.spacing = 2;
            group.childForceExpandHeight = false;
            RectTransform first = MakeElement(column, 100, 30);
            RectTransform second = MakeElement(column, 80, 40);
            Engine.Frame();
            Assert.That(column.rect.height, Is.EqualTo(5 + 30 + 2 + 40 + 15));
            Assert.That(first.rect.size, Is.EqualTo(new Vector2(180, 30)));
            Assert.That(first.anchoredPosition, Is.EqualTo(new Vector2(10 + 90, -5 - 15)));
            Assert.That(second.anchoredPosition.y, Is.EqualTo(-5 - 30 - 2 - 20));
            first.gameObject.SetActive(false);
            second.GetComponent<LayoutElement>().preferredHeight = 50;
            Engine.Frame();
            Assert.That(column.rect.height, Is.EqualTo(5 + 50 + 15));
        }

        [Test]
        public void ALayoutCanBeForced()
        {
            RectTransform column = MakeColumn(out VerticalLayoutGroup _);
            MakeElement(column, 100, 30);
            LayoutRebuilder.ForceRebuildLayoutImmediate(column);
            Assert.That(column.rect.height, Is.EqualTo(30));
        }

        [Test]
        public void AButtonInTheWorldIsClickedThroughTheMainCamera()
        {
            Button button = MakeButton(out int[] clicks);
            Engine.Frame();
            Assert.That(Pointer.Click(button), Is.SameAs(button.gameObject));
            Assert.That(clicks[0], Is.EqualTo(1));
            Assert.That(Pointer.Click(new Vector3(0, 3, 2)), Is.Null);
            button.interactable = false;
            Pointer.Click(button);
            Assert.That(clicks[0], Is.EqualTo(1));
        }

        [Test]
        public void FromBehindAndBelowALockedGroupNothingIsClicked()
        {
            Button button = MakeButton(out int[] clicks);
            var group = button.CanvasOf().gameObject.AddComponent<CanvasGroup>();
            group.interactable = false;
            Pointer.Click(button);
            group.interactable = true;
            group.blocksRaycasts = false;
            Assert.That(Pointer.Click(button), Is.Null);
            group.blocksRaycasts = true;
            button.CanvasOf().transform.rotation = Quaternion.Euler(0, 180, 0);
            Assert.That(Pointer.Click(button), Is.Null);
            Assert.That(clicks[0], Is.EqualTo(0));
            button.CanvasOf().transform.rotation = Quaternion.identity;
            Pointer.Click(button);
            Assert.That(clicks[0], Is.EqualTo(1));
        }

        [Test]
        public void GroupsFadeWhatIsBelowThem()
        {
            Button button = MakeButton(out int[] _);
            button.CanvasOf().gameObject.AddComponent<CanvasGroup>().alpha = 0.5f;
            button.gameObject.AddComponent<CanvasGroup>().alpha = 0.5f;
            var renderer = button.GetComponent<CanvasRenderer>();
            Assert.That(renderer.GetInheritedAlpha(), Is.EqualTo(0.25f));
            button.GetComponent<CanvasGroup>().ignoreParentGroups = true;
            Assert.That(renderer.GetInheritedAlpha(), Is.EqualTo(0.5f));
        }

        [Test]
        public void AnImageIsDrawnAtTheEndOfTheFrameInWhichItChanged()
        {
            Button button = MakeButton(out int[] _);
            var renderer = button.GetComponent<CanvasRenderer>();
            Assert.That(renderer.GetMesh(), Is.Null);
            Engine.Frame();
            Mesh mesh = renderer.GetMesh();
            Assert.That(mesh.vertexCount, Is.EqualTo(4));
            Assert.That(mesh.colors32[0], Is.EqualTo(new Color32(255, 255, 255, 255)));
            button.image.color = Color.red;
            Engine.Frame();
            Assert.That(mesh.colors32[0], Is.EqualTo(new Color32(255, 0, 0, 255)));
        }

        [Test]
        public void AStillFrameTakesNothingFromTheGarbageCollector()
        {
            MakeButton(out int[] clicks);
            RectTransform column = MakeColumn(out VerticalLayoutGroup group);
            MakeElement(column, 100, 30);
            Engine.RunFrames(5);
            Engine.Frame();
            Assert.That(Engine.LastFrameBytes, Is.EqualTo(0));
        }

        private static RectTransform MakeColumn(out VerticalLayoutGroup group)
        {
            Canvas canvas = MakeCanvas();
            var column = (RectTransform)new GameObject("column", typeof(RectTransform)).transform;
            column.SetParent(canvas.transform, false);
            column.sizeDelta = new Vector2(200, 0);
            group = column.gameObject.AddComponent<VerticalLayoutGroup>();
            column.gameObject.AddComponent<ContentSizeFitter>().verticalFit = ContentSizeFitter.FitMode.PreferredSize;
            return column;
        }

        private static RectTransform MakeElement(Transform parent, float width, float height)
        {
            var element = new GameObject("element").AddComponent<LayoutElement>();
            element.transform.SetParent(parent, false);
            element.preferredWidth = width;
            element.preferredHeight = height;
            return (RectTransform)element.transform;
        }

        private static Canvas MakeCanvas()
        {
            var canvas = new GameObject("canvas").AddComponent<Canvas>();
            canvas.renderMode = RenderMode.WorldSpace;
            canvas.gameObject.AddComponent<GraphicRaycaster>();
            canvas.transform.position = new Vector3(0, 1.6f, 2);
            canvas.transform.localScale = Vector3.one * 0.001f;
            return canvas;
        }

        private static Button MakeButton(out int[] clicks)
        {
            Stage.Player();
            Pointer.MakeEventSystem();
            Canvas canvas = MakeCanvas();
            var image = new GameObject("button").AddComponent<Image>();
            image.transform.SetParent(canvas.transform, false);
            var button = image.gameObject.AddComponent<Button>();
            var count = new int[1];
            button.onClick.AddListener(() => count[0]++);
            clicks = count;
            return button;
        }
    }

    internal static class CanvasExtensions
    {
        internal static Canvas CanvasOf(this Component component) => component.GetComponentInParent<Canvas>();
    }
}
