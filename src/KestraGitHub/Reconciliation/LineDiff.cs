using System.Globalization;
using System.Text;

namespace KestraGitHub.Reconciliation;

/// <summary>What changes between two texts, line by line, in the unified form that people and tools read.</summary>
internal static class LineDiff
{
    private const int Context = 3;

    /// <summary>Cells of the table that finds what stays; texts that would need more are shown as replaced between their equal ends.</summary>
    private const long MostCells = 4_000_000;

    /// <summary>Hunks only, without the two lines that name the files; empty for equal texts.</summary>
    public static string Unified(string before, string after)
    {
        var (a, b) = (Lines(before), Lines(after));
        var steps = Steps(a, b);
        var text = new StringBuilder();
        for (var at = 0; at < steps.Count;)
        {
            var first = steps.FindIndex(at, s => s.Sign != ' ');
            if (first < 0) break;
            var last = first;
            for (var i = first; i < steps.Count && i - last <= 2 * Context; i++)
                if (steps[i].Sign != ' ') last = i;
            var (from, to) = (Math.Max(at, first - Context), Math.Min(steps.Count, last + 1 + Context));
            Write(text, steps, from, to);
            at = to;
        }

        return text.ToString();
    }

    /// <summary>All lines of both, in their order: a plus before those that come, a minus before those that go, else a space.</summary>
    public static IReadOnlyList<(char Sign, string Line)> Steps(string before, string after) => Steps(Lines(before), Lines(after));

    /// <summary>How many lines come in, and how many go.</summary>
    public static (long Additions, long Deletions) Count(string before, string after)
    {
        var steps = Steps(Lines(before), Lines(after));
        return (steps.Count(s => s.Sign == '+'), steps.Count(s => s.Sign == '-'));
    }

    private static void Write(StringBuilder text, List<(char Sign, string Line)> steps, int from, int to)
    {
        int Count(int start, int end, char without) => steps.Skip(start).Take(end - start).Count(s => s.Sign != without);
        var (oldCount, newCount) = (Count(from, to, '+'), Count(from, to, '-'));
        var (oldStart, newStart) = (Count(0, from, '+') + (oldCount > 0 ? 1 : 0), Count(0, from, '-') + (newCount > 0 ? 1 : 0));
        text.Append(CultureInfo.InvariantCulture, $"@@ -{oldStart},{oldCount} +{newStart},{newCount} @@\n");
        foreach (var (sign, line) in steps.Skip(from).Take(to - from))
        {
            text.Append(sign).Append(line);
            if (!line.EndsWith('\n')) text.Append("\n\\ No newline at end of file\n");
        }
    }

    private static List<(char Sign, string Line)> Steps(List<string> a, List<string> b)
    {
        var start = 0;
        while (start < a.Count && start < b.Count && a[start] == b[start]) start++;
        var end = 0;
        while (end < a.Count - start && end < b.Count - start && a[^(end + 1)] == b[^(end + 1)]) end++;
        var steps = a.Take(start).Select(l => (' ', l)).ToList();
        Middle(a.GetRange(start, a.Count - start - end), b.GetRange(start, b.Count - start - end), steps);
        steps.AddRange(a.Skip(a.Count - end).Select(l => (' ', l)));
        return steps;
    }

    private static void Middle(List<string> a, List<string> b, List<(char, string)> steps)
    {
        if ((long)a.Count * b.Count > MostCells)
        {
            steps.AddRange(a.Select(l => ('-', l)));
            steps.AddRange(b.Select(l => ('+', l)));
            return;
        }

        // How many lines the rests from here on have in common, at most.
        var common = new int[a.Count + 1, b.Count + 1];
        for (var i = a.Count - 1; i >= 0; i--)
        for (var j = b.Count - 1; j >= 0; j--)
            common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        for (int i = 0, j = 0; i < a.Count || j < b.Count;)
        {
            if (i < a.Count && j < b.Count && a[i] == b[j]) (steps, i, j) = (Add(' ', a[i]), i + 1, j + 1);
            else if (j == b.Count || (i < a.Count && common[i + 1, j] >= common[i, j + 1])) (steps, i) = (Add('-', a[i]), i + 1);
            else (steps, j) = (Add('+', b[j]), j + 1);
        }

        List<(char, string)> Add(char sign, string line)
        {
            steps.Add((sign, line));
            return steps;
        }
    }

    /// <summary>Each with its line end, so that a missing last one is a difference.</summary>
    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..end]);
            at = end;
        }

        return lines;
    }
}
