using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Notifications;

namespace KestraGitHub.Tests.Notifications;

public sealed class NotificationTests
{
    private static readonly SyncKey Sync = new("main", "company.team", "sync");

    private static Notice Failed { get; } = new(
        "run.failed", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), new("main", "company.team", "sync"),
        new("r1", "failed", "webhook", "ann", "0123456789abcdef", "mend <it> & `go`", "Ann", "1 failed"), null, "Kestra said <no>\nand more", "https://kg.example/runs/r1") { Id = "n1" };

    [Fact]
    public async Task A_notification_is_signed_as_GitHub_signs_and_carries_an_id()
    {
        await using var receiver = await NotificationReceiver.StartAsync();
        using var client = new NotificationClient();
        await client.SendAsync(new NotificationTarget { Url = new Secret(receiver.Url), Secret = new Secret("a-shared-secret") }, Failed, default);
        var got = await receiver.NextAsync();
        Assert.Equal(("run.failed", "n1"), (got.Headers["X-KestraGitHub-Event"], got.Headers["X-KestraGitHub-Delivery"]));
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("a-shared-secret"), got.Body)), got.Headers["X-Hub-Signature-256"]);
        var body = JsonDocument.Parse(got.Body).RootElement;
        Assert.Equal(("n1", "run.failed", "sync", "r1"), (Text(body, "id"), Text(body, "event"), Text(body.GetProperty("sync"), "flow"), Text(body.GetProperty("run"), "id")));

        static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task For_Slack_it_is_one_text_in_which_nothing_of_strangers_is_a_link()
    {
        await using var receiver = await NotificationReceiver.StartAsync();
        using var client = new NotificationClient();
        await client.SendAsync(new NotificationTarget { Url = new Secret(receiver.Url), Format = NotificationFormat.Slack }, Failed, default);
        var got = await receiver.NextAsync();
        Assert.False(got.Headers.ContainsKey("X-Hub-Signature-256"));
        Assert.Equal(
            ":x: *Failed* company.team/sync at `0123456789ab` _mend &lt;it&gt; &amp; 'go'_: 1 failed\n>Kestra said &lt;no&gt; and more\n<https://kg.example/runs/r1|Look at it>",
            JsonDocument.Parse(got.Body).RootElement.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData(500, "it answered 500", false)]
    [InlineData(302, "it answered 302", false)]
    [InlineData(410, "it answered 410", true)]
    public async Task What_is_not_taken_is_said_without_the_address(int status, string says, bool hopeless)
    {
        await using var receiver = await NotificationReceiver.StartAsync(status);
        using var client = new NotificationClient();
        var refused = await Assert.ThrowsAsync<NotificationException>(() => client.SendAsync(new NotificationTarget { Url = new Secret(receiver.Url) }, Failed, default));
        Assert.Equal((says, hopeless), (refused.Message, refused.Hopeless));
        await receiver.NextAsync();
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_told_without_its_address()
    {
        using var client = new NotificationClient();
        var refused = await Assert.ThrowsAsync<NotificationException>(
            () => client.SendAsync(new NotificationTarget { Url = new Secret("http://127.0.0.1:1/secret-path") }, Failed, default));
        Assert.Equal("it cannot be reached (ConnectionError)", refused.Message);
    }

    [Theory]
    [InlineData(null, "run.failed", true)]
    [InlineData(null, "run.succeeded", false)]
    [InlineData("main", "run.failed", true)]
    [InlineData("other", "run.failed", false)]
    [InlineData("main/company", "run.failed", true)]
    [InlineData("main/comp", "run.failed", false)]
    public void A_target_wants_its_events_of_its_scope(string? scope, string what, bool wants) =>
        Assert.Equal(wants, new NotificationTarget { Url = new Secret("https://h/x"), Scope = scope }.Wants(what, Sync));

    [Theory]
    [InlineData("https://hooks.example.com/x", false, "")]
    [InlineData("http://10.0.0.7/x", false, "Notifications:0:Url must begin with https://. For a receiver that is reached without leaving your network set Notifications:0:AllowHttp to true.")]
    [InlineData("http://10.0.0.7/x", true, "")]
    [InlineData("https://me:pw@h/x", false, "Notifications:0:Url must be the address of a receiver, beginning with https://, without a user in it.")]
    [InlineData("ftp://h/x", true, "Notifications:0:Url must be the address of a receiver, beginning with https://, without a user in it.")]
    public void An_address_is_https_unless_it_is_asked_for(string url, bool http, string fault) =>
        Assert.Equal(fault, string.Join(' ', new NotificationTarget { Url = new Secret(url), AllowHttp = http }.Faults("Notifications:0")));

    [Fact]
    public void An_event_that_is_none_is_refused_by_the_list_of_those_there_are() => Assert.Contains(
        "run.failed", Assert.Single(new NotificationTarget { Url = new Secret("https://h/x"), Events = ["run.exploded"] }.Faults("Notifications:0")), StringComparison.Ordinal);
}
