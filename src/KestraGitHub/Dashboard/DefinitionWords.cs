using KestraGitHub.Definitions;

namespace KestraGitHub.Dashboard;

/// <summary>A git task of a definition as a sentence. Its values may be templates and are shown as written.</summary>
/// <param name="Git">Its side in Git: repository, branch and directory.</param>
/// <param name="Kestra">Its side in Kestra, in short.</param>
/// <param name="InKestra">The same in full.</param>
/// <param name="Note">Why it does not run, or null.</param>
public sealed record TaskView(string Id, string Type, string? Repository, string? Branch, string Git, string Kestra, string InKestra, bool ToGit, string? Note);

/// <summary>What a definition does, in words.</summary>
internal static class DefinitionWords
{
    public static string Summary(Definition? definition)
    {
        if (definition is null) return "nothing of it is in force";
        var tasks = definition.Tasks.Where(t => t.Standing == TaskStanding.Runs).Select(Task).ToList();
        if (tasks.Count == 0) return "no task that runs here";
        var first = tasks[0];
        var git = string.Join(' ', new[] { Brief.OnGitHub(first.Repository ?? "Git"), first.Branch }.Where(p => !string.IsNullOrEmpty(p)));
        var words = $"{first.Type} · {(first.ToGit ? first.Kestra : git)} → {(first.ToGit ? git : first.Kestra)}";
        return tasks.Count == 1 ? words : $"{words} · and {tasks.Count - 1} more";
    }

    /// <summary>The repositories that it names outright, without a credential.</summary>
    public static IEnumerable<string> Repositories(Definition? definition) => (definition?.Tasks ?? [])
        .Where(t => t.Standing == TaskStanding.Runs).Select(t => Text(t, "url")).OfType<string>().Where(url => !url.Contains("{{", StringComparison.Ordinal))
        .Select(url => RepositoryAddress.Read(url.Trim())?.Url).OfType<string>().Distinct();

    public static TaskView Task(TaskDeclaration task)
    {
        var repository = Text(task, "url") is { } url ? Brief.Repository(url) : null;
        var branch = Text(task, "branch");
        if (task.ShortType == CloneRenderer.Type) return Clone(task, repository, branch);
        var directory = Text(task, "gitDirectory") ?? GitTasks.All.GetValueOrDefault(task.ShortType)?.FirstOrDefault(s => s.Name == "gitDirectory")?.Default;
        var inGit = $"{repository ?? "a repository"}, {(branch is null ? "its default branch" : $"branch {branch}")}{(directory is null ? "" : $", directory {directory}")}";
        var named = Text(task, "targetNamespace") ?? Text(task, "sourceNamespace") ?? Text(task, "namespace");
        var space = named ?? (task.ShortType == "TenantSync" ? "the whole tenant" : "a namespace");
        var children = Yes(task, "includeChildNamespaces") ? " and children" : "";
        var push = GitTasks.WritesToGit(task.ShortType) || WholeRenderer.MayWriteToGit(task);
        return new(task.Id, task.ShortType, repository, branch, inGit, space + children, $"Kestra, {(named is null ? "" : "namespace ")}{space}{children}", push, Note(task));
    }

    private static TaskView Clone(TaskDeclaration task, string? repository, string? branch)
    {
        var at = Text(task, "commit") is { } commit ? $"commit {commit}" : Text(task, "tag") is { } tag ? $"tag {tag}" : branch is null ? "its default branch" : $"branch {branch}";
        const string archive = "a file for tasks to download";
        return new(task.Id, task.ShortType, repository, branch, $"{repository ?? "a repository"}, {at}", archive, archive, false, Note(task));
    }

    public static string Next(Definition? definition) => definition switch
    {
        null or { Disabled: true } => "–",
        _ when definition.Webhooks.Any(w => !w.Disabled) => "on push",
        _ when definition.Schedules.Any(s => !s.Disabled) => "not planned yet",
        _ => "by hand",
    };

    private static string? Note(TaskDeclaration task) => task.Standing switch
    {
        TaskStanding.Foreign => "No git task: a run lists it as skipped.",
        TaskStanding.Disabled => "disabled: true: a run lists it as skipped.",
        _ => null,
    };

    private static string? Text(TaskDeclaration task, string name) =>
        task.Properties.GetValueOrDefault(name) is ScalarValue { Text: { Length: > 0 } text } ? text : null;

    private static bool Yes(TaskDeclaration task, string name) => Text(task, name) == "true";
}
