using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A pull request. Its head is a branch of the same folder also where it is said to come from a fork.</summary>
public sealed class PullRequestOfStandIn(string repository, int number, string branch, string into, string title, string? fork)
{
    public string Repository => repository;
    public int Number => number;
    public string Branch => branch;
    public string Base => into;
    public string Title { get; internal set; } = title;
    public string Body { get; internal set; } = "";
    public bool Draft { get; internal init; }

    /// <summary>How often its text was edited by the API.</summary>
    public int Edits { get; internal set; }
    public SortedSet<string> Labels { get; } = new(StringComparer.Ordinal);
    public SortedSet<string> Reviewers { get; } = new(StringComparer.Ordinal);

    /// <summary><c>owner/name</c> of the fork; null where it comes from the repository itself.</summary>
    public string? Fork => fork;
    public string Head { get; internal set; } = "";
    public string State { get; internal set; } = "open";
    public bool Merged { get; internal set; }

    /// <summary>Null while nobody has looked.</summary>
    public bool? Mergeable { get; internal set; }
}

/// <summary>A comment of an issue or pull request.</summary>
public sealed class IssueComment(long id, string repository, int number, bool byBot)
{
    public long Id => id;
    public string Repository => repository;
    public int Number => number;
    public bool ByBot => byBot;
    public string Body { get; internal set; } = "";
    public int Edits { get; internal set; }
}

/// <summary>The pull requests of all repositories, with the refs that GitHub keeps of them, and the events of what happens to them.</summary>
public sealed class PullRequests
{
    private readonly ConcurrentDictionary<int, PullRequestOfStandIn> _all = new();
    private readonly ConcurrentDictionary<long, IssueComment> _comments = new();
    private readonly GitHubStandIn _standIn;
    private readonly Action<Repository, string, JsonObject> _send;
    private int _last;

    internal PullRequests(GitHubStandIn standIn, Action<Repository, string, JsonObject> send)
    {
        (_standIn, _send) = (standIn, send);
        new PullRequestRoutes(standIn, this).Add();
        standIn.Map("GET", "/pulls/{number}", call => Find(call) is { } pull ? GitHubAnswer.Ok(Json(pull, call.Repository)) : GitHubAnswer.NotFound(), "pull_requests:read");
        standIn.Map("GET", "/issues/{number}/comments", call => Find(call) is { } pull
            ? GitHubAnswer.Page(call, [.. Comments.Where(c => c.Number == pull.Number).Select(c => (JsonNode)Json(c))])
            : GitHubAnswer.NotFound(), "pull_requests:read");
        standIn.Map("POST", "/issues/{number}/comments", call => Find(call) is { } pull ? Comment(call, new IssueComment(standIn.NextId(), pull.Repository, pull.Number, call.IsApp), 201) : GitHubAnswer.NotFound(), "pull_requests:write");
        standIn.Map("PATCH", "/issues/comments/{id}", call => _comments.TryGetValue(call.Id("id"), out var comment) ? Comment(call, comment, 200) : GitHubAnswer.NotFound(), "pull_requests:write");
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<PullRequestOfStandIn> All => [.. _all.Values.OrderBy(p => p.Number)];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<IssueComment> Comments => [.. _comments.Values.OrderBy(c => c.Id)];

    /// <summary>True: the merges of what is opened or pushed are not made until <see cref="MakeMerges"/>.</summary>
    public bool HoldsMerges { get; set; }

    public PullRequestOfStandIn Open(string repository, string branch, string title = "A change", string into = "main", string? fork = null, string body = "", bool draft = false)
    {
        var pull = new PullRequestOfStandIn(repository, Interlocked.Increment(ref _last), branch, into, title, fork) { Body = body, Draft = draft };
        _all[pull.Number] = pull;
        Update(pull);
        Tell(pull, "opened");
        return pull;
    }

    /// <summary>The branch got commits.</summary>
    public void Pushed(PullRequestOfStandIn pull)
    {
        var before = pull.Head;
        Update(pull);
        Tell(pull, "synchronize", event_ => (event_["before"], event_["after"]) = (before, pull.Head));
    }

    public void Close(PullRequestOfStandIn pull)
    {
        pull.State = "closed";
        Tell(pull, "closed");
    }

    /// <summary>Merges as the button does: the base gets the merge commit, which is a push of its own.</summary>
    public void Merge(PullRequestOfStandIn pull)
    {
        Update(pull);
        MakeMerge(pull);
        RepositoryOf(pull).Git("update-ref", $"refs/heads/{pull.Base}", $"refs/pull/{pull.Number}/merge");
        (pull.State, pull.Merged) = ("closed", true);
        Tell(pull, "closed");
    }

    public void MakeMerges()
    {
        HoldsMerges = false;
        foreach (var pull in _all.Values.Where(p => p.State == "open")) MakeMerge(pull);
    }

    /// <summary>Puts a pull request into the merge queue: its group has a branch, and waits for checks on its head.</summary>
    /// <returns>The head of the group.</returns>
    public string Enqueue(PullRequestOfStandIn pull)
    {
        MakeMerge(pull);
        var repository = RepositoryOf(pull);
        var (head, name) = (repository.Commit($"refs/pull/{pull.Number}/merge")!, $"refs/heads/gh-readonly-queue/{pull.Base}/pr-{pull.Number}-{pull.Head}");
        repository.Git("update-ref", name, head);
        _send(repository, "merge_group", new JsonObject
        {
            ["action"] = "checks_requested",
            ["merge_group"] = new JsonObject
            {
                ["head_sha"] = head, ["head_ref"] = name, ["base_sha"] = repository.Commit(pull.Base), ["base_ref"] = $"refs/heads/{pull.Base}", ["head_commit"] = new JsonObject { ["id"] = head },
            },
        });
        return head;
    }

    public void Delete(IssueComment comment) => _comments.TryRemove(comment.Id, out _);

    private void Update(PullRequestOfStandIn pull)
    {
        var repository = RepositoryOf(pull);
        pull.Head = repository.Commit($"refs/heads/{pull.Branch}") ?? throw new InvalidOperationException($"no branch {pull.Branch}");
        repository.Git("update-ref", $"refs/pull/{pull.Number}/head", pull.Head);
        pull.Mergeable = null;
        if (!HoldsMerges) MakeMerge(pull);
    }

    /// <summary>Where there are conflicts, the last merge that could be made stays, as it does there.</summary>
    private void MakeMerge(PullRequestOfStandIn pull)
    {
        var repository = RepositoryOf(pull);
        var into = repository.Commit($"refs/heads/{pull.Base}")!;
        var merged = GitSandbox.Run(repository.Path, ["merge-tree", "--write-tree", into, pull.Head], mayEndWith: 1).Split('\n');
        pull.Mergeable = merged.Length <= 2;
        if (pull.Mergeable != true) return;
        var commit = repository.Git("commit-tree", merged[0], "-p", into, "-p", pull.Head, "-m", $"Merge {pull.Head} into {into}").Trim();
        repository.Git("update-ref", $"refs/pull/{pull.Number}/merge", commit);
    }

    private Repository RepositoryOf(PullRequestOfStandIn pull) => _standIn.Find(pull.Repository);

    internal PullRequestOfStandIn? Find(GitHubCall call) =>
        _all.GetValueOrDefault((int)call.Id("number")) is { } pull && pull.Repository == call.Repository.FullName ? pull : null;

    private GitHubAnswer Comment(GitHubCall call, IssueComment comment, int status)
    {
        if (call.Text("body") is not { Length: > 0 } body) return GitHubAnswer.Invalid("IssueComment", "body", "missing_field");
        if (body.Length > 65_536) return GitHubAnswer.Invalid("IssueComment", "body", "custom", "body is too long (maximum is 65536 characters)");
        if (status == 200) comment.Edits++;
        comment.Body = body;
        _comments[comment.Id] = comment;
        return new GitHubAnswer(status, Json(comment));
    }

    private void Tell(PullRequestOfStandIn pull, string action, Action<JsonObject>? more = null)
    {
        var repository = RepositoryOf(pull);
        var payload = new JsonObject { ["action"] = action, ["number"] = pull.Number, ["pull_request"] = Json(pull, repository) };
        more?.Invoke(payload);
        _send(repository, "pull_request", payload);
    }

    internal JsonObject Json(PullRequestOfStandIn p, Repository repository) => new()
    {
        ["number"] = p.Number, ["state"] = p.State, ["draft"] = p.Draft, ["merged"] = p.Merged, ["mergeable"] = p.Mergeable, ["title"] = p.Title, ["body"] = p.Body,
        ["merged_at"] = p.Merged ? "2026-01-01T00:00:00Z" : null, ["html_url"] = $"{_standIn.BaseUrl.GetLeftPart(UriPartial.Authority)}/{p.Repository}/pull/{p.Number}",
        ["user"] = new JsonObject { ["login"] = "bea", ["type"] = "User" },
        ["head"] = new JsonObject { ["ref"] = p.Branch, ["sha"] = p.Head, ["repo"] = p.Fork == "" ? null : new JsonObject { ["full_name"] = p.Fork ?? p.Repository } },
        ["base"] = new JsonObject { ["ref"] = p.Base, ["sha"] = repository.Commit($"refs/heads/{p.Base}"), ["repo"] = new JsonObject { ["full_name"] = p.Repository } },
    };

    private static JsonObject Json(IssueComment c) => new() { ["id"] = c.Id, ["body"] = c.Body, ["user"] = new JsonObject { ["login"] = c.ByBot ? "kestra-github[bot]" : "bea", ["type"] = c.ByBot ? "Bot" : "User" } };
}
