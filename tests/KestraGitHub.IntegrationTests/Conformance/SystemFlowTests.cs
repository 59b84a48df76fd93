using System.Net;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>
/// Whole system flows of the kinds that Kestra's documentation and its users write: each runs as it stands, or is refused by name. What is expected of one
/// stands at its head.
/// </summary>
public sealed class SystemFlowTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "system-flows");
    private static readonly Table<string> Outcomes = new(TryAsync);

    private static IEnumerable<string> Files => Directory.GetFiles(Folder).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Files];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_runs_as_it_stands_or_is_refused_by_name(string name) =>
        Assert.Equal("", await Outcomes.OutcomeAsync(name, Files));

    /// <summary>What is not as expected; empty when all is.</summary>
    private static async Task<string> TryAsync(string name)
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["flows/company/a.yaml"] = SyncCase.Flow("a", "company"), ["flows/company.team/b.yaml"] = SyncCase.Flow("b", "company.team"),
            ["scripts/company/f.txt"] = "f", ["scripts/company.team/g.txt"] = "g", ["dbt/models/one.sql"] = "select 1",
        });
        one.Kestra.State.PutFlow(SyncCase.Flow("x", "dev"));
        one.Kestra.State.PutFlow(SyncCase.Flow("y", "dev.sub"));
        one.Kestra.State.PutFile("dev", "/x.txt", "x");
        await one.StoreAsync("system", "ENV", "\"prod\"");
        await one.StoreAsync("system", "NAMESPACES", "[\"company\", \"company.team\", \"other\"]");
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, name + ".yml"));
        one.Write(text.Replace("NAME", one.Name, StringComparison.Ordinal).Replace($"{one.Name}SPACES", "NAMESPACES", StringComparison.Ordinal)
            .Replace("GIT_URL", one.RepositoryUrl, StringComparison.Ordinal).Replace("KESTRA_URL", one.Kestra.BaseUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
        await Wait.UntilAsync(async () => await one.ViewAsync() is not null, TimeSpan.FromSeconds(60), () => $"{name} was never listed:\n{one.Service.Output}");
        return Of(text, "says") is { } says ? await RefusedAsync(one, says) : await RunAsync(one, text);
    }

    private static async Task<string> RefusedAsync(SyncCase one, string says)
    {
        using var asked = await one.AskAsync();
        var faults = (await one.ViewAsync())!["faults"]!.AsArray();
        var told = string.Join('\n', faults.Select(f => $"{f!["message"]} {f["cure"]}"));
        return asked.StatusCode == HttpStatusCode.Conflict && told.Contains(says, StringComparison.Ordinal) && faults.All(f => f!["line"]!.GetValue<int>() > 0) ? "" : $"{asked.StatusCode}: {told}";
    }

    private static async Task<string> RunAsync(SyncCase one, string text)
    {
        var run = await one.RunAsync();
        var found = (run.State, run.Written, Skipped: string.Join(' ', run.Rows.Where(r => r.Action == "skipped").Select(r => r.Key.Split('/')[1])), Sources: string.Join(' ', run.Sources.Select(s => s.Task)));
        if (found != ("succeeded", Of(text, "written"), Of(text, "skipped") ?? "", Of(text, "sources"))) return $"{found}\n{run}\n{await one.LogAsync(run)}";
        var log = await one.LogAsync(run);
        if (Of(text, "log") is { } line && !log.Contains(line, StringComparison.Ordinal)) return $"the log has no `{line}`:\n{log}";
        var again = await one.RunAsync();
        return again.State == "succeeded" && again.Written.Length == 0 ? "" : $"the second run: {again}";
    }

    private static string? Of(string text, string name) =>
        text.Split('\n').FirstOrDefault(l => l.StartsWith($"# {name}: ", StringComparison.Ordinal))?[(name.Length + 4)..].Trim();
}
