using KestraGitHub.Definitions;

namespace KestraGitHub.Access;

/// <summary>Section <c>Clones</c>.</summary>
public sealed record CloneOptions
{
    /// <summary>Tokens that download clones and may do nothing else: what a task of Kestra is given.</summary>
    public IReadOnlyList<CloneToken> Tokens { get; init; } = [];

    internal static IEnumerable<string> Validate(CloneOptions options) =>
        options.Tokens.SelectMany((token, i) => token.AsApiToken(i).Faults($"Clones:Tokens:{i}"));
}

/// <summary>One token. Its short form is the value alone, for all clones.</summary>
public sealed record CloneToken
{
    /// <summary>The token itself. The short form, <c>Clones:Tokens:0</c>, is this alone, for all clones.</summary>
    public Secret? Value { get; init; }

    /// <summary><c>tenant</c>, or <c>tenant/namespace</c> (with the namespaces below it); null means all.</summary>
    public string? Scope { get; init; }

    public static CloneToken FromText(string value) => new() { Value = Secret.From(value.Trim()) };

    internal ApiToken AsApiToken(int place) => new() { Value = Value, Role = Role.Cloner, Scope = Scope, Name = $"clone token {place + 1}" };
}
