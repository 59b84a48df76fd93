namespace KestraGitHub.GitHub;

/// <summary>A repository by the two names that the API has for it. As for GitHub, case counts for nothing.</summary>
public readonly record struct GitHubRepository(string Owner, string Name)
{
    /// <summary>Where the API has it.</summary>
    public string Path => $"/repos/{Uri.EscapeDataString(Owner)}/{Uri.EscapeDataString(Name)}";

    /// <summary>Null unless the text is <c>owner/name</c>.</summary>
    public static GitHubRepository? Parse(string? fullName) =>
        fullName?.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name] ? new GitHubRepository(owner, name) : null;

    public bool Equals(GitHubRepository other) => string.Equals(ToString(), other.ToString(), StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"{Owner}/{Name}";
}
