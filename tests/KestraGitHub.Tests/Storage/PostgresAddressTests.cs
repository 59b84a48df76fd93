using KestraGitHub.Storage;
using Npgsql;

namespace KestraGitHub.Tests.Storage;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://u:p@db:6432/app", "db", 6432, "app", "u", "p")]
    [InlineData("postgresql://u@db", "db", 5432, null, "u", null)]
    [InlineData("postgres://db/app", "db", 5432, "app", null, null)]
    [InlineData("postgres://u:a%40b%3A@db/app", "db", 5432, "app", "u", "a@b:")]
    [InlineData("postgres://u:a@b:c@db/app", "db", 5432, "app", "u", "a@b:c")]
    [InlineData("postgres://u:p@[::1]:6432/app", "::1", 6432, "app", "u", "p")]
    [InlineData("postgres://u:p@[::1]/app", "::1", 5432, "app", "u", "p")]
    [InlineData("postgres://u:p@one:1,two:2/app", "one:1,two:2", 5432, "app", "u", "p")]
    [InlineData(" Host=db;Port=6432;Database=app;Username=u;Password=p ", "db", 6432, "app", "u", "p")]
    public void Both_forms_say_where_and_as_whom(string text, string host, int port, string? database, string? user, string? password)
    {
        var settings = PostgresAddress.Parse(text);
        Assert.Equal((host, port, database, user, password), (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password));
    }

    [Theory]
    [InlineData("postgres://db/app?sslmode=verify-full&application_name=mine&connect_timeout=3", SslMode.VerifyFull)]
    [InlineData("postgres://db/app?sslmode=require&Application%20Name=mine&Timeout=3", SslMode.Require)]
    [InlineData("Host=db;SSL Mode=VerifyFull;Application Name=mine;Timeout=3", SslMode.VerifyFull)]
    public void What_else_is_said_is_kept(string text, SslMode mode)
    {
        var settings = PostgresAddress.Parse(text);
        Assert.Equal((mode, "mine", 3), (settings.SslMode, settings.ApplicationName, settings.Timeout));
    }

    [Theory]
    [InlineData("postgres://db/app", 5, 15, 10, 0)]
    [InlineData("Host=db", 5, 15, 10, 0)]
    [InlineData("Host=db;Timeout=15;Command Timeout=30;Keepalive=0;Max Auto Prepare=7", 15, 30, 0, 7)]
    public void What_is_not_said_is_what_a_service_needs(string text, int timeout, int command, int keepAlive, int prepared)
    {
        var settings = PostgresAddress.Parse(text);
        Assert.Equal((timeout, command, keepAlive, prepared), (settings.Timeout, settings.CommandTimeout, settings.KeepAlive, settings.MaxAutoPrepare));
        Assert.Equal("kestra-github", settings.ApplicationName);
    }

    [Theory]
    [InlineData("postgres://u:hush@db/app?colour=red", "colour")]
    [InlineData("Host=db;Password=hush;Port=many", "cannot be read")]
    [InlineData("Password=hush;Server=", "no host")]
    public void What_cannot_be_read_is_named_without_its_values(string text, string says)
    {
        var error = Assert.Throws<FormatException>(() => PostgresAddress.Parse(text));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }
}
