using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>What a task that writes to Git says of its commits and of what goes into them (plugin-git.md, section 1.5).</summary>
internal static class PushRenderer
{
    public static PushSettings Flows(TaskValues values, Scope scope, GitSource git) => new(
        Message(values, $"Add flows from {scope.Namespace} namespace"), Author(values, git),
        values.IsGiven("targetNamespace") ? TaskRenderer.Namespace(values, "targetNamespace") : scope.Namespace,
        Select(values, "flows"), ErrorOnMissing: false);

    public static PushSettings Files(TaskValues values, Scope scope, GitSource git) => new(
        Message(values, $"Add files from {scope.Namespace} namespace"), Author(values, git), scope.Namespace,
        Select(values, "files"), values.Flag("errorOnMissing") ?? false);

    public static PushSettings Whole(TaskValues values, Scope scope, GitSource git, string message) => new(
        Message(values, message), Author(values, git), scope.Namespace, new Selection(["**"]), ErrorOnMissing: false);

    public static PushSettings Dashboards(TaskValues values, Scope scope, GitSource git) => new(
        Message(values, values.Render("commitMessage", "Add dashboards from flow: {{ flow.id }}") ?? ""), Author(values, git), scope.Namespace, Select(values, "dashboards"), ErrorOnMissing: false);

    public static SyncPolicy Policy(TaskValues values, ResourceKey self)
    {
        var onlyDeletes = values.Text("pushMode") == "DELETE_ONLY";
        var delete = values.Flag("delete") ?? false;
        if (onlyDeletes && !delete && values.Known("delete"))
            values.Fault("pushMode", "is DELETE_ONLY, and `delete` is false", "Remove one of them: together they do nothing.");
        // A flow that cannot be laid out as a file is left out by itself: no other one needs it.
        return new SyncPolicy(delete ? WhenMissing.Delete : WhenMissing.Keep, IgnoreInvalid: true, [], self)
        {
            Direction = Direction.KestraToGit, OnlyDeletes = onlyDeletes, DeletesByDefault = values.Raw("delete") is null or ScalarValue { Text: null },
        };
    }

    private static Selection Select(TaskValues values, string name)
    {
        var globs = values.Texts(name);
        foreach (var glob in globs)
            if (Selection.Fault(glob) is { } fault) values.Fault(name, $"holds a pattern that is none ({fault})", "Write a glob such as `etl_*`.");
        return new Selection(globs);
    }

    private static string Message(TaskValues values, string otherwise)
    {
        RefuseSecret(values, "commitMessage");
        return values.Has("commitMessage") && values.Text("commitMessage") is { } text && !string.IsNullOrWhiteSpace(text) ? text : otherwise;
    }

    /// <summary>As in Kestra the user may lend its name, but not when it is a secret: a commit is for all to read.</summary>
    private static Person Author(TaskValues values, GitSource git)
    {
        foreach (var name in new[] { "authorName", "authorEmail" })
        {
            RefuseSecret(values, name);
            if (values.Text(name) is { } text && text.Any(c => char.IsControl(c) || c is '<' or '>'))
                values.Fault(name, "holds `<`, `>` or a line end", "Write a plain name and address.");
        }

        var user = values.IsSecret("username") ? null : values.Text("username");
        return values.Text("authorEmail") is { } email
            ? new Person(values.Text("authorName") ?? Plain(user) ?? Person.Service.Name, email)
            : new Person(Configured(git, "user.name") ?? Person.Service.Name, Configured(git, "user.email") ?? Person.Service.Email);
    }

    private static string? Configured(GitSource git, string key) =>
        Plain(git.Transport.Config.LastOrDefault(c => c.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value);

    private static string? Plain(string? text) =>
        text is null ? null : string.Concat(text.Where(c => !char.IsControl(c) && c is not ('<' or '>'))).Trim() is { Length: > 0 } plain ? plain : null;

    private static void RefuseSecret(TaskValues values, string name)
    {
        if (values.IsSecret(name)) values.Fault(name, "draws on a secret, which a commit would show to all", "Write it without `secret()`.");
    }
}
