using System.CommandLine;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github completion SHELL</c>: a script that completes commands, options and their words. It needs nothing at the time of the key press.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, (Func<IReadOnlyList<CompletedCommand>, string> Script, string Install)> Shells = new(StringComparer.Ordinal)
    {
        ["bash"] = (BashCompletion.Of, "kestra-github completion bash > /etc/bash_completion.d/kestra-github"),
        ["zsh"] = (ZshCompletion.Of, "kestra-github completion zsh > \"${fpath[1]}/_kestra-github\""),
        ["fish"] = (FishCompletion.Of, "kestra-github completion fish > ~/.config/fish/completions/kestra-github.fish"),
    };

    /// <param name="all">The commands that there are, asked for when the script is made.</param>
    public static Command Create(Func<IReadOnlyList<Command>> all)
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", Shells.Keys) };
        shell.AcceptOnlyFromAmong([.. Shells.Keys]);
        var command = new Command("completion", $"Print the completion script of a shell: {string.Join("; ", Shells.Values.Select(s => s.Install))}.") { shell };
        command.SetAction(async (result, ct) =>
        {
            await Console.Out.WriteAsync(Shells[result.GetValue(shell)!].Script([.. all().Where(c => !c.Hidden).Select(CompletedCommand.Of)]).AsMemory(), ct);
            return ExitCodes.Ok;
        });
        return command;
    }
}

/// <param name="Words">What its first argument may be, where that is known.</param>
/// <param name="TakesPath">True where an argument of it is a file or a folder.</param>
internal sealed record CompletedCommand(string Name, string Description, IReadOnlyList<CompletedOption> Options, IReadOnlyList<string> Words)
{
    public static CompletedCommand Of(Command command) => new(
        command.Name, FirstSentence(command.Description), [.. command.Options.Where(o => !o.Hidden).Select(CompletedOption.Of)],
        [.. command.Arguments.SelectMany(a => Said(a.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty)))]);

    internal static string FirstSentence(string? text) => (text ?? "").Split(['.', ':', ';'], 2)[0].Trim();

    internal static List<string> Said(IEnumerable<System.CommandLine.Completions.CompletionItem> items) => [.. items.Select(i => i.Label).Order(StringComparer.Ordinal)];
}

/// <param name="Names">With their dashes, the long one first.</param>
/// <param name="TakesValue">False for a switch.</param>
/// <param name="Words">What its value may be, where that is a list.</param>
internal sealed record CompletedOption(IReadOnlyList<string> Names, string Description, bool TakesValue, IReadOnlyList<string> Words)
{
    /// <summary>True where its value is a file or a folder of this machine.</summary>
    public bool TakesPath => Names[0] is "--from" or "--definition" or "--out" or "--plan" || Names[0].EndsWith("-file", StringComparison.Ordinal);

    public static CompletedOption Of(Option option) => new(
        [.. option.Aliases.Append(option.Name).Where(n => n.StartsWith('-')).OrderByDescending(n => n.Length)], CompletedCommand.FirstSentence(option.Description),
        option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool) && option.ValueType != typeof(void),
        option.ValueType == typeof(bool) ? [] : CompletedCommand.Said(option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty)));
}
