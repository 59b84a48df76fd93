using System.Text.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>The hooks of an organisation and of an App call while the service is down: what they sent is found in their lists.</summary>
public sealed class OwnersHookTests
{
    private const string All = "/webhook/github";

    [Fact]
    public async Task What_an_organisations_and_the_Apps_hook_sent_into_an_outage_is_recovered_once_whatever_of_both_tells_it()
    {
        await using var bench = await GitHubBench.OpenAsync(app: true, permissions: "checks:write contents:write metadata:read organization_hooks:read pull_requests:write statuses:write");
        bench.House.Settings["GitHub__PollInterval"] = "PT1S";
        File.AppendAllText(Path.Combine(bench.Service.DefinitionsPath, "sync.yml"), "\n  pullRequests: true\n");
        bench.CommitFlows(2, "first");

        // One only the organisation's hook has, one both, and more of them than a page holds.
        var address = new Uri(bench.Service.BaseUrl, All);
        bench.GitHub.AddHook("acme", address, ServiceProcess.WebhookSecret, "push", "pull_request", "merge_group");
        bench.GitHub.AddHook("acme", new Uri("https://elsewhere.example.org/webhook"), "a secret", "issues");
        List<string> lost = [bench.GitHub.Emit("acme", "flows", "push", Push(1))];
        await SentAsync(bench, 1);
        bench.GitHub.AddHook("", address, ServiceProcess.WebhookSecret, "push");
        lost.AddRange(Enumerable.Range(2, 119).Select(i => bench.GitHub.Emit("acme", "flows", "push", Push(i))));
        await SentAsync(bench, 1 + (2 * 119));
        var pulls = new PullRequestBench(bench);
        var head = pulls.Branch("change", PullRequestBench.Flow(1, "second"));
        bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => bench.GitHub.Deliveries.Any(d => d.Event == "pull_request"));

        await bench.Service.StartAsync();
        await bench.UntilAsync(() => pulls.CheckOf(head) is { Conclusion: "success" } && pulls.Comments.Count == 1);
        List<JsonElement> rows = [];
        await Wait.UntilAsync(async () => (rows = await PushesAsync(bench)).Count >= lost.Count, House.Patience, () => $"{rows.Count} of {lost.Count}\n{bench.Service.Output}");

        // Two more looks at each list, which find nothing.
        var (owners, apps) = (Looks(bench, "/orgs/acme/hooks/"), Looks(bench, "/app/hook/deliveries"));
        await bench.UntilAsync(() => Looks(bench, "/orgs/acme/hooks/") >= owners + 2 && Looks(bench, "/app/hook/deliveries") >= apps + 2);
        rows = await PushesAsync(bench);
        Assert.Equal(lost.Order(StringComparer.Ordinal), rows.Select(r => r.GetProperty("deliveryId").GetString()).Order(StringComparer.Ordinal));
        Assert.All(rows, r => Assert.Equal("recovered", r.GetProperty("outcome").GetString()));

        // The App may not look at the repository's own hooks: that is said once, and is no trouble of the others.
        Assert.Single(bench.Service.Output.Split('\n'), line => line.Contains("not looked for in /repos/acme/flows/hooks", StringComparison.Ordinal));
        Assert.DoesNotContain("could not be looked for", bench.Service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.GitHub.Calls, c => c.Path.Contains("/attempts", StringComparison.Ordinal));
    }

    private static int Looks(GitHubBench bench, string part) => bench.GitHub.Calls.Count(c => c.Path.StartsWith(part, StringComparison.Ordinal) && c.Path.EndsWith("/deliveries", StringComparison.Ordinal));

    private static Task SentAsync(GitHubBench bench, int count) => bench.UntilAsync(() => bench.GitHub.Deliveries.Count(d => d.Event == "push" && d.StatusCode == 0) == count);

    private static async Task<List<JsonElement>> PushesAsync(GitHubBench bench) =>
        [.. (await bench.House.AllAsync("/api/v1/deliveries")).Where(d => d.GetProperty("event").GetString() == "push" && d.GetProperty("ref").GetString() == "refs/heads/main")];

    private static JsonObject Push(int number) => new()
    {
        ["ref"] = "refs/heads/main", ["before"] = $"{number:x40}", ["after"] = $"{number + 1:x40}", ["commits"] = new JsonArray(), ["pusher"] = new JsonObject { ["name"] = "bea" },
    };
}
