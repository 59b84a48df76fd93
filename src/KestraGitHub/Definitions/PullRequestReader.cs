namespace KestraGitHub.Definitions;

/// <summary>What a sync does about pull requests to a branch that it reads: it plans them, and applies nothing.</summary>
/// <param name="Forks">Whether also those that come from forks.</param>
/// <param name="Comment">Whether the plan is told as a comment too, beside the check.</param>
public sealed record PullRequestRules(bool Forks, bool Comment);

/// <summary>Reads <c>x-kestra-github.pullRequests</c>: <c>true</c>, or a map.</summary>
internal static class PullRequestReader
{
    public static PropertySpec Key { get; } = new("pullRequests", PropertyKind.Any);

    private static readonly PropertySpec[] Keys = [new("forks", PropertyKind.Flag), new("comment", PropertyKind.Flag)];

    /// <returns>Null: pull requests are left alone.</returns>
    public static PullRequestRules? Read(MapValue map, LoadContext load)
    {
        switch (map[Key.Name])
        {
            case null or ScalarValue { Text: null }:
                return null;
            case ScalarValue { Text: { } text } when PropertyChecker.Boolean(text) is { } wanted:
                return wanted ? new PullRequestRules(Forks: false, Comment: true) : null;
            case MapValue rules:
                PropertyChecker.Check(rules, $"`{Key.Name}`", Keys, load.Faults);
                return new PullRequestRules(Flag(rules, "forks", false), Flag(rules, "comment", true));
            case var other:
                load.Faults.Add(other, $"`{Key.Name}` is neither true nor false nor a map.", "Write `true`, or a map with `forks` and `comment`.");
                return null;
        }
    }

    // An expression would let what comes in with an event have a say; what is no flag is told by the table of keys.
    private static bool Flag(MapValue rules, string key, bool otherwise) => rules[key] is ScalarValue { Text: { } text } ? PropertyChecker.Boolean(text) ?? false : otherwise;
}
