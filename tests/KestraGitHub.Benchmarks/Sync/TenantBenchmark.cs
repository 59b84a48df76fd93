using System.Globalization;
using System.Text;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Sync;

/// <summary>TenantSync over many namespaces of flows and files, to Kestra and back to Git: from nothing, with nothing to do, and with one in a hundred changed.</summary>
internal sealed class TenantBenchmark(int namespaces, int flows, int files)
{
    private const int NoOps = 3;

    private readonly TurnTable _table = new();

    private int Objects => namespaces * (flows + files);

    private int Changed => Math.Max(1, Objects / 100);

    public async Task<int> RunAsync()
    {
        using var place = new Workplace();
        Report.Head("What a TenantSync costs", place.Folder);
        Report.Line($"{namespaces} namespaces of {flows} flows (0.3 KB) and {files} files (1 KB in 4 folders); stand-in Kestra 2.0 with --costs, Git over http on this machine, nothing to do {NoOps} times");
        await using var house = await House.CreateAsync(place.Sub("house"), costs: true);
        await house.Repository.CommitAsync(Enumerable.Range(0, Objects).Select(i => File(i, 0)));
        await DefineAsync(house, "GIT");
        await house.Service.StartAsync();
        await PhasesAsync(house, "to Kestra", "added", async () => await house.Repository.CommitAsync(OneInAHundred.Select(i => File(i, 1))));

        await DefineAsync(house, "KESTRA");
        await Until.HoldsAsync(
            async () => (await house.Service.Http.GetStringAsync($"/api/v1/main/syncs/system/{House.Flow}")).Contains("to KESTRA", StringComparison.Ordinal),
            TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100), () => "The definition was not taken.");
        await PhasesAsync(house, "to Git", "unchanged", () =>
        {
            foreach (var i in OneInAHundred) Put(house, i);
            return Task.CompletedTask;
        });
        _table.Print();
        return 0;
    }

    private IEnumerable<int> OneInAHundred => Enumerable.Range(0, Changed).Select(i => i * (Objects / Changed));

    private async Task PhasesAsync(House house, string way, string first, Func<Task> change)
    {
        _table.Add(house, $"{way}, first sync", "", [await TurnTable.TurnAsync(house, first, Objects)]);
        List<Turn> turns = [];
        for (var i = 0; i < NoOps; i++) turns.Add(await TurnTable.TurnAsync(house, "unchanged", Objects));
        _table.Add(house, $"{way}, nothing to do", "", turns);
        await change();
        _table.Add(house, $"{way}, {Changed} changed", "", [await TurnTable.TurnAsync(house, "updated", Changed)]);
    }

    private static Task DefineAsync(House house, string source) => house.DefineAsync(House.Flow, $"""
        description: to {(source == "GIT" ? "Kestra" : "Git")}, from {source}; to {source}
        tasks:
          - id: tenant
            type: io.kestra.plugin.git.TenantSync
            sourceOfTruth: {source}
            whenMissingInSource: DELETE
            url: {house.CloneUrl}
            branch: main
            auth:
              auto: true
        """);

    private (string Path, byte[] Content) File(int i, int changes)
    {
        var (ns, at) = (Namespace(i), i / namespaces);
        return at < flows
            ? ($"{ns}/flows/{Id(at)}.yaml", Encoding.UTF8.GetBytes(Source(ns, at, changes)))
            : ($"{ns}/files/{PathOf(at - flows)}", Bytes(i, changes));
    }

    private void Put(House house, int i)
    {
        var (ns, at) = (Namespace(i), i / namespaces);
        if (at < flows) house.Kestra.State.PutFlow(Source(ns, at, 2));
        else house.Kestra.State.PutFile(ns, "/" + PathOf(at - flows), Bytes(i, 2));
    }

    private string Namespace(int i) => string.Create(CultureInfo.InvariantCulture, $"team{i % namespaces:000}");

    private static string Id(int at) => string.Create(CultureInfo.InvariantCulture, $"flow-{at:000}");

    private static string PathOf(int at) => string.Create(CultureInfo.InvariantCulture, $"part{at % 4}/file-{at:00}.txt");

    private static string Source(string ns, int at, int changes) =>
        $"id: {Id(at)}\nnamespace: {ns}\ndescription: changed {changes} times\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: \"{new string('x', 150)}\"\n";

    private static byte[] Bytes(int i, int changes) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{i} {changes} {new string('y', 1000)}\n"));
}
