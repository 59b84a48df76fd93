using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>Where a task puts an object that has no file yet.</summary>
internal static class GitPaths
{
    /// <returns>From the task's directory.</returns>
    public static string PathIn(SyncTask task, ResourceKey key)
    {
        if (task.Layout == Layout.ByNamespace) return NamespaceLayout.PathOf(key);
        if (key.Kind == ResourceKind.Dashboard) return $"{key.Id}.yml";
        if (key.Kind == ResourceKind.NamespaceFile) return task.Scope.Folder.Length == 0 ? key.Id : key.Id[(task.Scope.Folder.Length + 1)..];
        var below = key.Namespace[task.Scope.Namespace.Length..].TrimStart('.');
        return below.Length == 0 ? $"{key.Id}.yml" : $"{below.Replace('.', '/')}/{key.Id}.yml";
    }

    /// <returns>From the repository's root.</returns>
    public static string Full(SyncTask task, string path) => task.Git.Directory.Length == 0 ? path : $"{task.Git.Directory}/{path}";
}
