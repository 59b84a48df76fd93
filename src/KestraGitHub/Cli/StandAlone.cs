using KestraGitHub.Access;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.GitHub;
using KestraGitHub.Kestra;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary>The parts of the service that a command needs by itself: Git and Kestra, no database, and a folder of its own that goes with it.</summary>
internal sealed class StandAlone : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _folder;

    private StandAlone(ServiceProvider services, string folder) => (_services, _folder) = (services, folder);

    public GitMirrors Git => _services.GetRequiredService<GitMirrors>();

    public KestraOptions Kestra => _services.GetRequiredService<KestraOptions>();

    public CheckoutSync Checkout => _services.GetRequiredService<CheckoutSync>();

    public KestraServers Servers => _services.GetRequiredService<KestraServers>();

    /// <summary>Null where no token for it is configured.</summary>
    public GitHubProbe? GitHub => _services.GetRequiredService<GitHubOptions>().IsConfigured ? _services.GetRequiredService<GitHubProbe>() : null;

    public DataDirectory Data => _services.GetRequiredService<DataDirectory>();

    public Dialect Dialect => _services.GetRequiredService<Dialect>();

    /// <summary>The repository of definitions that the service would read instead of the folder, or null.</summary>
    public DefinitionsGitOptions? DefinitionsGit => _services.GetRequiredService<DefinitionsOptions>().Git is { IsConfigured: true } git ? git : null;

    /// <summary>The provider that people would sign in with, or null.</summary>
    /// <exception cref="ConfigurationException">Its section is wrong.</exception>
    public OpenIdOptions? SignInProvider => _services.GetRequiredService<HttpOptions>().SignIn.OpenId is { IsOn: true } provider ? provider : null;

    /// <summary>The folder of definitions that the service would read.</summary>
    public string Definitions => Path.GetFullPath(_services.GetRequiredService<DefinitionsOptions>().Path);

    /// <param name="more">Settings that win over all others.</param>
    /// <exception cref="ConfigurationException">The settings are wrong.</exception>
    public static StandAlone Create(IReadOnlyList<string> settings, IEnumerable<KeyValuePair<string, string?>> more)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. settings], ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(more);
        builder.Logging.ClearProviders();
        var folder = Directory.CreateTempSubdirectory("kestra-github-").FullName;
        builder.Services.AddSingleton(TimeProvider.System).AddStorage(builder.Configuration).AddGit(builder.Configuration).AddKestra(builder.Configuration).AddGitHub(builder.Configuration)
            .AddSingleton(GitHubCredentials.Of).AddSingleton(new GitDataPath(folder)).AddSingleton<CheckoutSync>()
            // Not bound: what is wrong in it is no fault of a command that does not ask for it.
            .AddSingleton(_ => BoundSection.Read<HttpOptions>(builder.Configuration, "Http"));
        var services = builder.Services.BuildServiceProvider();
        try
        {
            services.CheckConfiguration();
            // Host keys are those of the service that would run here, where there are any.
            if (builder.Configuration["Data:Path"] is { Length: > 0 } data && File.Exists(Path.Combine(data, "known_hosts")))
                File.Copy(Path.Combine(data, "known_hosts"), Path.Combine(folder, "known_hosts"));
            return new StandAlone(services, folder);
        }
        catch
        {
            services.Dispose();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        GitFolders.Remove(_folder);
    }
}
