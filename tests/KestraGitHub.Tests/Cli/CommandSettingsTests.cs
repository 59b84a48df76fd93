using KestraGitHub.Cli;

namespace KestraGitHub.Tests.Cli;

public sealed class CommandSettingsTests
{
    [Theory]
    [InlineData(null, "http://127.0.0.1:5080/health/ready")]
    [InlineData("http://0.0.0.0:5080", "http://127.0.0.1:5080/health/ready")]
    [InlineData("http://+:80;http://x:81", "http://127.0.0.1:80/health/ready")]
    [InlineData("http://[::]:5080", "http://127.0.0.1:5080/health/ready")]
    [InlineData("http://10.0.0.7:5080/", "http://10.0.0.7:5080/health/ready")]
    public void Health_asks_where_the_service_listens(string? urls, string asked) => Assert.Equal(new Uri(asked), HealthCommand.ReadyAt(urls));
}
