using System.CommandLine;
using KestraGitHub.Definitions;

namespace KestraGitHub.Cli;

/// <summary>The options of the commands that look at a checkout, or ask a service to look.</summary>
internal sealed class SourceOptions
{
    private readonly Option<string?> _from = new("--from") { Description = "A checkout of the repository: anywhere in it. Default: here." };
    private readonly Option<bool> _workTree = new("--worktree") { Description = "Its working files as they are, not its HEAD." };
    private readonly Option<string?> _definition = new("--definition") { Description = "The definition: a Kestra flow file with a git task." };
    private readonly Option<string?> _task = new("--task") { Description = "Only this task of the definition." };
    private readonly Option<string?> _namespace = new("--namespace") { Description = "Without a definition: the namespace to bring in step." };
    private readonly Option<string?> _directory = new("--directory") { Description = "… and the directory of the repository. Default: _flows or _files." };
    private readonly Option<string> _layout = new("--layout") { Description = "… and what lies there.", DefaultValueFactory = _ => "flows" };
    private readonly Option<bool> _children = new("--include-child-namespaces") { Description = "… with the namespaces below it, as folders." };
    private readonly Option<bool> _delete = new("--delete") { Description = "… and delete what the directory does not have." };
    private readonly Option<bool> _ignoreInvalid = new("--ignore-invalid") { Description = "… and leave invalid flows out instead of stopping." };
    private readonly KestraSideOptions _kestra = new();

    public SourceOptions() => _layout.AcceptOnlyFromAmong("flows", "files");

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
        _kestra.AddTo(command);
    }

    private IEnumerable<Option> All => [_from, _workTree, _definition, _task, .. InPlaceOfDefinition];

    private IEnumerable<Option> InPlaceOfDefinition => [_namespace, _directory, _layout, _children, _delete, _ignoreInvalid];

    public string FolderOf(ParseResult result) => result.GetValue(_from) ?? ".";

    public bool WorkTreeOf(ParseResult result) => result.GetValue(_workTree);

    public string? TaskOf(ParseResult result) => result.GetValue(_task);

    /// <summary>True where the options name a definition, or make one.</summary>
    public bool NamesSource(ParseResult result) => result.GetValue(_definition) is not null || result.GetValue(_namespace) is not null || result.GetValue(_from) is not null;

    /// <summary>All that were written, those about Kestra among them.</summary>
    public IEnumerable<string> Given(ParseResult result) => GivenOptions.Of(result, All).Concat(_kestra.Given(result));

    public bool NamesKestra(ParseResult result) => _kestra.NamesOne(result);

    public IEnumerable<KeyValuePair<string, string?>> SettingsOf(ParseResult result) => _kestra.SettingsOf(result);

    /// <exception cref="CommandFault">There is none, it has faults, or options say something else than it.</exception>
    public Definition DefinitionOf(ParseResult result, DefinitionEnvironment environment)
    {
        if (result.GetValue(_definition) is not { } path)
        {
            if (result.GetValue(_namespace) is not null)
                GivenOptions.Refuse("--namespace", GivenOptions.Of(result, _task), "A task is chosen from a definition (--definition); --namespace makes a single one.");
            return DefinitionFiles.Parse("(options)", System.Text.Encoding.UTF8.GetBytes(Written(result)), environment);
        }

        GivenOptions.Refuse("--definition", GivenOptions.Of(result, InPlaceOfDefinition), "A definition says by itself what to bring in step.");
        return DefinitionFiles.Load(path, environment);
    }

    /// <summary>The definition that the options stand for. JSON's texts are YAML's too, so nothing in them can become a key.</summary>
    private string Written(ParseResult result)
    {
        if (result.GetValue(_namespace) is not { } ns)
            throw new CommandFault(ExitCodes.Invalid, "Say what to bring in step: --definition FILE, or --namespace NAME with --directory and --layout.");
        var flows = result.GetValue(_layout) == "flows";
        var lines = new List<string>
        {
            "id: kestra-github-cli", "namespace: system", "tasks:", "  - id: sync", $"    type: io.kestra.plugin.git.{(flows ? "SyncFlows" : "SyncNamespaceFiles")}",
            $"    url: {Quoted(new Uri(Path.GetFullPath(FolderOf(result))).AbsoluteUri)}", $"    {(flows ? "targetNamespace" : "namespace")}: {Quoted(ns)}",
        };
        if (result.GetValue(_directory) is { } directory) lines.Add($"    gitDirectory: {Quoted(directory)}");
        if (result.GetValue(_delete)) lines.Add("    delete: true");
        if (flows && result.GetValue(_children)) lines.Add("    includeChildNamespaces: true");
        if (flows && result.GetValue(_ignoreInvalid)) lines.Add("    ignoreInvalidFlows: true");
        if (!flows && (result.GetValue(_children) || result.GetValue(_ignoreInvalid)))
            throw new CommandFault(ExitCodes.Invalid, "--include-child-namespaces and --ignore-invalid are about flows; leave them out with --layout files.");
        return string.Join('\n', lines) + "\n";
    }

    private static string Quoted(string text) => text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal)
        ? throw new CommandFault(ExitCodes.Invalid, $"'{text}' holds an expression; options are plain texts. Write a definition for expressions.")
        : System.Text.Json.JsonSerializer.Serialize(text);
}
