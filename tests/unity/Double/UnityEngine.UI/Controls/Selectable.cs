using System;
using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    [Serializable]
    public struct ColorBlock : IEquatable<ColorBlock>
    {
        public static ColorBlock defaultColorBlock = new ColorBlock
        {
            normalColor = Color.white,
            highlightedColor = new Color32(245, 245, 245, 255),
            pressedColor = new Color32(200, 200, 200, 255),
            selectedColor = new Color32(245, 245, 245, 255),
            disabledColor = new Color32(200, 200, 200, 128),
            colorMultiplier = 1,
            fadeDuration = 0.1f,
        };

        public Color normalColor { get; set; }

        public Color highlightedColor { get; set; }

        public Color pressedColor { get; set; }

        public Color selectedColor { get; set; }

        public Color disabledColor { get; set; }

        public float colorMultiplier { get; set; }

        public float fadeDuration { get; set; }

        public static bool operator ==(ColorBlock point1, ColorBlock point2) => point1.Equals(point2);

        public static bool operator !=(ColorBlock point1, ColorBlock point2) => !point1.Equals(point2);

        public bool Equals(ColorBlock other) =>
            normalColor == other.normalColor && highlightedColor == other.highlightedColor && pressedColor == other.pressedColor
            && selectedColor == other.selectedColor && disabledColor == other.disabledColor && colorMultiplier == other.colorMultiplier
            && fadeDuration == other.fadeDuration;

        public override bool Equals(object obj) => obj is ColorBlock && Equals((ColorBlock)obj);

        public override int GetHashCode() => normalColor.GetHashCode();
    }

    [Serializable]
    public struct Navigation : IEquatable<Navigation>
    {
        [Flags]
        public enum Mode
        {
            None = 0,
            Horizontal = 1,
            Vertical = 2,
            Automatic = 3,
            Explicit = 4,
        }

        public static Navigation defaultNavigation => new Navigation { mode = Mode.Automatic };

        public Mode mode { get; set; }

        public Selectable selectOnUp { get; set; }

        public Selectable selectOnDown { get; set; }

        public bool Equals(Navigation other) => mode == other.mode && selectOnUp == other.selectOnUp && selectOnDown == other.selectOnDown;
    }

    /// <summary>A control: it's coloured by its state, and can be locked, by itself or by a canvas group above.</summary>
    [DisallowMultipleComponent]
    public class Selectable
        : UIBehaviour, IPointerDownHandler, IPointerUpHandler, IPointerEnterHandler, IPointerExitHandler, ISelectHandler, IDeselectHandler
    {
        [SerializeField]
        private bool m_Interactable = true;
        [SerializeField]
        private Graphic m_TargetGraphic;
        [SerializeField]
        private Transition m_Transition = Transition.ColorTint;
        private ColorBlock m_Colors = ColorBlock.defaultColorBlock;
        private bool isOver;
        private bool isDown;
        private bool isSelected;
        private bool isLocked;

        public enum Transition
        {
            None = 0,
            ColorTint = 1,
            SpriteSwap = 2,
            Animation = 3,
        }

        protected enum SelectionState
        {
            Normal = 0,
            Highlighted = 1,
            Pressed = 2,
            Selected = 3,
            Disabled = 4,
        }

        public bool interactable
        {
            get => m_Interactable;
            set
            {
                m_Interactable = value;
                Show();
            }
        }

        public Graphic targetGraphic
        {
            get => m_TargetGraphic;
            set
            {
                m_TargetGraphic = value;
                Show();
            }
        }

        public Transition transition
        {
            get => m_Transition;
            set => m_Transition = value;
        }

        public ColorBlock colors
        {
            get => m_Colors;
            set
            {
                m_Colors = value;
                Show();
            }
        }

        public Navigation navigation { get; set; } = Navigation.defaultNavigation;

        public Image image
        {
            get => m_TargetGraphic as Image;
            set => m_TargetGraphic = value;
        }

        protected SelectionState currentSelectionState =>
            !IsInteractable() ? SelectionState.Disabled
            : isDown ? SelectionState.Pressed
            : isSelected ? SelectionState.Selected
            : isOver ? SelectionState.Highlighted
            : SelectionState.Normal;

        public virtual bool IsInteractable() => m_Interactable && !isLocked;

        public virtual void Select()
        {
            if (EventSystem.current != null && !EventSystem.current.alreadySelecting)
            {
                EventSystem.current.SetSelectedGameObject(gameObject);
            }
        }

        public virtual void OnPointerDown(PointerEventData eventData)
        {
            if (IsInteractable() && EventSystem.current != null)
            {
                EventSystem.current.SetSelectedGameObject(gameObject, eventData);
            }

            isDown = true;
            Show();
        }

        public virtual void OnPointerUp(PointerEventData eventData)
        {
            isDown = false;
            Show();
        }

        public virtual void OnPointerEnter(PointerEventData eventData)
        {
            isOver = true;
            Show();
        }

        public virtual void OnPointerExit(PointerEventData eventData)
        {
            isOver = false;
            Show();
        }

        public virtual void OnSelect(BaseEventData eventData)
        {
            isSelected = true;
            Show();
        }

        public virtual void OnDeselect(BaseEventData eventData)
        {
            isSelected = false;
            Show();
        }

        protected override void Awake()
        {
            if (m_TargetGraphic == null)
            {
                m_TargetGraphic = GetComponent<Graphic>();
            }
        }

        protected override void OnEnable() => OnCanvasGroupChanged();

        protected override void OnDisable()
        {
            isOver = false;
            isDown = false;
            isSelected = false;
        }

        protected override void OnCanvasGroupChanged()
        {
            isLocked = false;
            for (Transform one = transform; one != null; one = one.parent)
            {
                var group = one.GetComponent<CanvasGroup>();
                if (group != null && group.enabled)
                {
                    isLocked |= !group.interactable;
                    if (group.ignoreParentGroups)
                    {
                        break;
                    }
                }
            }

            Show();
        }

        protected virtual void DoStateTransition(SelectionState state, bool instant)
        {
            if (m_Transition == Transition.ColorTint && m_TargetGraphic != null && gameObject.activeInHierarchy)
            {
                Color tint = state == SelectionState.Disabled ? colors.disabledColor
                    : state == SelectionState.Pressed ? colors.pressedColor
                    : state == SelectionState.Selected ? colors.selectedColor
                    : state == SelectionState.Highlighted ? colors.highlightedColor
                    : colors.normalColor;
                m_TargetGraphic.CrossFadeColor(tint * colors.colorMultiplier, instant ? 0 : colors.fadeDuration, true, true);
            }
        }

        private void Show()
        {
            if (IsAlive && !IsEnding)
            {
                DoStateTransition(currentSelectionState, false);
            }
        }
    }
}
