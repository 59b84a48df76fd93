using System.Text.RegularExpressions;
using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>What our commits say of where they come from.</summary>
/// <param name="Sync">The sync that makes them.</param>
/// <param name="Announce">Told of a commit, and of the one that the branch had before, right before it is pushed: so that it is known when it comes back.</param>
internal sealed record CommitStamp(string Sync, string RunId, Func<GitCommit, string, CancellationToken, Task> Announce);

/// <summary>The part of a commit that people read.</summary>
internal sealed partial record CommitMessage(string Text, Person Author, DateTimeOffset At)
{
    public static CommitMessage Of(PushSettings push, CommitStamp stamp, DateTimeOffset at) => Of(push.Message, push.Author, stamp, at, []);

    /// <param name="trailers">Further ones, each as <c>Name: value</c>.</param>
    public static CommitMessage Of(string message, Person author, CommitStamp stamp, DateTimeOffset at, IEnumerable<string> trailers)
    {
        var text = message.ReplaceLineEndings("\n").Replace("\0", "", StringComparison.Ordinal).Trim();
        // Trailers are the lines of the last paragraph, and nothing else may stand in it.
        var last = text[(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)..].Trim();
        var joins = last.Length < text.Length && last.Split('\n').All(line => Trailer().IsMatch(line));
        return new CommitMessage($"{text}\n{(joins ? "" : "\n")}Kestra-Sync: {stamp.Sync}\nKestra-Run: {stamp.RunId}\n{string.Concat(trailers.Select(t => t + "\n"))}", author, at);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9-]*: ")]
    private static partial Regex Trailer();
}
