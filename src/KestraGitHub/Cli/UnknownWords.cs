using System.CommandLine;
using System.CommandLine.Parsing;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Cli;

/// <summary>What to say of a word that is no command, no option and no setting: what was meant, or where the names stand.</summary>
internal static class UnknownWords
{
    private const string Help = "`kestra-github --help` lists the commands.";

    /// <summary>Of a first word; null where it is a command, or an option that stands without one.</summary>
    public static string? FaultOf(string word, RootCommand root)
    {
        var options = NamesOf(root).ToList();
        if (options.Contains(word) || root.Subcommands.Any(c => c.Name == word)) return null;
        if (!word.StartsWith('-')) return $"There is no command `{word}`. {Meant(word, [.. root.Subcommands.Select(c => c.Name)]) ?? Help}";
        return $"There is no option `{word}` before a command. {Meant(word, options) ?? $"Options come after their command; settings are --Section:Key=value. {Help}"}";
    }

    /// <summary>Of the settings; null where the service or its host reads all of them. Values are not repeated: they may be secrets.</summary>
    public static string? FaultOf(GivenArguments given, Func<IReadOnlyList<string>, DescribedConfiguration> describe)
    {
        if (given.Settings.FirstOrDefault(s => !s.Contains('=')) is { } bare) return $"The setting {bare} has no value: write {bare}=value.";
        if (given.Keys.FirstOrDefault(k => !HostSettings.Knows(k)) is not { } key) return null;
        var known = SettingsBook.Of(describe([]).Sections.Select(s => (s.Name, s.Type))).Select(s => s.Key).Concat(HostSettings.OfHost).ToList();
        var section = key.Split(':')[0];
        var meant = Meant(key, known) ?? (Nearest.Of(section, HostSettings.Sections) is { } near ? $"Did you mean `{near}{key[section.Length..]}`?" : null);
        return $"There is no setting `{key}`. {meant ?? $"Sections are {string.Join(", ", HostSettings.Sections)}; docs/configuration.md has their keys."}";
    }

    /// <summary>Of the options that a command does not have; nothing where none is near.</summary>
    public static IEnumerable<string> CuresOf(ParseResult result)
    {
        var known = NamesOf(result.CommandResult.Command).Concat(NamesOf(result.RootCommandResult.Command)).ToList();
        // A wrong option is taken for an argument where one has a place.
        var words = result.UnmatchedTokens.Concat(result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens.Select(t => t.Value)));
        return words.Where(t => t.StartsWith('-')).Select(t => Meant(t.Split('=', 2)[0], known)).OfType<string>();
    }

    private static IEnumerable<string> NamesOf(Command command) => command.Options.SelectMany(o => o.Aliases.Append(o.Name));

    private static string? Meant(string word, IReadOnlyCollection<string> known) => Nearest.Of(word, [.. known.Where(k => k.Length > 2)]) is { } near ? $"Did you mean `{near}`?" : null;
}
