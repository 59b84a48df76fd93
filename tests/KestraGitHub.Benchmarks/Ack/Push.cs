using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Ack;

/// <summary>A push as GitHub sends it, of 8 KB, in a file, with its signature.</summary>
internal sealed record Push(string File, string Signature)
{
    private const int Size = 8192;

    /// <summary>GitHub's guids are of version 1, so that those which come together lie together in an index. Random ones are the worst that a sender could do.</summary>
    public bool RandomGuids { get; init; }

    public static Push WriteTo(string folder)
    {
        var body = Encoding.UTF8.GetBytes(Payload());
        var file = Path.Combine(folder, "push.json");
        System.IO.File.WriteAllBytes(file, body);
        return new(file, "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Service.WebhookSecret), body)));
    }

    // The usual commits and repository, and then as much of a commit's message as is missing.
    private static string Payload()
    {
        var commits = Enumerable.Range(0, 4).Select(Commit).ToList();
        var repository = new JsonObject { ["id"] = 79929171, ["name"] = "flows", ["full_name"] = "acme/flows", ["private"] = true };
        foreach (var name in new[] { "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents", "contributors",
            "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks", "issues", "keys", "labels", "languages", "merges" })
            repository[name + "_url"] = $"https://api.github.com/repos/acme/flows/{name}{{/sha}}";
        var push = new JsonObject
        {
            ["ref"] = "refs/heads/main", ["before"] = Id(0), ["after"] = Id(4), ["repository"] = repository,
            ["pusher"] = new JsonObject { ["name"] = "octo", ["email"] = "octo@example.org" },
            ["sender"] = new JsonObject { ["login"] = "octo", ["id"] = 21031067, ["type"] = "User", ["site_admin"] = false },
            ["created"] = false, ["deleted"] = false, ["forced"] = false, ["base_ref"] = null,
            ["compare"] = "https://github.com/acme/flows/compare/000...004",
            ["commits"] = new JsonArray([.. commits]), ["head_commit"] = Commit(3),
        };
        var missing = Size - Encoding.UTF8.GetByteCount(push.ToJsonString());
        if (missing < 0) throw new BenchmarkException($"The push is {-missing} bytes too large.");
        push["head_commit"]!["message"] += new string('x', missing);
        return push.ToJsonString(JsonSerializerOptions.Default);
    }

    private static JsonObject Commit(int n) => new()
    {
        ["id"] = Id(n + 1), ["tree_id"] = Id(n + 100), ["distinct"] = true, ["message"] = $"Change {n} of the flows", ["timestamp"] = "2026-11-22T10:00:00Z",
        ["url"] = $"https://github.com/acme/flows/commit/{Id(n + 1)}", ["author"] = Person(), ["committer"] = Person(),
        ["added"] = new JsonArray($"_flows/added_{n}.yml"), ["removed"] = new JsonArray(), ["modified"] = new JsonArray($"_flows/team/changed_{n}.yml"),
    };

    private static JsonObject Person() => new() { ["name"] = "Octo", ["email"] = "octo@example.org", ["username"] = "octo" };

    private static string Id(int n) => n.ToString("x40", null);
}
