using System.Collections;
using System.CommandLine;
using System.Text.Json.Nodes;
using KestraGitHub.Configuration;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github config</c>: what the service would be set to here, and who said so. Starts nothing.</summary>
internal static class ConfigCommand
{
    public static Command Create(IReadOnlyList<string> settings, Func<IReadOnlyList<string>, DescribedConfiguration> describe)
    {
        var frame = new CommandFrame();
        var changed = new Option<bool>("--changed") { Description = "Only what is set, not what is left at its default." };
        var command = frame.Create("config", "Print the settings as they hold here and where each comes from, secrets as ***: 3 when something is wrong with them.", settings, (result, screen, form, _) =>
        {
            var described = describe(settings);
            var known = SettingsBook.Of(described.Sections.Select(s => (s.Name, s.Type)));
            var held = EffectiveSettings.Of(described.Root, known).Concat(OfDefinitions());
            if (result.GetValue(changed)) held = held.Where(h => h.From != EffectiveSetting.Default);
            Listing.Print(
                new JsonArray([.. held.Select(h => new JsonObject { ["key"] = h.Key, ["value"] = h.Value, ["from"] = h.From })]), form, screen,
                row => [Listing.Text(row, "key"), Listing.Text(row, "value"), Listing.Text(row, "from")]);
            foreach (var fault in described.Faults) screen.Errors.WriteLine(Screen.Plain(fault));
            return Task.FromResult(described.Faults.Count > 0 ? ExitCodes.Invalid : ExitCodes.Ok);
        });
        command.Options.Add(changed);
        return command;
    }

    /// <summary>What definitions may draw on: names of secrets, and variables.</summary>
    private static IEnumerable<EffectiveSetting> OfDefinitions() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => (Name: (string)e.Key, Value: (string?)e.Value))
            .Where(e => e.Name.StartsWith("SECRET_", StringComparison.Ordinal) || e.Name.StartsWith("ENV_", StringComparison.Ordinal)).OrderBy(e => e.Name, StringComparer.Ordinal)
            .Select(e => new EffectiveSetting(e.Name, Setting.SoundsSecret(e.Name) ? EffectiveSetting.Hidden : e.Value, "environment"));
}
