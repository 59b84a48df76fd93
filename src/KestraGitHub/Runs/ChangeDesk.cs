using System.Text;
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

    public async Task<ChangeSides> OfAsync(RunRow run, ChangeRow change, CancellationToken ct)
    {
        var source = (await runs.SourcesAsync(run.Id, ct)).FirstOrDefault(s => s.Task == change.Task);
        var name = change.Namespace.Length == 0 ? $"{change.Kind} {change.Id}" : $"{change.Kind} {change.Namespace}/{change.Id}";
        var entry = (await undo.JournalAsync(run.Id, ct)).FirstOrDefault(e => e.Task == change.Task && e.Key.ToString() == name);
        return entry is not null ? await WrittenAsync(run, change, source, entry, ct) : await UnwrittenAsync(run, change, source, ct);
    }

    private async Task<ChangeSides> WrittenAsync(RunRow run, ChangeRow change, SourceRow? source, JournalEntry entry, CancellationToken ct)
    {
        var before = entry.Before switch
        {
            null => new ChangeSide("Before", null, "It was not there."),
            { Digest.Length: 0 } => new("Before", null, "It could not be read then, and is not kept."),
            { Size: > Most } => new("Before", null, "It is too large to be shown; the API has it in the run's journal."),
            _ => Side("Before", await ReadAsync(undo.Open(run.Id, entry), ct), ""),
        };
        var after = entry.After is null ? new ChangeSide("After", null, "It was deleted.") : Side("After", await InGitAsync(source, change, ct), NotHere);
        return Of(change, [before, after], before, after);
    }

    private async Task<ChangeSides> UnwrittenAsync(RunRow run, ChangeRow change, SourceRow? source, CancellationToken ct)
    {
        var git = change.Action == "deleted" || change.Path is null
            ? new ChangeSide("Git", null, "It is not there.")
            : Side($"Git{(source?.Commit is { } commit ? $", {LogWords.Short(commit)}" : "")}", await InGitAsync(source, change, ct), NotHere);
        var (applied, held) = (await AppliedAsync(run.Sync, change, source, ct), await HeldAsync(run, change, ct));
        // What a run would do is told from what Kestra holds; of a conflict both sides are told from what was applied.
        return Of(change, [applied, git, held], change.Action == "conflict" ? applied : held, git);
    }

    private const string NotHere = "The mirror on this node does not hold it any more; the next run fetches it.";

    private ChangeSides Of(ChangeRow change, IReadOnlyList<ChangeSide> sides, ChangeSide before, ChangeSide after)
    {
        if (change.Kind != ResourceKind.Flow.Word() || (before.Text ?? after.Text) is null) return new(sides, change.Kind == ResourceKind.Flow.Word(), [], []);
        var (old, young) = (before.Text ?? Nothing, after.Text ?? Nothing);
        return new(sides, true, FlowDifference.Of(old, young) ?? [], ScheduleChange.Of(old, young, time.GetUtcNow()));
    }

    private const string Nothing = "{}";

    private async Task<string?> InGitAsync(SourceRow? source, ChangeRow change, CancellationToken ct) =>
        source?.Commit is { } commit && change.Path is { } path && await mirrors.PeekAsync(source.Url, $"{commit}:{path}", Most, ct) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private async Task<ChangeSide> AppliedAsync(SyncKey sync, ChangeRow change, SourceRow? source, CancellationToken ct)
    {
        const string title = "Applied last";
        var entry = ResourceKinds.FindWord(change.Kind) is { } kind
            ? (await inventories.LoadAsync(sync, change.Task, ct)).Owned(new ResourceKey(kind, change.Namespace, change.Id)) : null;
        if (entry is null || source is null) return new(title, null, "This sync has not applied it yet.");
        return Side(title, await mirrors.PeekAsync(source.Url, entry.SourceVersion, Most, ct) is { } bytes ? Encoding.UTF8.GetString(bytes) : null, NotHere);
    }

    private async Task<ChangeSide> HeldAsync(RunRow run, ChangeRow change, CancellationToken ct)
    {
        const string title = "Kestra, now";
        if (ResourceKinds.FindWord(change.Kind) is not ResourceKind.Flow) return new(title, null, "Only flows are asked for here.");
        try
        {
            if (definitions.Catalog.Find(run.Sync)?.Definition is not { } definition) return new(title, null, "The definition is gone.");
            var task = (await known.OfAsync(definition, run, ct)).OfType<FlowStep.Run>().Select(s => s.Task).FirstOrDefault(t => t.Name == change.Task);
            if (task is null) return new(title, null, "The definition has no such task any more.");
            var server = await servers.ConnectAsync(task.Kestra, ct);
            return await server.Client.FindFlowAsync(new ResourceKey(ResourceKind.Flow, change.Namespace, change.Id), ct) is { } flow
                ? new($"{title}{(flow.Revision is { } revision ? $", revision {revision}" : "")}", Encoding.UTF8.GetString(flow.Source.Span))
                : new(title, null, "It is not there.");
        }
        catch (Exception e) when (e is KestraException or RenderException)
        {
            return new(title, null, e.Message);
        }
    }

    private static ChangeSide Side(string title, string? text, string missing) => new(title, text, text is null ? missing : null);

    private static async Task<string> ReadAsync(Stream stream, CancellationToken ct)
    {
        await using (stream)
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return await reader.ReadToEndAsync(ct);
        }
    }
}
