using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>One hosted repository: where it lies, and how GitHub speaks of it.</summary>
internal sealed record Repository(string Owner, string Name, string Path, bool Private)
{
    public string FullName => $"{Owner}/{Name}";

    /// <summary>The same after a restart: made from the name.</summary>
    public int Id { get; } = IdOf($"{Owner}/{Name}");

    public int OwnerId { get; } = IdOf(Owner);

    /// <summary>Repositories by the parts of an address; null also for names that leave the folder.</summary>
    public static Repository? Find(string root, string owner, string name, bool isPrivate)
    {
        if (!IsName(owner) || !IsName(name)) return null;
        var path = System.IO.Path.Combine(root, owner, name + ".git");
        return Directory.Exists(path) ? new Repository(owner, name, path, isPrivate) : null;
    }

    public static IEnumerable<Repository> All(string root, bool arePrivate) =>
        from owner in Directory.EnumerateDirectories(root)
        from path in Directory.EnumerateDirectories(owner, "*.git")
        select new Repository(System.IO.Path.GetFileName(owner), System.IO.Path.GetFileNameWithoutExtension(path), path, arePrivate);

    public string Git(params string[] arguments) => GitSandbox.Run(Path, arguments);

    /// <summary>The commit that a branch, tag or id names, or null.</summary>
    public string? Commit(string reference)
    {
        if (reference.StartsWith('-')) return null;
        var found = GitSandbox.Run(Path, ["rev-parse", "--verify", "--quiet", "--end-of-options", reference + "^{commit}"], mayEndWith: 1).Trim();
        return found.Length > 0 ? found : null;
    }

    public string DefaultBranch() => GitSandbox.Run(Path, ["symbolic-ref", "--short", "HEAD"], mayEndWith: 1).Trim();

    public JsonObject Json(string baseUrl)
    {
        var api = $"{baseUrl}/repos/{FullName}";
        return new JsonObject
        {
            ["id"] = Id, ["node_id"] = $"R_{Id}", ["name"] = Name, ["full_name"] = FullName, ["private"] = Private,
            ["owner"] = new JsonObject { ["login"] = Owner, ["id"] = OwnerId, ["type"] = "User", ["site_admin"] = false },
            ["html_url"] = $"{baseUrl}/{FullName}", ["description"] = null, ["fork"] = false, ["url"] = api,
            ["hooks_url"] = api + "/hooks", ["statuses_url"] = api + "/statuses/{sha}", ["commits_url"] = api + "/commits{/sha}",
            ["clone_url"] = $"{baseUrl}/{FullName}.git", ["git_url"] = $"git://127.0.0.1/{FullName}.git",
            ["ssh_url"] = $"git@127.0.0.1:{FullName}.git",
            ["default_branch"] = DefaultBranch(), ["archived"] = false, ["disabled"] = false, ["visibility"] = Private ? "private" : "public",
            ["created_at"] = Directory.GetCreationTimeUtc(Path).ToString("yyyy-MM-ddTHH:mm:ssZ", null),
            ["pushed_at"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", null),
        };
    }

    private static bool IsName(string text) => text is not ("" or "." or "..")
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static int IdOf(string text) => BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) & int.MaxValue;
}
