using System.CommandLine;
using KestraGitHub.Definitions;

namespace KestraGitHub.Cli;

/// <summary>The options by which a command asks a running service.</summary>
internal sealed class ServiceOptions
{
    private readonly Option<string?> _server = new("--server") { Description = "The running service to ask (environment: KESTRA_GITHUB_URL)." };
    private readonly Option<string?> _sync = new("--sync") { Description = "The sync to ask about: [tenant/]namespace/flow." };
    private readonly Option<string?> _revision = new("--revision") { Description = "Read this commit, branch or tag instead of the task's branch." };
    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "A file with the service's token (environment: KESTRA_GITHUB_TOKEN)." };

    private Argument<string?>? _place;

    /// <summary>The sync may also stand by itself, without <c>--sync</c>.</summary>
    public void TakeSyncAlone(Command command) => command.Arguments.Add(
        _place = new Argument<string?>("sync") { Description = "[tenant/]namespace/flow.", Arity = ArgumentArity.ZeroOrOne });

    public void AddTo(Command command, bool ofSync = true, bool withRevision = true)
    {
        command.Options.Add(_server);
        if (ofSync) command.Options.Add(_sync);
        if (ofSync && withRevision) command.Options.Add(_revision);
        command.Options.Add(_tokenFile);
    }

    /// <summary>True where a command that also works by itself is to ask the service.</summary>
    public bool Given(ParseResult result) => result.GetValue(_server) is not null || Names(result);

    public bool Names(ParseResult result) => Named(result) is not null;

    /// <summary>Those that only a service reads.</summary>
    public IEnumerable<string> OnlyOfService(ParseResult result) => GivenOptions.Of(result, _revision, _tokenFile);

    /// <summary>How the sync, or else the service, was named.</summary>
    public string NameOf(ParseResult result) =>
        GivenOptions.Of(result, _sync).FirstOrDefault() ?? (Names(result) ? $"'{Named(result)}'" : _server.Name);

    public string? RevisionOf(ParseResult result) => result.GetValue(_revision);

    /// <exception cref="CommandFault">No address, or no token.</exception>
    public ServiceClient Client(ParseResult result)
    {
        var text = result.GetValue(_server) ?? Environment.GetEnvironmentVariable("KESTRA_GITHUB_URL");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            throw new CommandFault(ExitCodes.Invalid, "Name the service: --server https://host, or KESTRA_GITHUB_URL in the environment. Its token goes into KESTRA_GITHUB_TOKEN.");
        var token = result.GetValue(_tokenFile) is { } file ? SecretFiles.Read(file) : Environment.GetEnvironmentVariable("KESTRA_GITHUB_TOKEN")?.Trim();
        if (string.IsNullOrEmpty(token))
            throw new CommandFault(ExitCodes.SignIn, "The service wants a token: set KESTRA_GITHUB_TOKEN in the environment, or name its file with --token-file.");
        return token.All(c => c is > ' ' and <= '~')
            ? new ServiceClient(url, token)
            : throw new CommandFault(ExitCodes.SignIn, "The service's token holds a line break, a blank or a letter that no token has. Look at KESTRA_GITHUB_TOKEN, or the file of --token-file.");
    }

    /// <exception cref="CommandFault">It is missing, or no name of a sync.</exception>
    public SyncKey SyncOf(ParseResult result) => KeyOf(Named(result), "--sync ");

    /// <param name="option">Before the name, in the sentence that says how to write it.</param>
    /// <exception cref="CommandFault">It is missing, or no name of a sync.</exception>
    public static SyncKey KeyOf(string? text, string option = "") => text?.Split('/') switch
    {
        [var ns, var flow] when ServiceClient.IsPart(ns) && ServiceClient.IsPart(flow) => new("main", ns, flow),
        [var tenant, var ns, var flow] when ServiceClient.IsPart(tenant) && ServiceClient.IsPart(ns) && ServiceClient.IsPart(flow) => new(tenant, ns, flow),
        _ => throw new CommandFault(ExitCodes.Invalid, $"Name the sync: {option}namespace/flow, or {option}tenant/namespace/flow."),
    };

    private string? Named(ParseResult result)
    {
        var place = _place is null ? null : result.GetValue(_place);
        if (place is not null) GivenOptions.Refuse($"'{place}'", GivenOptions.Of(result, _sync), "The sync is named twice.");
        return result.GetValue(_sync) ?? place;
    }

    /// <summary>Has the service run the sync, waits for the end and prints it.</summary>
    public async Task<int> RunAsync(ParseResult result, Screen screen, OutputForm form, bool dryRun, bool detailed, CancellationToken ct)
    {
        using var client = Client(result);
        var id = await client.StartAsync(SyncOf(result), dryRun, RevisionOf(result), ct);
        return await ServiceRuns.TellEndAsync(client, id, screen, form, detailed, ct);
    }
}
