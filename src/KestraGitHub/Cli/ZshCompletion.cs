using System.Text;

namespace KestraGitHub.Cli;

/// <summary>For zsh's own completion system, with what each word means beside it.</summary>
internal static class ZshCompletion
{
    public static string Of(IReadOnlyList<CompletedCommand> commands)
    {
        var text = new StringBuilder(
            """
            #compdef kestra-github
            _kestra_github() {
                local -a commands
                commands=(

            """);
        foreach (var command in commands) text.Append($"        {Quoted($"{command.Name}:{command.Description}")}\n");
        text.Append(
            """
                )
                if (( CURRENT == 2 )); then _describe command commands; return; fi
                local name=${words[2]}
                shift words; (( CURRENT-- ))
                case $name in

            """);
        foreach (var command in commands)
        {
            text.Append($"        {command.Name}) _arguments");
            foreach (var option in command.Options)
            foreach (var name in option.Names)
                text.Append($" \\\n            {Quoted($"{name}[{Escaped(option.Description)}]{Value(option)}")}");
            text.Append($" \\\n            {Quoted(command.Words.Count > 0 ? $"1:word:({string.Join(' ', command.Words)})" : "*:file:_files")} ;;\n");
        }

        return text.Append(
            """
                esac
            }
            if [ "$funcstack[1]" = "_kestra-github" ]; then _kestra_github "$@"; else compdef _kestra_github kestra-github; fi

            """).ToString();
    }

    private static string Value(CompletedOption option) => !option.TakesValue ? ""
        : option.Words.Count > 0 ? $":word:({string.Join(' ', option.Words)})"
        : option.TakesPath ? ":file:_files" : ":value:";

    private static string Escaped(string text) => text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
