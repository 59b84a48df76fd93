using KestraGitHub.Definitions;

namespace KestraGitHub.Access;

/// <summary>Section <c>Api</c>.</summary>
public sealed record ApiOptions
{
    /// <summary>Empty: one is made in the data folder.</summary>
    public IReadOnlyList<ApiToken> Tokens { get; init; } = [];

    internal static IEnumerable<string> Validate(ApiOptions options) =>
        options.Tokens.SelectMany((token, i) => token.Faults($"Api:Tokens:{i}"));
}

/// <summary>One token. Its short form is the value alone, with an admin's rights.</summary>
public sealed record ApiToken
{
    /// <summary>The token itself, as callers send it. The short form, <c>Api:Tokens:0</c>, is this alone with an admin's rights.</summary>
    public Secret? Value { get; init; }

    /// <summary>What it may do.</summary>
    public Role Role { get; init; } = Role.Admin;

    /// <summary><c>tenant</c>, or <c>tenant/namespace</c> (with the namespaces below it); null means everything.</summary>
    public string? Scope { get; init; }

    /// <summary>What runs that it starts are signed with; null makes one of its role and place.</summary>
    public string? Name { get; init; }

    public static ApiToken FromText(string value) => new() { Value = Secret.From(value.Trim()) };

    internal IEnumerable<string> Faults(string key)
    {
        if (string.IsNullOrWhiteSpace(Value?.Reveal())) yield return $"{key}:Value is missing: a token needs a text of its own.";
        if (AccessScope.Fault(key, Scope) is { } fault) yield return fault;
    }
}
