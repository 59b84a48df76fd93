using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>The body of a <c>push</c> event.</summary>
internal static class PushPayload
{
    private const int MostCommits = 2048;
    private const string Fields = "%x01%H%x02%T%x02%an%x02%ae%x02%aI%x02%cn%x02%ce%x02%cI%x02%B%x02";
    private static readonly string None = new('0', 40);

    public static JsonObject Of(Repository repository, RefChange change, IReadOnlyDictionary<string, string> refs, string? pusher, string baseUrl)
    {
        var (before, after) = (change.Before ?? None, change.After ?? None);
        var html = $"{baseUrl}/{repository.FullName}";
        var commits = Commits(repository, change, refs, html);

        // An annotated tag's own id is no commit; the head commit is what it points to, if that is one.
        var head = change.After is not null && repository.Commit(change.After) is { } id ? Log(repository, html, "-1", id).Single() : null;
        pusher ??= Text(head, "committer", "username") ?? repository.Owner;
        var json = repository.Json(baseUrl);
        json["owner"]!["name"] = repository.Owner;
        json["owner"]!["email"] = $"{repository.Owner}@users.noreply.example.org";
        json["url"] = html;

        // In this one event these two are numbers.
        json["created_at"] = new DateTimeOffset(Directory.GetCreationTimeUtc(repository.Path)).ToUnixTimeSeconds();
        json["pushed_at"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new JsonObject
        {
            ["ref"] = change.Ref, ["before"] = before, ["after"] = after,
            ["repository"] = json,
            ["pusher"] = new JsonObject { ["name"] = pusher, ["email"] = Text(head, "committer", "email") },
            ["sender"] = new JsonObject { ["login"] = pusher, ["id"] = 1, ["type"] = "User", ["site_admin"] = false },
            ["created"] = change.Before is null, ["deleted"] = change.After is null, ["forced"] = IsForced(repository, change),
            ["base_ref"] = change.Before is null
                ? refs.FirstOrDefault(r => r.Value == change.After && r.Key != change.Ref && IsBranch(r.Key)).Key
                : null,
            ["compare"] = change.Before is null || change.After is null
                ? $"{html}/compare/{change.Ref.Split('/', 3)[2]}"
                : $"{html}/compare/{before[..12]}...{after[..12]}",
            ["commits"] = new JsonArray([.. commits]), ["head_commit"] = head,
        };
    }

    private static bool IsBranch(string name) => name.StartsWith("refs/heads/", StringComparison.Ordinal);

    private static bool IsForced(Repository repository, RefChange change) =>
        change is { Before: { } before, After: { } after } && IsBranch(change.Ref)
        && repository.Git("rev-list", "-1", before, "^" + after).Length > 0;

    private static IEnumerable<JsonObject> Commits(Repository repository, RefChange change, IReadOnlyDictionary<string, string> refs, string html)
    {
        if (change.After is not { } after || !IsBranch(change.Ref)) return [];

        // Of a new branch only what no other branch has.
        var known = change.Before is { } before ? [before] : refs.Where(r => IsBranch(r.Key) && r.Key != change.Ref).Select(r => r.Value);
        return Log(repository, html, ["--reverse", $"--max-count={MostCommits}", after, .. known.Select(id => "^" + id)]);
    }

    private static IEnumerable<JsonObject> Log(Repository repository, string html, params string[] which)
    {
        var log = repository.Git(["log", "-z", "--no-renames", "--diff-merges=first-parent", "--name-status", "--format=" + Fields, .. which, "--"]);
        foreach (var entry in log.Split('\u0001', StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Split('\u0002', 10) is not
                [var id, var tree, var author, var authorMail, _, var committer, var committerMail, var time, var message, var rest]) continue;
            var changes = rest.Trim('\0', '\n').Split('\0', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Where(c => c.Length == 2)
                .ToLookup(c => c[0].Trim()[0], c => c[1]);
            yield return new JsonObject
            {
                ["id"] = id, ["tree_id"] = tree, ["distinct"] = true, ["message"] = message.TrimEnd('\n'), ["timestamp"] = time,
                ["url"] = $"{html}/commit/{id}",
                ["author"] = Person(author, authorMail), ["committer"] = Person(committer, committerMail),
                ["added"] = Paths(changes['A']), ["removed"] = Paths(changes['D']),
                ["modified"] = Paths(changes.Where(c => c.Key is not ('A' or 'D')).SelectMany(c => c)),
            };
        }
    }

    private static JsonArray Paths(IEnumerable<string> paths) => new([.. paths.Select(p => (JsonNode)p)]);

    private static JsonObject Person(string name, string email) => new() { ["name"] = name, ["email"] = email, ["username"] = email.Split('@')[0] };

    private static string? Text(JsonObject? json, string name, string inner) => json?[name]?[inner]?.GetValue<string>();
}
