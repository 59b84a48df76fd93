using System.Text.Json;
using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Shipping;

/// <summary>A network where servers carry certificates of the company's own authority and only a proxy leads to them.</summary>
[Collection("Endurance")]
public sealed class WayOutTests : IAsyncLifetime
{
    private const string GitHost = "git.company.invalid";
    private const string KestraHost = "kestra.company.invalid";

    private readonly Authority _authority = new();
    private readonly ForwardProxy _proxy = new();
    private readonly string _pem = Path.GetTempFileName();
    private House _house = null!;
    private GitHttpServer _git = null!;
    private ReverseProxy _kestra = null!;

    public async Task InitializeAsync()
    {
        _house = await House.OpenAsync(
            ("Git__AllowedProtocols__0", "https"), ("Git__CertificateAuthorityFile", _pem), ("Git__Proxy", _proxy.Address()),
            ("Kestra__CertificateAuthorityFile", _pem), ("Kestra__Proxy", _proxy.Address()),
            ("Runs__MaxAttempts", "1"));
        await File.WriteAllTextAsync(_pem, _authority.Pem);
        _git = await GitHttpServer.StartAsync(_house.Repositories.Root, certificate: _authority.Issue(GitHost));
        _kestra = await ReverseProxy.StartAsync(_house.Kestra.BaseUrl, (_, path) => path, _authority.Issue(KestraHost));
        _house.Settings["Kestra__Url"] = $"https://{KestraHost}:{_kestra.Address.Port}";
        _house.Define("way", url: $"https://{GitHost}:{new Uri(_git.Url).Port}/way.git");
        _house.Commit("way", 2, "first");
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        await _git.DisposeAsync();
        await _kestra.DisposeAsync();
        await _proxy.DisposeAsync();
        _authority.Dispose();
        File.Delete(_pem);
    }

    [Fact]
    public async Task A_run_reaches_Git_and_Kestra_through_the_proxy_and_shows_its_password_to_nobody()
    {
        await _house.Service.StartAsync();
        using var seen = new CancellationTokenSource();
        var watching = CommandLinesAsync(seen.Token);
        var run = await _house.EndOfAsync(await _house.PushAsync("way"));
        await seen.CancelAsync();
        _house.AssertEqual("way");
        Assert.Contains(_proxy.Tunnels, t => t.StartsWith(GitHost, StringComparison.Ordinal));
        Assert.Contains(_proxy.Tunnels, t => t.StartsWith(KestraHost, StringComparison.Ordinal));
        AssertHidden(run, await watching);
    }

    [Theory]
    [InlineData("Git__CertificateAuthorityFile", null, "Git:CertificateAuthorityFile")]
    [InlineData("Git__Proxy", "none", "Git:Proxy")]
    [InlineData("Git__Proxy", "wrong", "Git:Proxy")]
    [InlineData("Kestra__CertificateAuthorityFile", null, "Kestra:CertificateAuthorityFile")]
    [InlineData("Kestra__Proxy", "none", "Kestra:Proxy")]
    [InlineData("Kestra__Proxy", "wrong", "Kestra:Proxy")]
    public async Task Without_one_of_the_settings_the_run_fails_and_names_it(string key, string? value, string cure)
    {
        if (value is null) _house.Settings.Remove(key);
        else _house.Settings[key] = value == "wrong" ? _proxy.Address(ForwardProxy.Password + "!") : value;
        await _house.Service.StartAsync();
        var run = await _house.EndOfAsync(await _house.PushAsync("way"), "failed");
        Assert.Contains(cure, run.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(_house.Kestra.State.ListFlows());
        AssertHidden(run, []);
    }

    private void AssertHidden(JsonElement run, IReadOnlyCollection<string> commandLines)
    {
        foreach (var text in commandLines.Append(run.ToString()).Append(_house.Service.Output))
        {
            Assert.DoesNotContain(ForwardProxy.Password, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Uri.EscapeDataString(ForwardProxy.Password), text, StringComparison.Ordinal);
        }
    }

    private static async Task<IReadOnlyCollection<string>> CommandLinesAsync(CancellationToken ct)
    {
        var all = new HashSet<string>();
        while (!ct.IsCancellationRequested)
        {
            all.UnionWith(Processes.CommandLines());
            await Task.Yield();
        }

        return all;
    }
}
