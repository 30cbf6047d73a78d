using System;

namespace UnityEngine
{
    /// <summary>What lies between a rectangle's edges and its content.</summary>
    [Serializable]
    public class RectOffset : IFormattable
    {
        [SerializeField]
        private int m_Left;
        [SerializeField]
        private int m_Right;
        [SerializeField]
        private int m_Top;
        [SerializeField]
        private int m_Bottom;

        public RectOffset()
        {
        }

        public RectOffset(int left, int right, int top, int bottom)
        {
            m_Left = left;
            m_Right = right;
            m_Top = top;
            m_Bottom = bottom;
        }

        public int left
        {
            get => m_Left;
            set => m_Left = value;
        }

        public int right
        {
            get => m_Right;
            set => m_Right = value;
        }

        public int top
        {
            get => m_Top;
            set => m_Top = value;
        }

        public int bottom
        {
            get => m_Bottom;
            set => m_Bottom = value;
        }

        public int horizontal => left + right;

        public int vertical => top + bottom;

        public override string ToString() => ToString(null, null);

        public string ToString(string format) => ToString(format, null);

        public string ToString(string format, IFormatProvider formatProvider) => "RectOffset (l:" + left + " r:" + right + " t:" + top + " b:" + bottom + ")";
    }
}
