using System.Text.Json;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>Names what a task reads, writes and may do. Credentials are left out, and what changes only how a run goes (dry run, time limits).</summary>
internal static class Fingerprints
{
    public static string Of(SyncKey key, SyncTask task)
    {
        string?[] settings =
        [
            "2", key.Tenant, key.Namespace, key.Flow, task.Id, task.Type, task.Policy.Direction.ToString(), task.Layout.ToString(),
            task.Git.Url, task.Git.Branch, task.Git.Directory, task.Git.DirectoryMustExist.ToString(), task.Git.Submodules.ToString(),
            task.Kestra.Url.AbsoluteUri, task.Kestra.Tenant,
            task.Scope.Kinds.ToString(), task.Scope.Namespace, task.Scope.IncludeChildren.ToString(), task.Scope.Folder,
            task.Policy.WhenMissing.ToString(), task.Policy.IgnoreInvalid.ToString(), task.Policy.Self?.ToString(),
            task.Policy.OnConflict.ToString(), task.Policy.OnDrift.ToString(), task.Policy.DeletesByDefault.ToString(),
            .. task.Policy.ProtectedNamespaces,
            .. task.Push is { } push ? [push.TargetNamespace, task.Policy.OnlyDeletes.ToString(), .. push.Selection.Globs] : (string[])[],
            .. task is { Push: not null, Proposal: { } proposal } ? ["proposes", proposal.WorkBranch] : (string[])[],
        ];
        return TextDigest.Of(JsonSerializer.Serialize(settings));
    }
}
