using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>Renders a <c>Clone</c> task. It has no Kestra and no objects, so it is no <see cref="SyncTask"/>.</summary>
internal static class CloneRenderer
{
    public const string Type = "Clone";

    public static bool Takes(TaskDeclaration task) => task.Standing == TaskStanding.Runs && task.ShortType == Type;

    /// <exception cref="RenderException">A value cannot be rendered with what is known.</exception>
    public static CloneTask Render(Definition definition, TaskDeclaration task, RenderContext context)
    {
        var faults = new FaultList(definition.File);
        var rendered = Render(TaskRenderer.ValuesOf(definition, task, context, faults, trial: false), task, faults, new FaultList(definition.File));
        return faults.Count == 0 ? rendered : throw new RenderException(faults.InOrder()[0]);
    }

    internal static CloneTask Render(TaskValues values, TaskDeclaration task, FaultList faults, FaultList warnings)
    {
        var git = GitSourceRenderer.Repository(values, faults, warnings);
        var (commit, tag) = (Given(values, "commit"), Given(values, "tag"));
        var (allBranches, noTags) = (values.Flag("cloneAllBranches") ?? true, values.Flag("noTags") ?? false);
        if (!allBranches && !values.IsGiven("branch")) values.Fault("cloneAllBranches", "is false: `branch` must be set", "Add `branch:`.");
        if (noTags && values.IsGiven("tag")) values.Fault("tag", "is given: `tag` cannot be used with `noTags: true`", "Remove one of them.");
        if (commit is not null && !(commit.Length is >= 4 and <= 64 && commit.All(char.IsAsciiHexDigit)))
            values.Fault("commit", "is no commit id", "Write 4 to 64 hexadecimal digits; a branch goes into `branch`, a tag into `tag`.");
        if (tag is not null && !RevisionName.IsValid(tag)) values.Fault("tag", "is no name of a tag", "Write its short name, such as `v1.0`.");
        if (values.Number("depth") is < 1) values.Fault("depth", "is no number of commits", "Write 1 or more.");
        var whole = commit is not null || tag is not null;
        return new CloneTask(
            task.Id, git, commit, tag, whole ? null : values.Number("depth"), allBranches, noTags, Directory(values), values.Duration("timeout"),
            RetryRenderer.Render(values));
    }

    private static string? Given(TaskValues values, string name) =>
        values.Has(name) && values.Text(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static string Directory(TaskValues values)
    {
        var text = Given(values, "directory") ?? "";
        var parts = text.Split('/').Where(p => p is not ("" or ".")).ToArray();
        if (parts.Contains("..") || text.StartsWith('/')) values.Fault("directory", "leads out of the working directory", "Write a path below it.");
        if (parts.Any(p => p.Equals(".git", StringComparison.OrdinalIgnoreCase)) || text.Any(c => char.IsControl(c) || c == '\\'))
            values.Fault("directory", "is no directory to clone into", "Write a plain path.");
        return string.Join('/', parts);
    }
}
