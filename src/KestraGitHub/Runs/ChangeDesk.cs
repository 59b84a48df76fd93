using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Finds the texts of one row of a run: in its journal, in the mirror, in the inventory's blob, and, where nothing was written, in Kestra itself.</summary>
internal sealed class ChangeDesk(
    RunStore runs, UndoDesk undo, InventoryStore inventories, DefinitionFolder definitions, KnownTasks known, GitMirrors mirrors, KestraServers servers, TimeProvider time)
{
    /// <summary>Bytes of a text that is shown.</summary>
    private const int Most = 256 << 10;

    private const string NotHere = "The mirror on this node does not hold it any more; the next run fetches it.";
    private const string TooLarge = "It is too large to be shown.";
    private const string Held = "Kestra, now";

    public async Task<ChangeSides> OfAsync(RunRow run, ChangeRow change, CancellationToken ct)
    {
        var source = (await runs.SourcesAsync(run.Id, ct)).FirstOrDefault(s => s.Task == change.Task);
        var name = change.Namespace.Length == 0 ? $"{change.Kind} {change.Id}" : $"{change.Kind} {change.Namespace}/{change.Id}";
        var entry = (await undo.JournalAsync(run.Id, ct)).FirstOrDefault(e => e.Task == change.Task && e.Key.ToString() == name);
        return entry is not null ? await WrittenAsync(run, change, source, entry, ct) : await UnwrittenAsync(run, change, source, ct);
    }

    private async Task<ChangeSides> WrittenAsync(RunRow run, ChangeRow change, SourceRow? source, JournalEntry entry, CancellationToken ct)
    {
        const string title = "Before";
        var before = entry.Before switch
        {
            null => ChangeSide.NotThere(title, "It was not there."),
            { Digest.Length: 0 } => new(title, null, "It could not be read then, and is not kept."),
            { Size: > Most } => new(title, null, "It is too large to be shown; the API has it in the run's journal."),
            _ => ChangeSide.Of(title, await ReadAsync(undo.Open(run.Id, entry), ct)),
        };
        var after = entry.After is null ? ChangeSide.NotThere("After", "It was deleted.") : await InGitAsync("After", source, change, ct);
        return new([before, after], IsFlow(change), IsFlow(change) ? ChangeMeaning.OfWritten(before, after, time.GetUtcNow()) : []);
    }

    private async Task<ChangeSides> UnwrittenAsync(RunRow run, ChangeRow change, SourceRow? source, CancellationToken ct)
    {
        var title = $"Git{(source?.Commit is { } commit ? $", {LogWords.Short(commit)}" : "")}";
        var git = change.Action == "deleted" || change.Path is null ? ChangeSide.NotThere(title) : await InGitAsync(title, source, change, ct);
        var (task, fault) = await TaskAsync(run, change, ct);
        var toGit = task is null ? definitions.Catalog.Find(run.Sync)?.Definition is { WritesToGit: true } : task.Policy.Direction == Direction.KestraToGit;
        var (applied, held) = (await AppliedAsync(run.Sync, change, source, toGit, ct), task is null ? new(Held, null, fault) : await HeldAsync(task, change, ct));
        return new([applied, git, held], IsFlow(change), IsFlow(change) ? ChangeMeaning.OfUnwritten(change.Action, toGit, applied, git, held, time.GetUtcNow()) : []);
    }

    private static bool IsFlow(ChangeRow change) => change.Kind == ResourceKind.Flow.Word();

    private async Task<ChangeSide> InGitAsync(string title, SourceRow? source, ChangeRow change, CancellationToken ct) =>
        source?.Commit is { } commit && change.Path is { } path ? Side(title, await mirrors.PeekAsync(source.Url, $"{commit}:{path}", Most, ct)) : new(title, null, NotHere);

    private async Task<ChangeSide> AppliedAsync(SyncKey sync, ChangeRow change, SourceRow? source, bool toGit, CancellationToken ct)
    {
        const string title = "Applied last";
        var entry = ResourceKinds.FindWord(change.Kind) is { } kind
            ? (await inventories.LoadAsync(sync, change.Task, ct)).Owned(new ResourceKey(kind, change.Namespace, change.Id)) : null;
        if (entry is null || source is null) return new(title, null, "This sync has not applied it yet.");
        // What was brought to Git is a blob there under its digest.
        return Side(title, await mirrors.PeekAsync(source.Url, toGit ? entry.AppliedDigest : entry.SourceVersion, Most, ct));
    }

    /// <returns>The task of the row as it is defined now; or why there is none.</returns>
    private async Task<(SyncTask? Task, string? Fault)> TaskAsync(RunRow run, ChangeRow change, CancellationToken ct)
    {
        try
        {
            if (definitions.Catalog.Find(run.Sync)?.Definition is not { } definition) return (null, "The definition is gone.");
            var tasks = (await known.OfAsync(definition, run, ct)).OfType<FlowStep.Run>().SelectMany(s => new[] { s.Task, s.Task.Other }).OfType<SyncTask>();
            return tasks.FirstOrDefault(t => t.Name == change.Task) is { } task ? (task, null) : (null, "The definition has no such task any more.");
        }
        catch (Exception e) when (e is KestraException or RenderException)
        {
            return (null, e.Message);
        }
    }

    private async Task<ChangeSide> HeldAsync(SyncTask task, ChangeRow change, CancellationToken ct)
    {
        if (ResourceKinds.FindWord(change.Kind) is not { } kind) return new(Held, null, "Kestra has no such objects.");
        try
        {
            var server = await servers.ConnectAsync(task.Kestra, ct);
            return await HeldObject.FindAsync(server, new ResourceKey(kind, change.Namespace, change.Id), Most, ct) switch
            {
                null => ChangeSide.NotThere(Held),
                { Content: null } => new(Held, null, TooLarge),
                var held => ChangeSide.Of(held.Revision is { } revision ? $"{Held}, revision {revision}" : Held, held.Content.Value.Span),
            };
        }
        catch (KestraException e)
        {
            return new(Held, null, e.Message);
        }
    }

    private static ChangeSide Side(string title, Peeked file) => file switch
    {
        { Content: { } content } => ChangeSide.Of(title, content),
        { Absent: true } => ChangeSide.NotThere(title),
        _ => new(title, null, file.TooBig ? TooLarge : NotHere),
    };

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken ct)
    {
        await using (stream)
        {
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, ct);
            return bytes.ToArray();
        }
    }
}
