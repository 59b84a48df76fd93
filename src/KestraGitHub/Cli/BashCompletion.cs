using System.Text;

namespace KestraGitHub.Cli;

/// <summary>For bash 4 and newer. Files are offered wherever nothing better is known.</summary>
internal static class BashCompletion
{
    public static string Of(IReadOnlyList<CompletedCommand> commands)
    {
        var text = new StringBuilder();
        text.Append(
            $$"""
            # bash completion of kestra-github
            _kestra_github() {
                local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""
                COMPREPLY=()
                if [ "$COMP_CWORD" -eq 1 ]; then
                    COMPREPLY=($(compgen -W "{{string.Join(' ', commands.Select(c => c.Name))}} --help --version" -- "$word"))
                    return
                fi
                case "${COMP_WORDS[1]} $before" in

            """);
        foreach (var command in commands)
        foreach (var option in command.Options.Where(o => o.Words.Count > 0))
            text.Append($"        {string.Join('|', option.Names.Select(n => $"\"{command.Name} {n}\""))}) words=\"{string.Join(' ', option.Words)}\" ;;\n");
        foreach (var command in commands)
        {
            var free = command.Options.Where(o => o is { TakesValue: true, Words.Count: 0 }).SelectMany(o => o.Names).Select(n => $"\"{command.Name} {n}\"").ToList();
            if (free.Count > 0) text.Append($"        {string.Join('|', free)}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
        }

        text.Append("        *) case \"${COMP_WORDS[1]}\" in\n");
        foreach (var command in commands)
            text.Append($"            {command.Name}) words=\"{string.Join(' ', command.Words.Concat(command.Options.SelectMany(o => o.Names)))}\" ;;\n");
        return text.Append(
            """
                    esac ;;
                esac
                COMPREPLY=($(compgen -W "$words" -- "$word"))
                if [ ${#COMPREPLY[@]} -eq 0 ] && [[ "$word" != -* ]]; then COMPREPLY=($(compgen -f -- "$word")); fi
            }
            complete -o filenames -F _kestra_github kestra-github

            """).ToString();
    }
}
