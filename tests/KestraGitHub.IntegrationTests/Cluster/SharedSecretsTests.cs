using System.Net;
using System.Text.RegularExpressions;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.Cluster;

/// <summary>What a service makes for itself is made once for all nodes.</summary>
[Collection("Endurance")]
public sealed partial class SharedSecretsTests(DatabaseServer server) : ClusterTest(server)
{
    private protected override (string Key, string Value)[] Settings => [("Webhooks__Secrets__0", ""), ("Api__Tokens__0", "")];

    [Fact]
    public async Task Nodes_that_start_at_once_have_one_token_one_secret_and_one_sign_in()
    {
        await StartBothAsync();
        Assert.Equal(Made(First, "webhook-secret"), Made(Second, "webhook-secret"));
        Assert.Equal(Made(First, "admin-token"), Made(Second, "admin-token"));

        foreach (var door in House.Nodes)
        {
            // A cookie knows no port: for a browser the two are one, as they are behind a load balancer.
            using var handler = new HttpClientHandler { AllowAutoRedirect = false };
            using var browser = new HttpClient(handler);
            var page = await browser.GetStringAsync(new Uri(door.BaseUrl, "/sign-in"));
            var form = new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = WebUtility.HtmlDecode(FormToken().Match(page).Groups[1].Value), ["token"] = Made(First, "admin-token"),
            };
            using (var entered = await browser.PostAsync(new Uri(door.BaseUrl, "/sign-in"), new FormUrlEncodedContent(form))) Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
            foreach (var node in House.Nodes)
            {
                using var shown = await browser.GetAsync(new Uri(node.BaseUrl, "/runs"));
                Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
            }
        }
    }

    private static string Made(ServiceProcess node, string name) => File.ReadAllText(Path.Combine(node.DataPath, name)).Trim();

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
