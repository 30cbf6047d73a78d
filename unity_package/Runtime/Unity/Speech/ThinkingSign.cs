using UnityEngine;
using UnityEngine.UI;

namespace Loquent
{
    /// <summary>A few signs that pulse one after the other. Their alpha is set where they are drawn: no mesh is made, no garbage.</summary>
    internal sealed class ThinkingSign
    {
        private const float Period = 1.2f;
        private const float Least = 0.25f;

        private readonly Graphic[] signs;
        private float time;

        internal ThinkingSign(Graphic[] signs)
        {
            this.signs = signs;
            IsShown = true;
            IsShown = false;
        }

        /// <summary>Whether it's there.</summary>
        internal bool IsShown
        {
            get => isShown;
            set
            {
                if (isShown == value)
                {
                    return;
                }

                isShown = value;
                time = 0;
                foreach (Graphic sign in signs)
                {
                    if (sign != null)
                    {
                        sign.enabled = value;
                    }
                }
            }
        }

        private bool isShown;

        /// <summary>Goes on by a frame.</summary>
        /// <param name="seconds">How long it has been.</param>
        /// <param name="still">Whether nothing is to move.</param>
        internal void Advance(float seconds, bool still)
        {
            if (!isShown)
            {
                return;
            }

            time = (time + seconds) % Period;
            for (int i = 0; i < signs.Length; i++)
            {
                if (signs[i] != null)
                {
                    signs[i].canvasRenderer.SetAlpha(still ? 1 : Pulse((time / Period) - ((float)i / (signs.Length + 1))));
                }
            }
        }

        private static float Pulse(float phase)
        {
            return Least + ((1 - Least) * 0.5f * (1 + Mathf.Cos(2 * Mathf.PI * phase)));
        }
    }
}
