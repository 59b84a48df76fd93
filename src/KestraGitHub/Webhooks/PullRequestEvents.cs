using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What events of pull requests and of merge queues lead to. None of them ever leads to a run that applies something.</summary>
internal static class PullRequestEvents
{
    private const int LongestName = 200;

    public static WebhookDecision OfPullRequest(Definition definition, JsonElement body, DeliveryFacts facts, PullRequestRules rules)
    {
        if (Read(body, rules) is not { } pull) return Ignore("The event says too little of its pull request.");
        if (definition.TaskBranches is { } branches && !branches.Contains(pull.Base, StringComparer.Ordinal))
            return Ignore($"Pull request {pull.Number} is to be merged into {PlainText.Of(pull.Base, LongestName)}, which this sync does not read.");
        return facts.Action switch
        {
            "opened" or "synchronize" or "reopened" or "ready_for_review" => new(WebhookVerdict.Run) { Pull = pull },
            "closed" => Ignore($"Pull request {pull.Number} is closed; its plans end.") with { Pull = pull },
            _ => Ignore("What happened to the pull request changes nothing of its plan."),
        };
    }

    public static WebhookDecision OfMergeGroup(JsonElement body, DeliveryFacts facts)
    {
        if (facts.Action != "checks_requested") return Ignore("Nothing is asked of a merge queue's group that ended.");
        return RepositoryOf(body) is { } repository && body.Member("merge_group")?.Text("head_sha") is { } sha && IsCommit(sha)
            ? Ignore("A merge queue's group was let through: the sync runs when it is merged.") with { Group = (repository, sha) }
            : Ignore("The event says too little of its group.");
    }

    private static PullRequest? Read(JsonElement body, PullRequestRules rules)
    {
        if (body.Member("pull_request") is not { } pull || RepositoryOf(body) is not { } repository) return null;
        if (pull.Member("number") is not { ValueKind: JsonValueKind.Number } said || !said.TryGetInt64(out var number) || number < 1) return null;
        if (pull.Member("head")?.Text("sha") is not { } head || !IsCommit(head)) return null;
        if (pull.Member("base")?.Text("ref") is not { } branch || !BranchRef.IsBranch(BranchRef.Prefix + branch)) return null;

        // The fork may be gone, or its name hidden: then it is one.
        var isFork = pull.Member("head")?.Member("repo")?.Text("full_name")?.Equals(repository, StringComparison.OrdinalIgnoreCase) != true;
        return new PullRequest(repository, number, head, branch, body.Member("repository")?.Text("default_branch") == branch, isFork && !rules.Forks) { OfFork = isFork };
    }

    private static string? RepositoryOf(JsonElement body) =>
        body.Member("repository")?.Text("full_name") is { Length: <= LongestName } name && name.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } repository]
            && (owner + repository).All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? name.ToLowerInvariant()
            : null;

    private static bool IsCommit(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static WebhookDecision Ignore(string reason) => new(WebhookVerdict.Ignore, reason);
}
