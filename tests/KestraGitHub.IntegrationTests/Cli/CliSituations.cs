using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.Shipping;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;
using KestraGitHub.StandIns.OpenId;
using KestraGitHub.StandIns.Kestra;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>What a command may meet, laid out before it is run.</summary>
internal static class CliSituations
{
    public static async Task<CommandResult> AfterApplyAsync(CliBench bench, string command, params string[] more)
    {
        var applied = await bench.RunHereAsync("apply");
        Assert.True(applied.Code == 0, applied.ToString());
        return await bench.RunHereAsync(command, more);
    }

    public static Task<CommandResult> WithoutPasswordAsync(CliBench bench, string command, bool alone = false)
    {
        bench.Environment["Kestra__Password"] = "wrong-but-secret";
        return alone ? AloneAsync(bench, command) : bench.RunHereAsync(command);
    }

    public static Task<CommandResult> SlowlyAsync(CliBench bench, string command, bool alone = false)
    {
        bench.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 60_000, Count = 100 });
        return alone ? AloneAsync(bench, command, "--timeout", "3s") : bench.RunHereAsync(command, "--timeout", "3s");
    }

    /// <summary>A command that knows no checkout, with a folder to write to.</summary>
    public static Task<CommandResult> AloneAsync(CliBench bench, string command, params string[] more) => bench.RunAsync([command, bench.PathOf("out"), "--kestra-url", bench.KestraUrl, .. more]);

    public static Task<CommandResult> WithInvalidAsync(CliBench bench, string command, params string[] more)
    {
        bench.Write("_flows/broken.yaml", "id: [");
        bench.Commit();
        return bench.RunHereAsync(command, more);
    }

    public static Task<CommandResult> WithFlowThatKestraRefusesAsync(CliBench bench, string command, params string[] more)
    {
        bench.Write("_flows/refused.yaml", "id: refused\nnamespace: prod\ntasks: []\n");
        bench.Commit();
        return bench.RunHereAsync(command, more);
    }

    /// <summary>A definition that deletes, and may not without a look; Kestra holds one flow more than Git.</summary>
    public static Task<CommandResult> CarefulAsync(CliBench bench, string command, params string[] more)
    {
        bench.Kestra.State.PutFlow(SyncCase.Flow("old"));
        return bench.RunAsync([command, "--definition", bench.Define("delete: true", "x-kestra-github: {maxDeletes: 0}"), "--kestra-url", bench.KestraUrl, .. more]);
    }

    public static async Task<CommandResult> StaleAsync(CliBench bench, Action between)
    {
        var made = await bench.RunHereAsync("plan", "--out", bench.PathOf("plan.json"));
        Assert.True(made.Code == 2, made.ToString());
        between();
        return await bench.RunHereAsync("apply", "--plan", bench.PathOf("plan.json"));
    }

    /// <summary>The doctor, where the definition's repository is one that the shared Git server has.</summary>
    public static async Task<CommandResult> ExamineAsync(CliBench bench, string definition, bool secret, params string[] more)
    {
        var shop = await Workshop.SharedAsync();
        if (!Directory.Exists(shop.Git.PathOf("doctor.git")))
        {
            shop.Git.Create("doctor.git");
            shop.Git.Commit("doctor.git", "main", new Dictionary<string, SandboxFile> { ["a"] = "a" });
        }

        var folder = Directory.CreateDirectory(bench.PathOf("definitions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "sync.yaml"), (await File.ReadAllTextAsync(definition)).Replace("https://github.com/acme/flows", $"{shop.Server.Url}/doctor.git", StringComparison.Ordinal));
        if (secret) bench.Environment["SECRET_NOT_NEEDED_HERE"] = "eA==";
        if (!bench.Environment.ContainsKey("Kestra__Url")) bench.Environment["Kestra__Url"] = bench.KestraUrl;
        bench.Environment["Git__AllowedProtocols__0"] = "http";
        return await bench.RunAsync(["doctor", $"--Data:Path={bench.PathOf("data")}", $"--Definitions:Path={folder}", .. more]);
    }

    public static async Task<CommandResult> WithGitHubAsync(CliBench bench, string token)
    {
        await using var github = await GitHubStandIn.StartAsync(new GitHubStandInOptions { Root = bench.PathOf("github"), Token = "ghp_a_token_for_the_doctor" });
        (bench.Environment["GitHub__ApiUrl"], bench.Environment["GitHub__Token"]) = (github.BaseUrl.AbsoluteUri, token);
        return await ExamineAsync(bench, bench.Define(), secret: true);
    }

    public static async Task<CommandResult> WithProviderAsync(CliBench bench, string path)
    {
        await using var provider = await OpenIdStandIn.StartAsync();
        (bench.Environment["Http__SignIn__OpenId__Authority"], bench.Environment["Http__SignIn__OpenId__ClientId"]) = (provider.Authority + path, "kg");
        bench.Environment["Http__SignIn__Groups__0__Name"] = "*";
        return await ExamineAsync(bench, bench.Define(), secret: true);
    }

    /// <summary>A command for a service, that has to be refused before anybody is asked.</summary>
    public static Task<CommandResult> AskNobodyAsync(CliBench bench, string command, params string[] more)
    {
        bench.Environment.TryAdd("KESTRA_GITHUB_TOKEN", "a-token");
        return bench.RunAsync([command, .. more, "--server", "http://127.0.0.1:1"]);
    }

    public static CliBench With(CliBench bench, string token)
    {
        bench.Environment["KESTRA_GITHUB_TOKEN"] = token;
        return bench;
    }

    /// <summary>The same, of a server that is not this service.</summary>
    public static async Task<CommandResult> AskOtherAsync(CliBench bench, string answer, params string[] words)
    {
        await using var other = WebApplication.CreateSlimBuilder().Build();
        other.Urls.Add("http://127.0.0.1:0");
        other.MapFallback(() => Results.Text(answer, "application/json"));
        await other.StartAsync();
        bench.Environment["KESTRA_GITHUB_TOKEN"] = "a-token";
        return await bench.RunAsync([.. words, "--server", other.Urls.Single()]);
    }
}
