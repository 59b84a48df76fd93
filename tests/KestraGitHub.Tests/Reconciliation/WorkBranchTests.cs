using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

/// <summary>What becomes of the branch of a pull request. Files are <c>path:base&gt;proposed</c>; nothing after the arrow is a deletion.</summary>
public sealed class WorkBranchTests
{
    [Theory]
    [InlineData("", "", null, "", false, "End")]
    [InlineData("a:1>2", "a:1", null, null, false, "Rebuild")]
    [InlineData("a:1>2", "a:1", "a:1>2", null, false, "Rebuild")]
    [InlineData("a:1>2", "a:1", "a:1>2", "a:2", true, "Keep")]
    [InlineData("a:1>3", "a:1", "a:1>2", "a:2", true, "Rebuild")]
    [InlineData("a:5>2", "a:5", "a:1>2", "a:2", true, "Rebuild")] // the base got the same file: they would meet
    [InlineData("a:1>", "a:1", "a:1>2", "a:2", true, "Rebuild")]
    [InlineData("", "a:1", "a:1>2", "a:2", true, "End")]
    [InlineData("", "a:1", "a:1>2", null, false, "End")]
    [InlineData("a:1>2", "a:1", "a:1>2", "a:2", false, "Keep")]
    [InlineData("a:1>3", "a:1", "a:1>2", "a:2", false, "Append a:2>3")]
    [InlineData("a:1>3", "a:1", "a:1>2", "a:9", false, "Keep left a")] // theirs
    [InlineData("a:1>2 b:1>2", "a:1 b:1", "a:1>2", "a:9 b:1", false, "Append b:1>2")]
    [InlineData("a:1>2 b:1>2", "a:1 b:1", "a:1>2", "a:2 b:8", false, "Keep left b")]
    [InlineData("b:1>2", "a:1 b:1", "a:1>2", "a:2 b:1", false, "Append a:2>1 b:1>2")]
    [InlineData("", "a:1", "a:1>2", "a:2", false, "Append a:2>1")]
    [InlineData("", "a:1", "a:1>2", "a:9", false, "Keep left a")]
    [InlineData("a:1>2 b:>", "a:1", null, "a:7 b:4", false, "Append a:7>2 b:4>")] // the user's own branch
    public void A_branch_is_made_anew_while_it_is_ours_and_only_added_to_once_it_is_not(string wanted, string into, string? before, string? work, bool ours, string expected)
    {
        var decision = WorkBranch.Decide(Files(wanted), Held(into), before is null ? null : Files(before), work is null ? null : Held(work), ours);
        var told = $"{decision.Step} {string.Join(' ', decision.Files.Select(f => $"{f.Path}:{f.Was}>{f.Now}"))}".Trim() + (decision.Left.Count > 0 && decision.Files.Count == 0 ? $" left {string.Join(' ', decision.Left)}" : "");
        Assert.Equal(expected, told);
    }

    private static List<ProposedFile> Files(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split(':', '>')).Select(p => new ProposedFile(p[0], Part(p[1]), Part(p[2])))];

    private static Dictionary<string, string?> Held(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split(':')).ToDictionary(p => p[0], p => Part(p[1]));

    private static string? Part(string text) => text.Length == 0 ? null : text;
}
