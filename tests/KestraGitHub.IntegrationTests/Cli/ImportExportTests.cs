using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.Shipping;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>The way in from a Kestra that syncs by itself, and the way out of one into files.</summary>
public sealed class ImportExportTests
{
    private const string SyncFlow =
        """
        id: sync_from_git
        namespace: system
        tasks:
          - id: git
            type: io.kestra.plugin.git.SyncFlows # as it stands: comments too
            url: https://github.com/acme/flows
            branch: main
            username: git
            password: "{{ secret('GITHUB_TOKEN') }}"
            targetNamespace: prod
        triggers:
          - id: hook
            type: io.kestra.plugin.core.trigger.Webhook
            key: a-key-that-is-a-secret
        """;

    [Fact]
    public async Task Sync_flows_become_definitions_that_load()
    {
        await using var bench = await CliBench.StartAsync();
        bench.Kestra.State.PutFlow(SyncFlow);
        bench.Kestra.State.PutFlow(SyncCase.Flow("other"));
        var folder = bench.PathOf("imported");
        var dry = await bench.RunAsync("import", "--kestra-url", bench.KestraUrl);
        Ended(dry, 0, "needs SECRET_GITHUB_TOKEN");
        Assert.Contains("webhook: https://<the service>/webhook/main/system/sync_from_git/<key of hook>", dry.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a-key-that-is-a-secret", dry.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
        Ended(await bench.RunAsync("import", folder, "--kestra-url", bench.KestraUrl), 0, "1 ready, 0 to be mended, 0 stay in Kestra");
        Assert.Equal(SyncFlow, (await File.ReadAllTextAsync(Path.Combine(folder, "system", "sync_from_git.yaml"))).TrimEnd('\n'));
        Ended(await bench.RunAsync("validate", folder), 0, "1 definitions, 0 broken");
        // The same again is no overwriting; an edit is kept.
        Ended(await bench.RunAsync("import", folder, "--kestra-url", bench.KestraUrl), 0, "1 ready");
        await File.AppendAllTextAsync(Path.Combine(folder, "system", "sync_from_git.yaml"), "# mine\n");
        Ended(await bench.RunAsync("import", folder, "--kestra-url", bench.KestraUrl), 4, "Nothing was written");
        Ended(await bench.RunAsync("import", folder, "--force", "--kestra-url", bench.KestraUrl), 0, "1 ready");
        bench.Kestra.State.PutFlow("id: old\nnamespace: system\ntasks:\n  - id: s\n    type: io.kestra.plugin.git.Sync\n    url: https://h/r\n    branch: main\n");
        var json = await bench.RunAsync("import", "--output", "json", "--kestra-url", bench.KestraUrl);
        Ended(json, 3, "");
        Assert.Equal(["faulty", "ready"], JsonNode.Parse(json.Output)!.AsArray().Select(f => f!["state"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_tenant_is_backed_up_as_TenantSync_lays_it_out_and_goes_back_in_by_it()
    {
        await using var bench = await CliBench.StartAsync();
        bench.Kestra.State.PutFlow(SyncCase.Flow("a"));
        bench.Kestra.State.PutFile("prod", "/scripts/käse.py", "print(1)\r\n");
        bench.Kestra.State.PutFile("alone", "/x.bin", [0, 255, 10]);
        var folder = bench.PathOf("backup");
        Ended(await bench.RunAsync("export", folder, "--namespace", "alone", "--kestra-url", bench.KestraUrl), 0, "exported: 3 added");
        Assert.Equal(
            ["alone/files/x.bin", "prod/files/scripts/käse.py", "prod/flows/a.yaml"],
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal));
        Assert.Equal("print(1)\r\n", await File.ReadAllTextAsync(Path.Combine(folder, "prod/files/scripts/käse.py")));
        Assert.Equal([0, 255, 10], await File.ReadAllBytesAsync(Path.Combine(folder, "alone/files/x.bin")));
        Ended(await bench.RunAsync("export", folder, "--kestra-url", bench.KestraUrl), 4, "is not empty");

        // A failure in the middle leaves no half of a backup.
        bench.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 500, PathContains = "namespaces/prod/files", Count = 100 });
        var failed = await bench.RunAsync("export", bench.PathOf("half"), "--kestra-url", bench.KestraUrl, "--timeout", "20s");
        Assert.True(failed.Code is 1 or 7, failed.ToString());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(folder)!, "half*"));
    }

    private static void Ended(CommandResult result, int code, string words) =>
        Assert.True(result.Code == code && (result.Output + result.Errors).Contains(words, StringComparison.Ordinal), $"expected {code} with '{words}': {result}");
}
