using System.Text;
using TMPro;

namespace Loquent.Tests
{
    /// <summary>What a player can read on a canvas.</summary>
    public static class Seen
    {
        /// <summary>Gives the characters of the page whose vertices aren't transparent, with a space for each character without vertices between them.</summary>
        public static string On(SpeechCanvas canvas)
        {
            TMP_TextInfo info = canvas.PartsInUse.Page.textInfo;
            var seen = new StringBuilder();
            int spaces = 0;
            for (int i = 0; i < info.characterCount; i++)
            {
                TMP_CharacterInfo one = info.characterInfo[i];
                if (!one.isVisible)
                {
                    spaces++;
                }
                else if (info.meshInfo[one.materialReferenceIndex].colors32[one.vertexIndex].a > 0)
                {
                    seen.Append(' ', spaces).Append(one.character);
                    spaces = 0;
                }
            }

            return seen.ToString();
        }

        /// <summary>Gives all characters of a text, seen or not.</summary>
        public static string All(TMP_Text text)
        {
            var all = new StringBuilder();
            for (int i = 0; i < text.textInfo.characterCount; i++)
            {
                all.Append(text.textInfo.characterInfo[i].character);
            }

            return all.ToString();
        }
    }
}
