using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Pictures;

/// <summary>Plausible people, commits and results; now and then a hostile one.</summary>
#pragma warning disable CA5394 // Made up is what they are.
internal static class Made
{
    public const string HostileAuthor = "<img src=x onerror=alert(1)>";

    private static readonly string[] Authors = ["Ann Sorel", "Bea Lindgren", "Carl Meyer", "Dee Okafor", "Emre Aydın", "Fumiko Sato", "Gil Ångström", HostileAuthor];

    private static readonly string[] Messages =
    [
        "Tighten the retry of the nightly load", "Rename the seeds", "Add an SLA to ingest", "Drop the old marketing flows", "Move reports an hour earlier", "Fix a typo in the greeting",
        "Split the export into two tasks", "Bump the dbt adapter to 1.9", "Use the new warehouse credentials", "Retry three times, not thirty", "Revert \"Retry three times, not thirty\"",
        "Merge pull request #418 from acme/feature/backfill", "Give every flow an owner label", "\u202Eelif.exe <script>alert('owned')</script>",
        "A very long subject line that somebody wrote without ever looking at how it is shown anywhere, because the tool that they use wraps it for them",
    ];

    public static string Author(Random dice) => Authors[dice.Next(Authors.Length)];

    public static string Message(Random dice) => Messages[dice.Next(Messages.Length)];

    public static string Commit(Random dice) => Hex(dice, 20);

    public static string Guid(Random dice)
    {
        var hex = Hex(dice, 16);
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }

    /// <summary>How a run of the month ends, and what it says of it.</summary>
    public static (RunEnding Ending, string Words) Ending(Random dice, SyncKey sync)
    {
        var objects = 12 + ((sync.Namespace.Length * 31) % 190);
        switch (dice.Next(20))
        {
            case 0:
                return (new(RunState.Failed, new RunCounts(), [], "Kestra did not answer within 60 s (GET /api/v1/main/flows/search). It was tried 6 times.", "transient"), "");
            case 1:
                return (new(RunState.Failed, new RunCounts(Unchanged: objects), [], "The branch main of git.acme.example/acme/teams was not found. Look whether it was renamed.", "permanent"), "");
            case 2:
                ChangeRow[] rows = [new("git", "flow", sync.Namespace, "ingest", "ingest.yml", "conflict", "changed in Git and in Kestra since the last run")];
                return (new(RunState.Succeeded, new RunCounts(Conflict: 1, Unchanged: objects), rows, null, null), "1 conflict");
            case < 9:
                var counts = new RunCounts(dice.Next(3), 1 + dice.Next(4), dice.Next(6) == 0 ? 2 : 0, objects);
                return (new(RunState.Succeeded, counts, Rows(sync, counts), null, null), $"{counts.Changed} written");
            default:
                return (new(RunState.Succeeded, new RunCounts(Unchanged: objects), [], null, null), "nothing to do");
        }
    }

    public static RunEvent[] Lines(DateTimeOffset started, DateTimeOffset ended, string kind, string words)
    {
        var step = (ended - started) / 6;
        return
        [
            new(1, started, "info", "received", kind == "webhook" ? "push to main" : kind),
            new(2, started + step, "info", "fetched", "1 commit, 3 files into the cached mirror"),
            new(3, started + (step * 2), "info", "planned", "Kestra was read in 1 call"),
            new(4, started + (step * 3), "info", "validated", "by Kestra 2.0.0, no complaint"),
            .. words.Length == 0 ? [] : new RunEvent[] { new(5, started + (step * 5), "info", "applied", words), new(6, started + (step * 5), "info", "verified", "git: Kestra holds what it was sent") },
        ];
    }

    private static ChangeRow[] Rows(SyncKey sync, RunCounts counts) =>
    [
        .. Enumerable.Range(1, counts.Added).Select(i => new ChangeRow("git", "flow", sync.Namespace, $"new_{i}", $"new_{i}.yml", "added", "new in Git")),
        .. Enumerable.Range(1, counts.Updated).Select(i => new ChangeRow("git", "flow", sync.Namespace, $"load_{i}", $"load_{i}.yml", "updated", "differs from what Kestra holds", "14", "15", 3, 1)),
        .. Enumerable.Range(1, counts.Deleted).Select(i => new ChangeRow("git", "flow", sync.Namespace, $"old_{i}", $"old_{i}.yml", "deleted", "no longer in Git; applied by this sync before")),
    ];

    private static string Hex(Random dice, int bytes)
    {
        var made = new byte[bytes];
        dice.NextBytes(made);
        return Convert.ToHexStringLower(made);
    }
}
