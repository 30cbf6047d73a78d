using System;
using System.Diagnostics;
using System.Text;
using Loquent.Core.Reveal;

/// <summary>
/// What the reveal costs: one line for each kind and length of text, tab-separated: kind, chars, nanoseconds per char that is received and laid out,
/// nanoseconds per frame of one character that speaks at 72 Hz. The length of a text should make no difference.
/// </summary>
public static class RevealBench
{
    private const int Frames = 20000;

    public static int Main()
    {
        foreach (int length in new[] { 1000, 10000, 100000, 1000000 })
        {
            Measure("english", "The road to the old mill is long, and the night is dark. ", length);
            Measure("chinese", "你好，我是一个虚拟现实场景里的角色。", length);
            Measure("mixed", "שלום (abc) 42! سلام عليكم، 👩‍👩‍👧 🇩🇪 क्षत्रिय ", length);
        }

        return 0;
    }

    private static void Measure(string kind, string sentence, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(sentence);
        }

        char[] chars = text.ToString().ToCharArray();
        double perChar = double.MaxValue;
        for (int round = 0; round < 4; round++)
        {
            perChar = Math.Min(perChar, LayOut(chars));
        }

        Console.WriteLine(kind + "\t" + chars.Length + "\t" + perChar.ToString("0") + "\t" + Speak(chars).ToString("0"));
    }

    /// <summary>Receives four chars a frame, and lays them out at once.</summary>
    private static double LayOut(char[] chars)
    {
        var reveal = new ReplyReveal(new Widths(), new PageFormat(40));
        reveal.SkipToEnd();
        int rounds = Math.Max(1, 200000 / chars.Length);
        Stopwatch watch = Stopwatch.StartNew();
        for (int round = 0; round < rounds; round++)
        {
            reveal.Clear();
            reveal.SkipToEnd();
            for (int count = 4; count <= chars.Length; count += 4)
            {
                reveal.Receive(chars, count);
                reveal.Advance(1.0 / 72);
            }
        }

        return watch.Elapsed.TotalMilliseconds * 1e6 / ((double)chars.Length * rounds);
    }

    /// <summary>A character that speaks at reading speed, with all of its text there.</summary>
    private static double Speak(char[] chars)
    {
        var reveal = new ReplyReveal(new Widths(), new PageFormat(40), new RevealSettings { PageRest = 0 });
        double best = double.MaxValue;
        double sum = 0;
        for (int round = 0; round < 4; round++)
        {
            reveal.Clear();
            reveal.Receive(chars, chars.Length);
            Stopwatch watch = Stopwatch.StartNew();
            for (int frame = 0; frame < Frames; frame++)
            {
                reveal.Advance(1.0 / 72);
                for (int i = reveal.SettledClusters; i < reveal.VisibleClusters; i++)
                {
                    sum += reveal.AlphaOf(i);
                }
            }

            best = Math.Min(best, watch.Elapsed.TotalMilliseconds * 1e6 / Frames);
        }

        return sum >= 0 ? best : 0;
    }

    private sealed class Widths : ITextMeasure
    {
        public float Width(char[] chars, int start, int count)
        {
            return chars[start] >= 0x1100 ? 2 : 1;
        }
    }
}
