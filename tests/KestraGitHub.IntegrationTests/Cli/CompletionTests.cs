using System.Diagnostics;
using KestraGitHub.IntegrationTests.Shipping;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>The completion scripts in their shells: what the tab key would offer.</summary>
public sealed class CompletionTests
{
    private const string Bash =
        """
        source "$1"; shift
        for line in "$@"; do
            read -ra COMP_WORDS <<< "$line"; [[ "$line" == *" " ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _kestra_github
            printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
        done
        """;

    private const string Fish =
        """
        source $argv[1]
        for line in $argv[2..]
            complete -C $line | string replace -r '\t.*' '' | sort | string join ' '
        end
        """;

    /// <summary>The widget needs a terminal: one is made, and what would be offered is written down instead of shown.</summary>
    private const string Zsh =
        """
        zmodload zsh/zpty; zmodload zsh/zselect
        script=$1; shift
        for line in "$@"; do
            found=$(mktemp); rm $found
            zpty z zsh -f -i
            zpty -w z "PROMPT=; autoload -Uz compinit; compinit -u -D; source ${(q)script}; bindkey '^I' complete-word
            compadd() { local -a hits; builtin compadd -A hits \"\$@\"; builtin compadd \"\$@\"; print -l -- \$hits >> $found.new }
            finish() { [ -e $found.new ] || : > $found.new; mv $found.new $found }; comppostfuncs=(finish)
            print are-we-here"
            while zpty -r z out; do [[ $out == *are-we-here* && $out != *print* ]] && break; done
            zpty -w -n z "$line"$'\t'
            for i in {1..500}; do [ -e $found ] && break; zselect -t 2; done
            sort -u $found | grep . | paste -sd' '
            zpty -d z; rm -f $found
        done
        """;

    [Theory]
    [InlineData("bash", Bash)]
    [InlineData("fish", Fish)]
    [InlineData("zsh", Zsh)]
    public async Task A_shell_completes_commands_options_and_words(string shell, string program)
    {
        var folder = Directory.CreateTempSubdirectory("kg-completion-").FullName;
        try
        {
            var made = await CommandResult.OfAsync(["completion", shell]);
            Assert.Equal((0, ""), (made.Code, made.Errors));
            await File.WriteAllTextAsync(Path.Combine(folder, "completion"), made.Output);
            await File.WriteAllTextAsync(Path.Combine(folder, "program"), program);
            string[] lines = ["kestra-github pl", "kestra-github plan --out", "kestra-github plan --output ", "kestra-github completion "];
            using var process = Process.Start(new ProcessStartInfo(shell, [Path.Combine(folder, "program"), Path.Combine(folder, "completion"), .. lines]) { RedirectStandardOutput = true, WorkingDirectory = folder })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            Assert.Equal(["plan", "--out --output", "github json text yaml", "bash fish zsh"], output.TrimEnd('\n').Split('\n').Select(l => l.Trim()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
