using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

public class LineDiffTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("a\n", "a\n", "")]
    [InlineData("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n")]
    [InlineData("a\n", "", "@@ -1,1 +0,0 @@\n-a\n")]
    [InlineData("a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n")]
    [InlineData("a", "a\n", "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n")]
    [InlineData("a\r\n", "a\n", "@@ -1,1 +1,1 @@\n-a\r\n+a\n")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\nX\n", "@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+X\n")]
    public void Texts_differ_as_every_diff_shows_it(string before, string after, string diff) => Assert.Equal(diff, LineDiff.Unified(before, after));

    [Fact]
    public void Changes_that_lie_far_apart_are_hunks_of_their_own()
    {
        var lines = Enumerable.Range(1, 40).Select(i => $"{i}\n").ToList();
        var before = string.Concat(lines);
        (lines[0], lines[30]) = ("first\n", "later\n");
        var diff = LineDiff.Unified(before, string.Concat(lines));
        Assert.Equal("@@ -1,4 +1,4 @@\n-1\n+first\n 2\n 3\n 4\n@@ -28,7 +28,7 @@\n 28\n 29\n 30\n-31\n+later\n 32\n 33\n 34\n", diff);
    }

    /// <summary>Whatever is shown, applied to the one text it gives the other.</summary>
    [Fact]
    public void A_diff_applied_to_the_first_text_gives_the_second()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            string Some() => string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => $"{random.Next(6)}\n")) + (random.Next(3) == 0 ? "end" : "");
            var (before, after) = (Some(), Some());
            Assert.Equal(after, Apply(before, LineDiff.Unified(before, after)));
        }
    }

    private static string Apply(string before, string diff)
    {
        var old = Lines(before);
        var made = new List<string>();
        var at = 0;
        foreach (var line in Lines(diff.Replace("\n\\ No newline at end of file\n", "\u0001\n", StringComparison.Ordinal)))
        {
            var text = line[1..].EndsWith("\u0001\n", StringComparison.Ordinal) ? line[1..^2] : line[1..];
            switch (line[0])
            {
                case '@':
                    var words = line.Split(' ')[1][1..].Split(',');
                    var start = int.Parse(words[0], null) - (words[1] == "0" ? 0 : 1);
                    made.AddRange(old[at..start]);
                    at = start;
                    break;
                case ' ' or '-':
                    Assert.Equal(text, old[at]);
                    if (line[0] == ' ') made.Add(text);
                    at++;
                    break;
                default:
                    made.Add(text);
                    break;
            }
        }

        return string.Concat([.. made, .. old[at..]]);
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Select((l, i) => i < text.Count(c => c == '\n') ? l + "\n" : l).Where(l => l.Length > 0)];
}
