namespace KestraGitHub.Definitions;

/// <summary>Reads <c>x-kestra-github.pullRequest</c>: <c>true</c>, or a map.</summary>
internal static class ProposalReader
{
    /// <summary>GitHub's own limits of a title, and of half a body: the table of changes needs the rest.</summary>
    private const int LongestTitle = 256;
    private const int LongestBody = 30_000;

    public static PropertySpec Key { get; } = new("pullRequest", PropertyKind.Any);

    private static readonly PropertySpec[] Keys =
    [
        new("title"), new("body"), new("labels", PropertyKind.TextOrList), new("reviewers", PropertyKind.TextOrList), new("draft", PropertyKind.Flag), new("base"), new("branch"),
    ];

    /// <returns>Null: pushes go to their branch.</returns>
    public static ProposalRules? Read(MapValue map, LoadContext load)
    {
        switch (map[Key.Name])
        {
            case null or ScalarValue { Text: null }:
                return null;
            case ScalarValue { Text: { } text } when PropertyChecker.Boolean(text) is { } wanted:
                return wanted ? ProposalRules.Default : null;
            case MapValue rules:
                PropertyChecker.Check(rules, $"`{Key.Name}`", Keys, load.Faults);
                return new ProposalRules(
                    Words(rules, "title", LongestTitle, load), Words(rules, "body", LongestBody, load), Items(rules, "labels", _ => true, "", load),
                    Items(rules, "reviewers", IsReviewer, "names nobody on GitHub", load), Flag(rules["draft"], load), Branch(rules, "base", load), Branch(rules, "branch", load));
            case var other:
                load.Faults.Add(other, $"`{Key.Name}` is neither true nor false nor a map.", "Write `true`, or a map with `title`, `body`, `labels`, `reviewers`, `draft`, `base` and `branch`.");
                return null;
        }
    }

    /// <summary>Everybody who sees the repository reads it.</summary>
    private static string? Words(MapValue rules, string key, int most, LoadContext load)
    {
        if (rules[key] is not ScalarValue { Text: { } raw } value || (Template.LooksLike(raw) && DrawsOnSecret(value, key, load))) return null;
        if (load.Render($"`{key}`", value) is not { } text || string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length <= most) return text.Trim();
        load.Faults.Add(value, $"`{key}` of `{Key.Name}` is too long.", $"Write at most {most} characters.");
        return null;
    }

    private static bool DrawsOnSecret(ScalarValue value, string key, LoadContext load)
    {
        try
        {
            if (TemplateReferences.Of(Template.Parse(value.Text!), load.Values).Secrets.Count == 0) return false;
            load.Faults.Add(value, $"`{key}` of `{Key.Name}` draws on a secret, which a pull request would show to all.", "Write it without `secret()`.");
            return true;
        }
        catch (TemplateException)
        {
            return false; // rendering it tells
        }
    }

    /// <summary>What is neither is told by the table of keys already.</summary>
    private static bool Flag(PropertyValue? value, LoadContext load) =>
        value is ScalarValue { Text: { } text } && (Template.LooksLike(text) ? load.Flag("`draft`", value, false) : PropertyChecker.Boolean(text) == true);

    private static List<string> Items(MapValue rules, string key, Func<string, bool> fits, string what, LoadContext load)
    {
        var items = new List<string>();
        foreach (var item in OptionsReader.Items(rules[key]))
        {
            if (load.Render($"`{key}`", item)?.Trim() is not { Length: > 0 and <= 100 } text) continue;
            if (fits(text)) items.Add(text);
            else load.Faults.Add(item, $"An item of `{key}` {what}.", "Write a login such as `octocat`, or a team as `organisation/team`.");
        }

        return items;
    }

    private static bool IsReviewer(string text) =>
        text.Split('/') is { Length: 1 or 2 } parts && parts.All(p => p.Length > 0 && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));

    private static string? Branch(MapValue rules, string key, LoadContext load)
    {
        if (rules[key] is not ScalarValue { Text: { } } value || load.Render($"`{key}`", value) is not { } text) return null;
        if (GitSourceRenderer.ShortBranch(text.Trim()) is { } branch) return branch;
        load.Faults.Add(value, $"`{key}` of `{Key.Name}` is no name of a branch.", "Write a short name such as `main`.");
        return null;
    }
}
