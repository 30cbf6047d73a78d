using UnityEngine;
using UnityEngine.UI;

namespace TMPro
{
    /// <summary>The vertices of a text whose glyphs another font asset has.</summary>
    [RequireComponent(typeof(CanvasRenderer))]
    public class TMP_SubMeshUI : MaskableGraphic
    {
        private Mesh own;
        private TMP_Text owner;

        public Mesh mesh
        {
            get => own ?? (own = new Mesh());
            set => own = value;
        }

        public TMP_Text textComponent => owner;

        internal static TMP_SubMeshUI Make(TextMeshProUGUI text, int material)
        {
            var child = new GameObject("TMP UI SubObject [" + text.Fonts[material].name + "]", typeof(RectTransform));
            child.transform.SetParent(text.transform, false);
            var rect = (RectTransform)child.transform;
            rect.anchorMin = Vector2.zero;
            rect.anchorMax = Vector2.one;
            rect.sizeDelta = Vector2.zero;
            rect.pivot = text.rectTransform.pivot;
            child.layer = text.gameObject.layer;
            var made = child.AddComponent<TMP_SubMeshUI>();
            made.owner = text;
            made.raycastTarget = false;
            return made;
        }

        protected override void UpdateGeometry()
        {
        }
    }
}
