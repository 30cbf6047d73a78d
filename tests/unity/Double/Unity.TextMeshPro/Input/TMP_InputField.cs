using System;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.Events;
using UnityEngine.UI;

namespace TMPro
{
    /// <summary>A text to be typed: by the system's keyboard where there is one, else by keys, which a test presses with Pointer.Type.</summary>
    public class TMP_InputField : Selectable, IPointerClickHandler, ISubmitHandler
    {
        [SerializeField]
        private string m_Text = string.Empty;
        [SerializeField]
        private TMP_Text m_TextComponent;
        [SerializeField]
        private Graphic m_Placeholder;
        [SerializeField]
        private RectTransform m_TextViewport;
        [SerializeField]
        private int m_CharacterLimit;
        [SerializeField]
        private SubmitEvent m_OnEndEdit = new SubmitEvent();
        [SerializeField]
        private SubmitEvent m_OnSubmit = new SubmitEvent();
        [SerializeField]
        private SelectionEvent m_OnSelect = new SelectionEvent();
        [SerializeField]
        private SelectionEvent m_OnDeselect = new SelectionEvent();
        [SerializeField]
        private OnChangeEvent m_OnValueChanged = new OnChangeEvent();
        [SerializeField]
        private TouchScreenKeyboardEvent m_OnKeyboard = new TouchScreenKeyboardEvent();
        private TouchScreenKeyboard keyboard;
        private bool isOpen;

        public enum ContentType
        {
            Standard = 0,
            Autocorrected = 1,
            IntegerNumber = 2,
            DecimalNumber = 3,
            Alphanumeric = 4,
            Name = 5,
            EmailAddress = 6,
            Password = 7,
            Pin = 8,
            Custom = 9,
        }

        public enum LineType
        {
            SingleLine = 0,
            MultiLineSubmit = 1,
            MultiLineNewline = 2,
        }

        public string text
        {
            get => m_Text;
            set => SetText(value, true);
        }

        public TMP_Text textComponent
        {
            get => m_TextComponent;
            set => m_TextComponent = value;
        }

        public Graphic placeholder
        {
            get => m_Placeholder;
            set => m_Placeholder = value;
        }

        public RectTransform textViewport
        {
            get => m_TextViewport;
            set => m_TextViewport = value;
        }

        public TMP_FontAsset fontAsset { get; set; }

        public float pointSize { get; set; } = 14;

        public int characterLimit
        {
            get => m_CharacterLimit;
            set => m_CharacterLimit = Mathf.Max(0, value);
        }

        public ContentType contentType { get; set; }

        public LineType lineType { get; set; }

        public TouchScreenKeyboardType keyboardType { get; set; }

        public bool shouldHideMobileInput { get; set; }

        public bool shouldHideSoftKeyboard { get; set; }

        public bool richText { get; set; } = true;

        public bool readOnly { get; set; }

        public bool onFocusSelectAll { get; set; } = true;

        public bool resetOnDeActivation { get; set; } = true;

        public bool restoreOriginalTextOnEscape { get; set; } = true;

        public Color caretColor { get; set; } = Color.black;

        public bool customCaretColor { get; set; }

        public Color selectionColor { get; set; } = new Color(168f / 255f, 206f / 255f, 1, 192f / 255f);

        public int caretPosition { get; set; }

        public bool isFocused => isOpen;

        public bool wasCanceled { get; private set; }

        public SubmitEvent onEndEdit
        {
            get => m_OnEndEdit;
            set => m_OnEndEdit = value;
        }

        public SubmitEvent onSubmit
        {
            get => m_OnSubmit;
            set => m_OnSubmit = value;
        }

        public SelectionEvent onSelect
        {
            get => m_OnSelect;
            set => m_OnSelect = value;
        }

        public SelectionEvent onDeselect
        {
            get => m_OnDeselect;
            set => m_OnDeselect = value;
        }

        public OnChangeEvent onValueChanged
        {
            get => m_OnValueChanged;
            set => m_OnValueChanged = value;
        }

        public TouchScreenKeyboardEvent onTouchScreenKeyboardStatusChanged
        {
            get => m_OnKeyboard;
            set => m_OnKeyboard = value;
        }

        public void SetTextWithoutNotify(string input) => SetText(input, false);

        public void ActivateInputField()
        {
            if (m_TextComponent == null || m_TextComponent.font == null || !IsActive() || !IsInteractable() || isOpen)
            {
                return;
            }

            if (EventSystem.current != null && EventSystem.current.currentSelectedGameObject != gameObject)
            {
                EventSystem.current.SetSelectedGameObject(gameObject);
            }

            wasCanceled = false;
            isOpen = true;
            if (TouchScreenKeyboard.isSupported && !shouldHideSoftKeyboard && !readOnly)
            {
                keyboard = TouchScreenKeyboard.Open(
                    m_Text, keyboardType, true, lineType != LineType.SingleLine, contentType == ContentType.Password, false, string.Empty, characterLimit);
            }
        }

        public void DeactivateInputField(bool clearSelection = false)
        {
            if (!isOpen)
            {
                return;
            }

            isOpen = false;
            if (keyboard != null)
            {
                keyboard.active = false;
                keyboard = null;
            }

            m_OnEndEdit.Invoke(m_Text);
        }

        public void MoveTextEnd(bool shift) => caretPosition = m_Text.Length;

        public virtual void OnPointerClick(PointerEventData eventData) => ActivateInputField();

        public virtual void OnSubmit(BaseEventData eventData)
        {
            if (!isOpen)
            {
                ActivateInputField();
            }
        }

        public override void OnSelect(BaseEventData eventData)
        {
            base.OnSelect(eventData);
            m_OnSelect.Invoke(m_Text);
            ActivateInputField();
        }

        public override void OnDeselect(BaseEventData eventData)
        {
            DeactivateInputField();
            base.OnDeselect(eventData);
            m_OnDeselect.Invoke(m_Text);
        }

        protected virtual void LateUpdate()
        {
            if (!isOpen || keyboard == null)
            {
                return;
            }

            if (keyboard.text != m_Text)
            {
                SetText(keyboard.text, true);
            }

            if (keyboard.status == TouchScreenKeyboard.Status.Visible)
            {
                return;
            }

            TouchScreenKeyboard.Status status = keyboard.status;
            wasCanceled = status == TouchScreenKeyboard.Status.Canceled;
            m_OnKeyboard.Invoke(status);
            if (status == TouchScreenKeyboard.Status.Done)
            {
                m_OnSubmit.Invoke(m_Text);
            }

            OnDeselect(null);
        }

        protected override void OnEnable()
        {
            base.OnEnable();
            ShowText();
        }

        protected override void OnDisable()
        {
            DeactivateInputField();
            base.OnDisable();
        }

        /// <summary>A key is pressed.</summary>
        internal void Press(char key)
        {
            if (!isOpen || readOnly)
            {
                return;
            }

            if (key == '\n' && lineType != LineType.MultiLineNewline)
            {
                m_OnSubmit.Invoke(m_Text);
                DeactivateInputField();
            }
            else if (key == '\b')
            {
                SetText(m_Text.Substring(0, Math.Max(0, m_Text.Length - 1)), true);
            }
            else if (characterLimit == 0 || m_Text.Length < characterLimit)
            {
                SetText(m_Text + key, true);
            }
        }

        private void SetText(string value, bool notifies)
        {
            value = value ?? string.Empty;
            value = value.Replace("\0", string.Empty);
            value = characterLimit > 0 && value.Length > characterLimit ? value.Substring(0, characterLimit) : value;
            if (m_Text == value)
            {
                return;
            }

            m_Text = value;
            if (keyboard != null)
            {
                keyboard.text = value;
            }

            ShowText();
            if (notifies)
            {
                m_OnValueChanged.Invoke(value);
            }
        }

        private void ShowText()
        {
            if (m_TextComponent != null)
            {
                m_TextComponent.text = m_Text + "\u200B";
            }

            if (m_Placeholder != null)
            {
                m_Placeholder.enabled = m_Text.Length == 0;
            }
        }

        [Serializable]
        public class SubmitEvent : UnityEvent<string>
        {
        }

        [Serializable]
        public class OnChangeEvent : UnityEvent<string>
        {
        }

        [Serializable]
        public class SelectionEvent : UnityEvent<string>
        {
        }

        [Serializable]
        public class TouchScreenKeyboardEvent : UnityEvent<TouchScreenKeyboard.Status>
        {
        }
    }
}
