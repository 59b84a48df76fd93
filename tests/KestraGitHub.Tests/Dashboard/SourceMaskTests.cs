using KestraGitHub.Dashboard;

namespace KestraGitHub.Tests.Dashboard;

public sealed class SourceMaskTests
{
    [Theory]
    [InlineData("password: hunter2", "password: ***")]
    [InlineData("password: \"hunter2\"", "password: ***")]
    [InlineData("'password' : 'hunter2' # mine", "'password' : *** # mine")]
    [InlineData("auth: {username: a, password: hunter2, x: y}", "auth: {username: a, password: ***, x: y}")]
    [InlineData("{\"apiToken\": \"hunter2\"}", "{\"apiToken\": ***}")]
    [InlineData("key: hunter2", "key: ***")]
    [InlineData("passphrase: hunter2", "passphrase: ***")]
    [InlineData("webhookSecrets: [hunter2, another1]", "webhookSecrets: [***, ***]")]
    [InlineData("x: {githubToken: hunter2}", "x: {githubToken: ***}")]
    [InlineData("url: https://bea:hunter2@github.com/a/b", "url: https://***@github.com/a/b")]
    [InlineData("url: https://bea:hunter2@x@github.com/a/b", "url: https://***@github.com/a/b")]
    [InlineData("id: a # password: hunter2", "id: a # password: ***")]
    [InlineData("# api_key = hunter2\nid: a", "# api_key = ***\nid: a")]
    [InlineData("password: hunter2\nid: x-hunter2-y", "password: ***\nid: x-***-y")]
    [InlineData("password: {{ 'hunter2' }}", "password: {{ *** }}")]
    [InlineData("password: \"{{ 'hunter2' }}\"", "password: ***")]
    [InlineData("password: \"{{ secret('NAME') }}\"", "password: \"{{ secret('NAME') }}\"")]
    [InlineData("key: \"{{ envs.webhook_key }}\"", "key: \"{{ envs.webhook_key }}\"")]
    [InlineData("pw: &p hunter2\npassword: *p", "pw: ***\npassword: *p")]
    [InlineData("id: a\nbranch: main", "id: a\nbranch: main")]
    public void What_people_typed_for_a_secret_is_stars(string source, string? shown)
    {
        var text = SourceMask.Lines(source) is { } lines ? string.Join('\n', lines) : null;
        Assert.Equal(shown, text);
        Assert.DoesNotContain("hunter2", text ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_keep_their_numbers_behind_a_key_of_many_lines()
    {
        var lines = SourceMask.Lines("privateKey: |\n  -----BEGIN\n  AAAA\n  -----END\nid: a\r\nbranch: b\n")!;
        Assert.Equal(["privateKey: ***", "", "", "", "id: a", "branch: b"], lines);
    }

    [Fact]
    public void A_text_that_is_not_understood_is_not_shown() => Assert.Null(SourceMask.Lines("password: [hunter2"));

    [Fact]
    public void Aliases_in_circles_come_to_an_end() => Assert.NotNull(SourceMask.Lines("a: &a\n  b: c\npassword: *a\n"));
}
