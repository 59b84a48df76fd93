using System.Text.Json;
using System.Text.Json.Serialization;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary>What a command found or did: printed for people, written for scripts, and kept as the file of a plan.</summary>
/// <param name="State"><c>planned</c>, <c>applied</c>, <c>failed</c>, <c>blocked</c>, <c>valid</c>, <c>invalid</c>.</param>
/// <param name="Source">The checkout, or the service that was asked.</param>
/// <param name="Revision">The commit that was read.</param>
/// <param name="Target">The Kestra that it is for.</param>
/// <param name="Tasks">Fingerprints by task: another definition is another plan.</param>
internal sealed record CommandReport(
    string State, string Source, string? Revision, string? Message, string? Author, string? Target, RunCounts Counts,
    IReadOnlyList<ChangeLine> Changes, string? Error = null)
{
    public const string SchemaName = "kestra-github/report/1";

    public string Schema { get; init; } = SchemaName;

    public IReadOnlyDictionary<string, string> Tasks { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>The id of the run, where a service carried it out.</summary>
    public string? Run { get; init; }

    private static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <exception cref="CommandFault">The file cannot be written.</exception>
    public async Task SaveAsync(string path, CancellationToken ct)
    {
        try
        {
            await File.WriteAllTextAsync(path, ToJson() + "\n", ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault(ExitCodes.Error, $"The plan cannot be written to {path}: {e.Message}");
        }
    }

    /// <summary>The file of a plan.</summary>
    /// <exception cref="CommandFault">It is none.</exception>
    public static CommandReport Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<CommandReport>(File.ReadAllBytes(path), Options) is { Schema: SchemaName, State: "planned" } plan
                ? plan
                : throw new CommandFault(ExitCodes.Invalid, $"{path} is no plan that can be applied. Make one with `plan --out {path}`.");
        }
        catch (JsonException e)
        {
            throw new CommandFault(ExitCodes.Invalid, $"{path} is no plan: {e.Message} Make one with `plan --out {path}`.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault(ExitCodes.Error, $"{path} cannot be read: {e.Message}");
        }
    }
}

/// <summary>One object: what becomes of it and why.</summary>
/// <param name="Path">From the root of the repository.</param>
/// <param name="Before">Digest of what Kestra holds; null for nothing.</param>
/// <param name="After">Digest of what it is to hold.</param>
/// <param name="Diff">In the unified form, where it was asked for.</param>
internal sealed record ChangeLine(
    string Task, string Kind, string Namespace, string Id, string? Path, string Action, string Reason, string? Before = null, string? After = null,
    string? Diff = null)
{
    [JsonIgnore]
    public string Name => Id.Length == 0 ? Kind : $"{Kind} {Namespace}/{Id}";
}
