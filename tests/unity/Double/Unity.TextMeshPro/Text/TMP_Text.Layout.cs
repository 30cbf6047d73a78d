using System;
using System.Collections.Generic;
using Loquent.Double;
using UnityEngine;

namespace TMPro
{
    /// <content>Where characters go: lines, alignment, vertices.</content>
    public abstract partial class TMP_Text
    {
        private readonly List<TMP_FontAsset> fonts = new List<TMP_FontAsset>();
        private readonly List<TMP_FontAsset> asked = new List<TMP_FontAsset>();
        private Rect reach;

        private float InnerWidth => rectTransform.rect.width - m_margin.x - m_margin.z;

        /// <summary>The fonts whose meshes the text has, its own first.</summary>
        internal List<TMP_FontAsset> Fonts => fonts;

        internal abstract float PixelsPerPoint { get; }

        /// <summary>Lays all parsed characters out and fills their vertices.</summary>
        private void Arrange()
        {
            TMP_TextInfo to = textInfo;
            to.Forget();
            to.pageCount = parsedCount > 0 ? 1 : 0;
            fonts.Clear();
            fonts.Add(m_fontAsset);
            if (to.characterInfo.Length < parsedCount)
            {
                TMP_TextInfo.Resize(ref to.characterInfo, parsedCount);
            }

            PlaceInLines(to, m_wraps ? InnerWidth : Mathf.Infinity);
            Align(to);
            FillVertices(to);
        }

        private void PlaceInLines(TMP_TextInfo to, float width)
        {
            float x = 0;
            int line = 0;
            int lineStart = 0;
            int wordStart = -1;
            for (int i = 0; i < parsedCount; i++)
            {
                ref TMP_CharacterInfo one = ref to.characterInfo[i];
                Describe(ref one, parsed[i], line);
                bool endsLine = one.character == '\n' || one.character == '\v' || one.character == '\u2028' || one.character == '\u2029';
                wordStart = GlyphShapes.IsSpace(one.character) ? i + 1 : wordStart;
                float advance = Advance(one);
                if (!endsLine && x + advance > width && i > lineStart && !GlyphShapes.IsSpace(one.character))
                {
                    // The word goes to the next line; one that has a line to itself is broken where it is.
                    int from = wordStart > lineStart ? wordStart : i;
                    EndLine(to, ref line, lineStart, from - 1);
                    lineStart = from;
                    x = 0;
                    i = from - 1;
                    continue;
                }

                one.lineNumber = line;
                one.origin = x;
                x += advance;
                one.xAdvance = x;
                if (endsLine)
                {
                    EndLine(to, ref line, lineStart, i);
                    lineStart = i + 1;
                    x = 0;
                }
            }

            EndLine(to, ref line, lineStart, parsedCount - 1);
            to.characterCount = parsedCount;
            to.lineCount = parsedCount == 0 ? 0 : line;
        }

        private float Advance(TMP_CharacterInfo one)
        {
            float advance = one.character < ' ' ? 0 : one.textElement.glyph.metrics.horizontalAdvance * one.scale;
            advance = one.character == '\t' ? one.pointSize * PixelsPerPoint : advance;
            float more = one.fontAsset.normalSpacingOffset + m_characterSpacing + (one.character == ' ' ? m_wordSpacing : 0);
            return advance == 0 ? 0 : advance + (more * 0.01f * one.pointSize * PixelsPerPoint);
        }

        private void Describe(ref TMP_CharacterInfo one, Parsed from, int line)
        {
            TMP_Character found = Find(from.Point);
            one.character = (char)found.unicode;
            one.index = from.At;
            one.stringLength = from.Length;
            one.textElement = found;
            one.fontAsset = (TMP_FontAsset)found.textAsset;
            one.pointSize = from.Size;
            one.color = from.Colour;
            one.style = m_fontStyle;
            one.scale = from.Size / one.fontAsset.faceInfo.pointSize * one.fontAsset.faceInfo.scale * PixelsPerPoint;
            one.lineNumber = line;
            one.isVisible = found.glyph.metrics.width > 0;
            int material = fonts.IndexOf(one.fontAsset);
            if (material < 0)
            {
                material = fonts.Count;
                fonts.Add(one.fontAsset);
            }

            one.materialReferenceIndex = material;
            one.material = one.fontAsset.material;
        }

        /// <summary>Finds a character in the font, in what it falls back to, and in what all fonts fall back to. A box takes the place of what is missing.</summary>
        private TMP_Character Find(uint point)
        {
            if (TryFind(point, out TMP_Character found))
            {
                return found;
            }

            uint box = TMP_Settings.missingGlyphCharacter == 0 ? 9633 : (uint)TMP_Settings.missingGlyphCharacter;
            if (!TryFind(box, out found) && !TryFind(' ', out found))
            {
                TryFind(3, out found);
            }

            if (!TMP_Settings.warningsDisabled)
            {
                Debug.LogWarning(
                    "The character with Unicode value " + (point > 0xFFFF ? "\\U" + point.ToString("X8") : "\\u" + point.ToString("X4"))
                    + " was not found in the [" + m_fontAsset.name + "] font asset or any potential fallbacks. It was replaced by Unicode character \\u"
                    + found.unicode.ToString("X4") + " in text object [" + name + "].",
                    this);
            }

            return found;
        }

        private bool TryFind(uint point, out TMP_Character found)
        {
            if (m_fontAsset.TryFind(point, true, out found))
            {
                return true;
            }

            asked.Clear();
            if (m_fontAsset.TryFindAnywhere(point, asked, out found))
            {
                return true;
            }

            List<TMP_FontAsset> general = TMP_Settings.fallbackFontAssets;
            for (int i = 0; general != null && i < general.Count; i++)
            {
                if (general[i] != null && general[i].TryFindAnywhere(point, asked, out found))
                {
                    return true;
                }
            }

            TMP_FontAsset last = TMP_Settings.defaultFontAsset;
            return last != null && last.TryFindAnywhere(point, asked, out found);
        }

        private void EndLine(TMP_TextInfo to, ref int line, int first, int last)
        {
            if (to.lineInfo.Length <= line)
            {
                TMP_TextInfo.Resize(ref to.lineInfo, line + 1);
            }

            ref TMP_LineInfo one = ref to.lineInfo[line];
            one = default(TMP_LineInfo);
            one.firstCharacterIndex = first;
            one.lastCharacterIndex = last;
            one.firstVisibleCharacterIndex = first;
            one.lastVisibleCharacterIndex = first;
            one.characterCount = last - first + 1;
            one.alignment = horizontalAlignment;
            float size = m_fontSize;
            for (int i = first; i <= last; i++)
            {
                ref TMP_CharacterInfo c = ref to.characterInfo[i];
                size = i == first ? c.pointSize : Mathf.Max(size, c.pointSize);
                if (c.isVisible)
                {
                    one.firstVisibleCharacterIndex = one.visibleCharacterCount == 0 ? i : one.firstVisibleCharacterIndex;
                    one.lastVisibleCharacterIndex = i;
                    one.visibleCharacterCount++;
                    one.length = c.xAdvance;
                }
                else
                {
                    one.spaceCount++;
                    to.spaceCount++;
                }

                one.maxAdvance = c.xAdvance;
            }

            float em = size * PixelsPerPoint;
            one.ascender = GlyphShapes.Ascent * em;
            one.descender = GlyphShapes.Descent * em;
            one.lineHeight = (GlyphShapes.LineHeight * em) + (m_lineSpacing * 0.01f * em);
            line++;
        }

        /// <summary>Puts the lines below one another, and all of them where the alignment wants them.</summary>
        private void Align(TMP_TextInfo to)
        {
            Rect area = rectTransform.rect;
            float left = area.xMin + m_margin.x;
            float right = area.xMax - m_margin.z;
            float top = area.yMax - m_margin.y;
            float bottom = area.yMin + m_margin.w;
            float height = 0;
            float widest = 0;
            for (int i = 0; i < to.lineCount; i++)
            {
                ref TMP_LineInfo line = ref to.lineInfo[i];
                height += i == 0 ? line.ascender - line.descender : line.lineHeight;
                widest = Mathf.Max(widest, line.length);
            }

            isTextOverflowing = height > top - bottom + 0.01f || widest > right - left + 0.01f;
            float spare = top - bottom - height;
            VerticalAlignmentOptions upright = verticalAlignment;
            float y = upright == VerticalAlignmentOptions.Top ? top : upright == VerticalAlignmentOptions.Bottom ? top - spare : top - (spare / 2);
            reach = new Rect(left, y - height, widest, height);
            for (int i = 0; i < to.lineCount; i++)
            {
                ref TMP_LineInfo line = ref to.lineInfo[i];
                y -= i == 0 ? line.ascender : line.lineHeight;
                float room = right - left - line.length;
                float x = line.alignment == HorizontalAlignmentOptions.Right ? left + room
                    : line.alignment == HorizontalAlignmentOptions.Center ? left + (room / 2)
                    : left;
                line.baseline = y;
                line.ascender += y;
                line.descender += y;
                line.width = right - left;
                line.lineExtents = new Extents(new Vector2(x, line.descender), new Vector2(x + line.length, line.ascender));
                PlaceCharacters(to, line, x, y);
            }
        }

        private void PlaceCharacters(TMP_TextInfo to, TMP_LineInfo line, float x, float y)
        {
            for (int i = line.firstCharacterIndex; i <= line.lastCharacterIndex; i++)
            {
                ref TMP_CharacterInfo one = ref to.characterInfo[i];
                float wide = one.xAdvance - one.origin;
                float from = m_isRightToLeft ? x + line.length - one.xAdvance : x + one.origin;
                one.origin = from;
                one.xAdvance = from + wide;
                one.baseLine = y;
                one.ascender = y + (GlyphShapes.Ascent * one.pointSize * PixelsPerPoint);
                one.descender = y + (GlyphShapes.Descent * one.pointSize * PixelsPerPoint);
                if (one.isVisible)
                {
                    UnityEngine.TextCore.GlyphMetrics metrics = one.textElement.glyph.metrics;
                    float l = from + (metrics.horizontalBearingX * one.scale);
                    float t = y + (metrics.horizontalBearingY * one.scale);
                    one.topLeft = new Vector3(l, t);
                    one.bottomLeft = new Vector3(l, t - (metrics.height * one.scale));
                    one.topRight = new Vector3(l + (metrics.width * one.scale), t);
                    one.bottomRight = new Vector3(one.topRight.x, one.bottomLeft.y);
                }
            }
        }

        private void FillVertices(TMP_TextInfo to)
        {
            to.materialCount = fonts.Count;
            if (to.meshInfo.Length < fonts.Count)
            {
                Array.Resize(ref to.meshInfo, fonts.Count);
            }

            for (int material = 0; material < to.meshInfo.Length; material++)
            {
                ref TMP_MeshInfo mesh = ref to.meshInfo[material];
                int count = 0;
                for (int i = 0; i < to.characterCount; i++)
                {
                    count += to.characterInfo[i].isVisible && to.characterInfo[i].materialReferenceIndex == material ? 1 : 0;
                }

                mesh.Reserve(count);
                mesh.material = material < fonts.Count ? fonts[material].material : null;
                mesh.vertexCount = 0;
                Array.Clear(mesh.vertices, 0, mesh.vertices.Length);
                Array.Clear(mesh.colors32, 0, mesh.colors32.Length);
            }

            for (int i = 0; i < to.characterCount; i++)
            {
                FillVertices(to, ref to.characterInfo[i], i);
            }
        }

        private void FillVertices(TMP_TextInfo to, ref TMP_CharacterInfo one, int index)
        {
            one.vertexIndex = 0;
            if (!one.isVisible)
            {
                return;
            }

            ref TMP_MeshInfo mesh = ref to.meshInfo[one.materialReferenceIndex];
            int at = mesh.vertexCount;
            one.vertexIndex = at;
            mesh.vertexCount += 4;
            bool isShown = index < m_maxVisibleCharacters;
            mesh.vertices[at] = isShown ? one.bottomLeft : Vector3.zero;
            mesh.vertices[at + 1] = isShown ? one.topLeft : Vector3.zero;
            mesh.vertices[at + 2] = isShown ? one.topRight : Vector3.zero;
            mesh.vertices[at + 3] = isShown ? one.bottomRight : Vector3.zero;
            for (int corner = 0; corner < 4; corner++)
            {
                mesh.colors32[at + corner] = one.color;
            }
        }

        private Vector2 Preferred(string of, float width)
        {
            string before = m_text;
            bool wasInBuffer = isTextInBuffer;
            char[] buffer = wasInBuffer ? (char[])chars.Clone() : null;
            int count = charCount;
            m_text = of;
            isTextInBuffer = false;
            Vector2 size = Preferred(width);
            m_text = before;
            isTextInBuffer = wasInBuffer;
            if (wasInBuffer)
            {
                chars = buffer;
                charCount = count;
            }

            return size;
        }

        /// <summary>Lays out apart from what is shown.</summary>
        private Vector2 Preferred(float width)
        {
            if (m_fontAsset == null)
            {
                return Vector2.zero;
            }

            Parse();
            var scratch = new TMP_TextInfo(this);
            TMP_TextInfo.Resize(ref scratch.characterInfo, Mathf.Max(parsedCount, 1));
            fonts.Clear();
            fonts.Add(m_fontAsset);
            PlaceInLines(scratch, width);
            isBehind = true;
            var size = Vector2.zero;
            for (int i = 0; i < scratch.lineCount; i++)
            {
                TMP_LineInfo line = scratch.lineInfo[i];
                size = new Vector2(Mathf.Max(size.x, line.length), size.y + (i == 0 ? line.ascender - line.descender : line.lineHeight));
            }

            return new Vector2(size.x + m_margin.x + m_margin.z, size.y + m_margin.y + m_margin.w);
        }
    }
}
