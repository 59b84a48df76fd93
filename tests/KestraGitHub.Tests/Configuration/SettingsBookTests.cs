using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using Microsoft.Extensions.Configuration;

namespace KestraGitHub.Tests.Configuration;

public sealed class SettingsBookTests
{
    private sealed record Named
    {
        public string? Url { get; init; }

        public string? Password { get; init; }
    }

    private sealed record Token
    {
        public Secret? Value { get; init; }

        public string Role { get; init; } = "admin";

        public static Token FromText(string value) => new() { Value = Secret.From(value) };
    }

    private sealed record Options
    {
        public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

        public bool Loud { get; init; }

        public IReadOnlyList<string> Hosts { get; init; } = ["a", "b"];

        public IReadOnlyList<Token> Tokens { get; init; } = [];

        public Dictionary<string, Named> Targets { get; init; } = [];
    }

    private static readonly IReadOnlyList<Setting> Book = SettingsBook.Of([("Some", typeof(Options))]);

    [Fact]
    public void Every_key_is_there_with_its_default() => Assert.Equal(
        [
            "Some:Every=PT5M", "Some:Hosts:0=a, b", "Some:Loud=false", "Some:Targets:<name>:Password=", "Some:Targets:<name>:Url=", "Some:Tokens:0=", "Some:Tokens:0:Role=admin",
            "Some:Tokens:0:Value=",
        ],
        Book.Select(s => $"{s.Key}={s.Default}"));

    [Fact]
    public void What_holds_says_where_it_comes_from_and_no_secret()
    {
        var root = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Some:Hosts:0", "x"), new("Some:Targets:east:Url", "https://me:pw-in-url@h"), new("Some:Targets:east:Password", "hunter2")])
            .AddCommandLine(["--Some:Tokens:0=a-token-value", "--Some:Every=PT1S"]).Build();
        var held = EffectiveSettings.Of(root, Book).ToDictionary(s => s.Key);
        Assert.Equal(("PT1S", "argument"), (held["Some:Every"].Value, held["Some:Every"].From));
        Assert.Equal(("false", "default"), (held["Some:Loud"].Value, held["Some:Loud"].From));
        Assert.Equal("x", held["Some:Hosts:0"].Value);
        Assert.Equal("***", held["Some:Tokens:0"].Value);
        Assert.Equal("***", held["Some:Targets:east:Password"].Value);
        Assert.Equal("***", held["Some:Targets:east:Url"].Value);
        Assert.DoesNotContain(held.Values, s => s.Value is { } v && (v.Contains("hunter2", StringComparison.Ordinal) || v.Contains("a-token", StringComparison.Ordinal)));
    }
}
