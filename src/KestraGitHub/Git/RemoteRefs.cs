using System.Text;
using System.Text.RegularExpressions;

namespace KestraGitHub.Git;

/// <summary>The names that a server told of, and what they stand for.</summary>
internal sealed partial class RemoteRefs
{
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly string _place;

    public RemoteRefs(string place, byte[] output)
    {
        _place = place;
        foreach (var line in Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0) continue;
            var (left, name) = (line[..tab], line[(tab + 1)..]);
            if (left.StartsWith("ref: ", StringComparison.Ordinal) && name == "HEAD") DefaultReference = left[5..];
            else if (FullId().IsMatch(left)) _ids[name] = left;
        }
    }

    /// <summary>True where the repository names its objects by SHA-256.</summary>
    public bool Sha256 => _ids.Values.FirstOrDefault()?.Length == 64;

    private string? DefaultReference { get; }

    public GitHead Default() => _ids.TryGetValue("HEAD", out var id)
        ? new GitHead(id, DefaultReference ?? "HEAD", DefaultReference is null ? "the default branch" : $"branch '{Short(DefaultReference)}'")
        : throw Missing($"{_place} has no default branch to read: it is empty, or its HEAD names a branch that is not there. Name the branch to read, or push a first commit.");

    /// <summary>Null where there is none to read.</summary>
    public GitHead? FindDefault() => _ids.ContainsKey("HEAD") && DefaultReference is not null ? Default() : null;

    public bool IsEmpty => _ids.Count == 0;

    public GitHead? FindBranch(string branch)
    {
        var name = "refs/heads/" + Short(branch);
        return _ids.TryGetValue(name, out var id) ? new GitHead(id, name, $"branch '{Short(branch)}'") : null;
    }

    public GitHead Branch(string branch)
    {
        return FindBranch(branch)
            ?? throw Missing($"The branch '{Printable(Short(branch))}' was not found in {_place}. {Hint(Short(branch))}");
    }

    /// <summary>A full commit id, a branch or a tag; null when it can only be the beginning of a commit id.</summary>
    public GitHead? Revision(string revision)
    {
        if (FullId().IsMatch(revision))
        {
            var id = revision.ToLowerInvariant();
            return new GitHead(id, _ids.FirstOrDefault(r => r.Value == id && !r.Key.EndsWith("^{}", StringComparison.Ordinal)).Key, $"commit {id}");
        }

        foreach (var name in revision.StartsWith("refs/", StringComparison.Ordinal) ? [revision] : new[] { "refs/heads/" + revision, "refs/tags/" + revision })
        {
            if (!_ids.TryGetValue(name, out var id)) continue;
            // An annotated tag is an object of its own; the line with ^{} says which commit it is for.
            return new GitHead(_ids.GetValueOrDefault(name + "^{}", id), name, $"{(name.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch")} '{Short(name)}'");
        }

        return AbbreviatedId().IsMatch(revision) ? null : throw NoRevision(revision);
    }

    public GitException NoRevision(string revision) =>
        Missing($"The branch, tag or commit '{Printable(revision)}' was not found in {_place}. {Hint(revision)}");

    private static GitException Missing(string message) => new(GitErrorKind.NotFound, message);

    private string Hint(string wanted)
    {
        var names = _ids.Keys.Where(n =>
            n.StartsWith("refs/heads/", StringComparison.Ordinal)
            || (n.StartsWith("refs/tags/", StringComparison.Ordinal) && !n.EndsWith("^{}", StringComparison.Ordinal)))
            .Select(Short).Distinct().ToList();
        if (names.Count == 0) return "The repository is empty: push a first commit.";
        var near = names.Select(n => (Name: n, Distance: Distance(n, wanted))).Where(n =>
            n.Distance <= 2 || n.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal).Select(n => n.Name).Take(5).ToList();
        var quoted = string.Join(", ", (near.Count > 0 ? near : names.Order(StringComparer.Ordinal).Take(5)).Select(n => $"'{Printable(n)}'"));
        return near.Count > 0 ? $"Did you mean {quoted}?" : $"There are {quoted}{(names.Count > 5 ? ", …" : "")}.";
    }

    private static string Short(string name) =>
        name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name["refs/heads/".Length..]
        : name.StartsWith("refs/tags/", StringComparison.Ordinal) ? name["refs/tags/".Length..] : name;

    private static string Printable(string text) => string.Concat(text.Take(200).Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>How many letters differ, ignoring case.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2) return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (row[j], diagonal) = (Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost), row[j]);
            }
        }

        return row[b.Length];
    }

    [GeneratedRegex(@"^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})\z")]
    private static partial Regex FullId();

    [GeneratedRegex(@"^[0-9a-fA-F]{4,63}\z")]
    private static partial Regex AbbreviatedId();
}
