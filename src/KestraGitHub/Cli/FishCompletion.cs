using System.Text;

namespace KestraGitHub.Cli;

/// <summary>For fish, with what each word means beside it.</summary>
internal static class FishCompletion
{
    public static string Of(IReadOnlyList<CompletedCommand> commands)
    {
        var text = new StringBuilder("# fish completion of kestra-github\ncomplete -c kestra-github -e\n");
        foreach (var command in commands) text.Append($"complete -c kestra-github -n __fish_use_subcommand -f -a {command.Name} -d {Quoted(command.Description)}\n");
        foreach (var command in commands)
        {
            var here = $"complete -c kestra-github -n '__fish_seen_subcommand_from {command.Name}'";
            if (command.Words.Count > 0) text.Append($"{here} -f -a {Quoted(string.Join(' ', command.Words))}\n");
            foreach (var option in command.Options)
            {
                text.Append($"{here} {string.Join(' ', option.Names.Select(Name))} -d {Quoted(option.Description)}");
                if (option.TakesValue) text.Append(option.Words.Count > 0 ? $" -x -a {Quoted(string.Join(' ', option.Words))}" : option.TakesPath ? " -r -F" : " -x");
                text.Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary><c>--output</c> as <c>-l output</c>, <c>-o</c> as <c>-s o</c>.</summary>
    private static string Name(string option) => option.StartsWith("--", StringComparison.Ordinal) ? $"-l {option[2..]}" : $"-s {Quoted(option[1..])}";

    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
