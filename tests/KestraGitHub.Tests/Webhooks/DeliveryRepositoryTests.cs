using System.Text.Json;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class DeliveryRepositoryTests
{
    [Fact]
    public void All_its_addresses_are_names_and_the_number_is_the_web_hosts()
    {
        var repository = Of("""
            {"repository":{"id":9007199254740993,"html_url":"https://ghe.example/Acme/Flows","clone_url":"https://ghe.example/Acme/Flows.git","ssh_url":"git@ssh.ghe.example:Acme/Flows.git"}}
            """)!;
        Assert.Equal(["ghe.example/acme/flows", "ssh.ghe.example/acme/flows"], repository.Names.Select(n => n.ToString()));
        Assert.Equal(("ghe.example", 9007199254740993), (repository.Number!.Host, repository.Number.Id));
    }

    [Theory]
    [InlineData("""{"repository":{"name":{"from":"old"}}}""", "github.com/acme/old")]
    [InlineData("""{"owner":{"from":{"organization":{"login":"Before"}}}}""", "github.com/before/flows")]
    [InlineData("""{"owner":{"from":{"user":{"login":"bea"}}}}""", "github.com/bea/flows")]
    public void A_repository_event_tells_the_name_before(string changes, string former)
    {
        var repository = Of($$$"""{"action":"renamed","changes":{{{changes}}},"repository":{"id":1,"html_url":"https://github.com/acme/flows"}}""")!;
        Assert.Equal(["github.com/acme/flows", former], repository.Names.Select(n => n.ToString()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"repository":null}""")]
    [InlineData("""{"repository":"acme/flows"}""")]
    [InlineData("""{"repository":{"id":1}}""")]
    [InlineData("""{"repository":{"id":1,"html_url":7,"clone_url":["x"],"ssh_url":{"a":1}}}""")]
    [InlineData("""{"repository":{"id":1,"html_url":"javascript://alert(1)","clone_url":"file:///etc/passwd"}}""")]
    public void What_names_no_repository_is_about_none(string body) => Assert.Null(Of(body));

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    [InlineData("null")]
    public void A_number_that_is_none_is_not_kept(string id) => Assert.Null(Of($$$"""{"repository":{"id":{{{id}}},"html_url":"https://github.com/acme/flows"}}""")!.Number);

    private static DeliveryRepository? Of(string body)
    {
        using var document = JsonDocument.Parse(body);
        return DeliveryRepository.Of(document.RootElement);
    }
}
