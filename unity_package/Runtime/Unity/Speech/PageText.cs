using System;
using Loquent.Core.Reveal;
using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// Draws a page with TextMeshPro: its text is set and laid out when the page has changed, and revealed by the alpha of its vertices, which skips TextMeshPro's parsing
    /// and layout. Allocates nothing once its buffers are as large as a page.
    /// </summary>
    internal sealed class PageText : IDisposable
    {
        /// <summary>So many characters before the end of what is laid out, more is asked for.</summary>
        private const int Ahead = 12;

        private readonly TMP_Text text;
        private readonly ReplyReveal reveal;
        private readonly DrawnText drawn;
        private int laidNumber = -1;
        private int laidVersion = -1;
        private int laidClusters;
        private int settled;
        private bool isBlank = true;

        internal PageText(TMP_Text text, ReplyReveal reveal, FontSupport font)
        {
            drawn = new DrawnText(font);
            this.text = text;
            this.reveal = reveal;
            TextLook.MakePlain(text);
            text.SetCharArray(reveal.Page.Chars, 0, 0);
            text.OnPreRenderText += Paint;
        }

        /// <summary>How often it was laid out.</summary>
        internal int Layouts { get; private set; }

        /// <summary>Whether something is to be seen that isn't laid out yet.</summary>
        internal bool IsLate => reveal.Page.Number != laidNumber ? reveal.Page.Length > 0 || !isBlank : reveal.VisibleClusters > laidClusters;

        /// <summary>Whether it's to be laid out, now or soon.</summary>
        internal bool NeedsLayout => IsLate
            || (reveal.Page.Version != laidVersion && reveal.Page.Length > 0 && reveal.VisibleClusters + Ahead >= laidClusters);

        /// <summary>Stops drawing; the text component stays.</summary>
        public void Dispose()
        {
            if (text != null)
            {
                text.OnPreRenderText -= Paint;
            }
        }

        /// <summary>Shows nothing of the page that is laid out: for when the text is another one from now on.</summary>
        internal void Forget()
        {
            laidNumber = -1;
            laidVersion = -1;
            laidClusters = 0;
            settled = 0;
            if (!isBlank)
            {
                isBlank = true;
                PaintAgain();
            }
        }

        /// <summary>Lays the page out as it is now.</summary>
        /// <param name="color">What colour it has.</param>
        internal void Lay(Color color)
        {
            Page page = reveal.Page;
            TextLook.Align(text, page.IsRightToLeft);
            if (text.color != color)
            {
                text.color = color;
            }

            settled = page.Number == laidNumber ? Math.Min(settled, laidClusters) : 0;
            laidNumber = page.Number;
            laidVersion = page.Version;
            laidClusters = page.ClusterCount;
            isBlank = false;
            drawn.Take(page);
            text.SetCharArray(drawn.Chars, 0, drawn.Length);
            text.ForceMeshUpdate();
            settled = Math.Min(reveal.SettledClusters, laidClusters);
            Layouts++;
        }

        /// <summary>Shows what has been revealed since the last frame.</summary>
        internal void Reveal()
        {
            int visible = Math.Min(reveal.VisibleClusters, laidClusters);
            if (isBlank || visible <= settled || reveal.Page.Number != laidNumber)
            {
                return;
            }

            TMP_TextInfo info = text.textInfo;
            byte full = ((Color32)text.color).a;
            for (int cluster = settled; cluster < visible; cluster++)
            {
                byte alpha = (byte)(full * reveal.AlphaOf(cluster));
                for (int i = drawn.FirstOf(cluster); i < drawn.Count && drawn.ClusterOf(i) == cluster; i++)
                {
                    Set(info, i, alpha);
                }
            }

            settled = Math.Min(reveal.SettledClusters, laidClusters);
            text.UpdateVertexData(TMP_VertexDataUpdateFlags.Colors32);
        }

        /// <summary>Sets the alpha of all: whenever TextMeshPro has made the mesh anew, for whatever reason, it's opaque.</summary>
        private void Paint(TMP_TextInfo info)
        {
            byte full = ((Color32)text.color).a;
            for (int i = 0; i < info.characterCount; i++)
            {
                bool isLaid = !isBlank && i < drawn.Count && reveal.Page.Number == laidNumber && drawn.ClusterOf(i) < laidClusters;
                Set(info, i, isLaid ? (byte)(full * reveal.AlphaOf(drawn.ClusterOf(i))) : (byte)0);
            }
        }

        private void PaintAgain()
        {
            if (text.textInfo != null && text.textInfo.characterCount > 0)
            {
                Paint(text.textInfo);
                text.UpdateVertexData(TMP_VertexDataUpdateFlags.Colors32);
            }
        }

        private static void Set(TMP_TextInfo info, int index, byte alpha)
        {
            if (index >= info.characterCount || !info.characterInfo[index].isVisible)
            {
                return; // a space has no vertices
            }

            Color32[] colors = info.meshInfo[info.characterInfo[index].materialReferenceIndex].colors32;
            int vertex = info.characterInfo[index].vertexIndex;
            for (int i = vertex; i < vertex + 4; i++)
            {
                colors[i].a = alpha;
            }
        }
    }
}
