using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class WebhookKeyTests
{
    [Fact]
    public void Each_trigger_has_its_key()
    {
        var definition = Some.Definition(triggers: [Some.Trigger("one", "k1"), Some.Trigger("two", "k2")]);

        Assert.Equal("one", WebhookKey.Match(definition, "k1")?.Id);
        Assert.Equal("two", WebhookKey.Match(definition, "k2")?.Id);
        Assert.Null(WebhookKey.Match(definition, "k"));
        Assert.Null(WebhookKey.Match(definition, "K1"));
        Assert.Null(WebhookKey.Match(definition, "k1 "));
    }

    [Fact]
    public void A_slash_may_come_as_the_server_leaves_it_in_a_path()
    {
        var definition = Some.Definition(triggers: [Some.Trigger("slash", "a/b"), Some.Trigger("literal", "c%2Fd")]);

        Assert.Equal(["slash", "slash", "literal", null, null], new[] { "a%2Fb", "a%2fb", "c%2Fd", "c/d", "a%252Fb" }.Select(k => WebhookKey.Match(definition, k)?.Id));
        Assert.Equal("slash", WebhookKey.Match(definition, HookAddress.Of("https://sync.example/webhook/main/company.team/sync_flows/a%2Fb")!.Key)?.Id);
    }

    [Fact]
    public void An_enabled_trigger_goes_before_a_disabled_one_with_its_key()
    {
        var definition = Some.Definition(triggers: [Some.Trigger("off", disabled: true), Some.Trigger("on"), Some.Trigger("late")]);

        Assert.Equal("on", WebhookKey.Match(definition, Some.Key)?.Id);
    }

    [Fact]
    public void A_disabled_trigger_still_has_its_key() =>
        Assert.Equal("off", WebhookKey.Match(Some.Definition(triggers: [Some.Trigger("off", disabled: true)]), Some.Key)?.Id);

    [Fact]
    public void An_unknown_sync_and_one_without_webhooks_match_nothing()
    {
        Assert.Null(WebhookKey.Match(null, Some.Key));
        Assert.Null(WebhookKey.Match(Some.Definition(triggers: []), Some.Key));
    }
}
