using System.CommandLine;

namespace KestraGitHub.Cli;

/// <summary>The options that say which Kestra a command talks to, and as whom.</summary>
internal sealed class KestraSideOptions
{
    private readonly Option<string?> _url = new("--kestra-url") { Description = "The Kestra to talk to; it wins over the task's own (environment: Kestra__Url)." };
    private readonly Option<string?> _tenant = new("--tenant") { Description = "Its tenant (environment: Kestra__Tenant). Default: main." };
    private readonly Option<string?> _tokenFile = new("--kestra-token-file") { Description = "A file with its API token (environment: Kestra__ApiToken)." };
    private readonly Option<string?> _user = new("--kestra-user") { Description = "Its user (environment: Kestra__Username)." };
    private readonly Option<string?> _passwordFile = new("--kestra-password-file") { Description = "A file with the password (environment: Kestra__Password)." };

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    /// <summary>Those of them that were written.</summary>
    public IEnumerable<string> Given(ParseResult result) => GivenOptions.Of(result, All);

    private IEnumerable<Option> All => [_url, _tenant, _tokenFile, _user, _passwordFile];

    public bool NamesOne(ParseResult result) => result.GetValue(_url) is not null;

    /// <summary>What they say, as settings; a credential comes from a file.</summary>
    /// <exception cref="CommandFault">A file cannot be read.</exception>
    public IEnumerable<KeyValuePair<string, string?>> SettingsOf(ParseResult result)
    {
        if (result.GetValue(_url) is { } url) yield return new("Kestra:Url", url);
        if (result.GetValue(_tenant) is { } tenant) yield return new("Kestra:Tenant", tenant);
        if (result.GetValue(_user) is { } user) yield return new("Kestra:Username", user);
        if (result.GetValue(_passwordFile) is { } password) yield return new("Kestra:Password", SecretFiles.Read(password));
        if (result.GetValue(_tokenFile) is { } token) yield return new("Kestra:ApiToken", SecretFiles.Read(token));
    }

    /// <exception cref="CommandFault">None is configured.</exception>
    public static Definitions.KestraTarget TargetOf(Kestra.KestraOptions kestra) => kestra.ToTargets().GetValueOrDefault("")
        ?? throw new CommandFault(ExitCodes.Invalid, "Name the Kestra: --kestra-url https://host, or Kestra__Url in the environment.");
}
