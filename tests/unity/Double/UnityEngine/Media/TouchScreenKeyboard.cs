using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    public enum TouchScreenKeyboardType
    {
        Default = 0,
        ASCIICapable = 1,
        NumbersAndPunctuation = 2,
        URL = 3,
        NumberPad = 4,
        PhonePad = 5,
        NamePhonePad = 6,
        EmailAddress = 7,
        Social = 9,
        Search = 10,
    }

    /// <summary>The system's keyboard. A test types on it with Engine.Keyboard.</summary>
    public class TouchScreenKeyboard
    {
        public TouchScreenKeyboard(
            string text, TouchScreenKeyboardType keyboardType, bool autocorrection, bool multiline, bool secure, bool alert, string textPlaceholder,
            int characterLimit)
        {
            this.text = text;
            type = keyboardType;
            this.characterLimit = characterLimit;
            status = Status.Visible;
            World.Current.Part<Keyboards>().Opened.Add(this);
        }

        public enum Status
        {
            Visible = 0,
            Done = 1,
            Canceled = 2,
            LostFocus = 3,
        }

        public static bool isSupported => World.Current.Part<Keyboards>().IsSupported;

        public static bool visible => World.Current.Part<Keyboards>().Opened.Exists(keyboard => keyboard.active);

        public static bool hideInput { get; set; }

        public string text { get; set; }

        public Status status { get; internal set; }

        public TouchScreenKeyboardType type { get; }

        public int characterLimit { get; set; }

        public bool active
        {
            get => status == Status.Visible;
            set => status = value ? Status.Visible : Status.Done;
        }

        public static TouchScreenKeyboard Open(string text) => Open(text, TouchScreenKeyboardType.Default);

        public static TouchScreenKeyboard Open(string text, TouchScreenKeyboardType keyboardType) =>
            Open(text, keyboardType, true, false, false, false, string.Empty, 0);

        public static TouchScreenKeyboard Open(string text, TouchScreenKeyboardType keyboardType, bool autocorrection, bool multiline) =>
            Open(text, keyboardType, autocorrection, multiline, false, false, string.Empty, 0);

        public static TouchScreenKeyboard Open(
            string text, TouchScreenKeyboardType keyboardType, bool autocorrection, bool multiline, bool secure, bool alert, string textPlaceholder,
            int characterLimit) =>
            new TouchScreenKeyboard(text, keyboardType, autocorrection, multiline, secure, alert, textPlaceholder, characterLimit);
    }
}

namespace Loquent.Double
{
    /// <summary>The keyboards that were opened; none can be, unless a test says so.</summary>
    internal sealed class Keyboards
    {
        internal bool IsSupported { get; set; }

        internal List<UnityEngine.TouchScreenKeyboard> Opened { get; } = new List<UnityEngine.TouchScreenKeyboard>();
    }
}
