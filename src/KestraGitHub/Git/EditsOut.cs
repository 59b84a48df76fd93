using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>What was edited in Kestra, as changes of the commit that it was read from: such that reading them gives what Kestra holds.</summary>
internal sealed class EditsOut(SyncTask task, GitCommit commit)
{
    /// <param name="edit">A row of a plan that brings Git to Kestra.</param>
    /// <param name="read">The bytes of a small object.</param>
    /// <returns>The change, or why there can be none, as the rest of a sentence.</returns>
    public async Task<(TreeChange? Change, string? Fault)> OfAsync(Change edit, Func<Resource, Task<ReadOnlyMemory<byte>>> read, CancellationToken ct)
    {
        using var use = commit.Mirror.Use();
        var path = edit.Desired is not null ? edit.Path! : GitPaths.Full(task, GitPaths.PathIn(task, edit.Key));
        if (SourceFile.NameFault(path) is { } fault) return (null, fault);
        var file = await TreePath.FindAsync(commit.Mirror.Objects, commit, path, ct);
        if (edit.Actual is not { } held) return (new TreeChange(path, "", null), null);
        if (edit.Desired is null && file is not null) return (null, $"{path} in Git holds something else");
        if (file is not null and not { Mode: TreeEntry.File }) return (null, $"{path} is no file of this repository");
        var mode = file?.FullMode ?? "100644";
        if (edit.Key.Kind == ResourceKind.NamespaceFile) return (new TreeChange(path, mode, held), null);
        var bytes = await read(held);
        if (edit.Key.Kind == ResourceKind.Flow)
        {
            var (flow, why) = await FlowAsync(edit.Key, bytes, file, ct);
            if (flow is null) return (null, why);
            bytes = flow.Value;
        }
        else if (edit.Key.Kind == ResourceKind.Dashboard)
        {
            bytes = SourceLikeness.WithoutUpdated(bytes);
        }

        return (new TreeChange(path, mode, held with { Content = bytes, Size = bytes.Length }), null);
    }

    /// <summary>A file keeps the namespace that it has in Git, whatever its folder made of it.</summary>
    private async Task<(ReadOnlyMemory<byte>? Bytes, string? Fault)> FlowAsync(ResourceKey key, ReadOnlyMemory<byte> source, TreeEntry? file, CancellationToken ct)
    {
        var held = FlowOut.Of(source, key.Namespace, key.Namespace, key.Namespace);
        if (held.Draft) return (null, "it is a draft");
        if (held.Bytes is not { } bytes) return (null, held.Fault);
        if (file is null || await commit.Mirror.Objects.FindAsync(file.Id, "blob", FlowFile.MaxBytes, ct) is not { } before) return (bytes, null);
        if (FlowFile.Read(before, null).Namespace is not { } ns || ns == key.Namespace) return (bytes, null);
        var text = Encoding.UTF8.GetString(bytes.Span);
        var mark = text.StartsWith('\uFEFF') ? "\uFEFF" : "";
        var (moved, fault) = FlowNamespace.Set(text[mark.Length..], FlowShape.Of(text[mark.Length..]), ns);
        return fault is null ? (Encoding.UTF8.GetBytes(mark + moved), null) : (null, fault);
    }
}
