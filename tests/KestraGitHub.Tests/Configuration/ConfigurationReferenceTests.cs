using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using KestraGitHub.Configuration;
using KestraGitHub.Tests.Definitions;

namespace KestraGitHub.Tests.Configuration;

/// <summary>
/// <c>docs/configuration.md</c> is made of the classes that the settings are bound to: keys, kinds and defaults from the types, meanings from their comments. With
/// <c>UPDATE_DOCS=1</c> in the environment the file is written; without it, it is held against what would be.
/// </summary>
public sealed partial class ConfigurationReferenceTests
{
    private const string Head =
        """
        # Configuration

        Made from the code (`UPDATE_DOCS=1 dotnet test tests/KestraGitHub.Tests --filter ConfigurationReference`), and held against it by a test.

        `appsettings.json` beside the binary, environment as `Section__Key`, arguments as `--Section:Key=value`; later ones win. An unknown key refuses to start. Durations are
        ISO 8601 (`PT30S`, `P90D`) or `hh:mm:ss`. A list that is configured replaces its default as a whole. `kestra-github config` prints what holds, and where each
        value comes from. Beside these: `Urls` (`http://127.0.0.1:5080`), `Logging` as ASP.NET Core reads it, `OTEL_EXPORTER_OTLP_ENDPOINT`, and `SECRET_<NAME>` (base64) and `ENV_<NAME>` for
        definitions.

        """;

    [Fact]
    public void The_reference_is_what_the_code_says()
    {
        var file = Load.RepositoryFile("docs/configuration.md");
        var made = Made();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(file, made);
        Assert.Equal(made, File.ReadAllText(file), ignoreLineEndingDifferences: true);
    }

    private static string Made()
    {
        var settings = SettingsBook.Of(KestraGitHubHost.Describe([]).Sections.Select(s => (s.Name, s.Type)));
        var (text, silent) = (new StringBuilder(Head), new List<string>());
        foreach (var section in settings.GroupBy(s => s.Key.Split(':')[0]))
        {
            text.Append($"\n## {section.Key}\n\n| key | default | kind | meaning |\n| --- | --- | --- | --- |\n");
            foreach (var setting in section)
            {
                var meaning = MeaningOf(setting.Property);
                if (meaning is null) silent.Add($"{setting.Property.DeclaringType!.Name}.{setting.Property.Name}");
                text.Append($"| `{setting.Key.Replace(":0", ":0…", StringComparison.Ordinal).TrimEnd()}` | {(setting.Default is { } value ? $"`{value}`" : "–")} | {KindOf(setting)} | {meaning} |\n");
            }
        }

        Assert.True(silent.Count == 0, $"Say in a summary what these are: {string.Join(", ", silent.Distinct())}");
        return text.ToString();
    }

    private static string KindOf(Setting setting)
    {
        var type = setting.Property.PropertyType;
        if (OptionShape.ElementOf(type) is { } element) type = OptionShape.IsScalar(element) ? element : typeof(string);
        return (setting.IsSecret ? "a secret" : ScalarText.Describe(type).Split(" such as")[0]).Replace("|", "\\|", StringComparison.Ordinal);
    }

    /// <summary>The summary above the property, in its source.</summary>
    private static string? MeaningOf(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        var source = Directory.EnumerateFiles(Load.RepositoryFile("src/KestraGitHub"), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText).First(t => Regex.IsMatch(t, $@"(class|record) {type.Name}\b"));
        var body = source[Regex.Match(source, $@"(class|record) {type.Name}\b").Index..];
        var match = Regex.Match(body, $@"(?<comment>(^\s*///.*\n)+)(^\s*\[.*\n)*^\s*public [^\n(]*\b{property.Name}\b", RegexOptions.Multiline);
        if (!match.Success || Summary().Match(Slashes().Replace(match.Groups["comment"].Value, " ")) is not { Success: true } summary) return null;
        var plain = Code().Replace(summary.Groups["text"].Value, "`$1`");
        plain = Reference().Replace(plain, "`$1`").Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        return Spaces().Replace(plain, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex("<summary>(?<text>.*?)</summary>", RegexOptions.Singleline)]
    private static partial Regex Summary();

    [GeneratedRegex(@"^\s*///", RegexOptions.Multiline)]
    private static partial Regex Slashes();

    [GeneratedRegex("<c>(.*?)</c>")]
    private static partial Regex Code();

    [GeneratedRegex("<(?:see|paramref) (?:cref|name)=\"(?:\\w+\\.)*(\\w+)\" ?/>")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
