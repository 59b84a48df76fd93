using System.Globalization;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>When the server says that objects were changed last. It names nobody who did it.</summary>
internal static class ChangeTimes
{
    private const int Newest = 100;

    /// <summary>By key, where it can be told: of flows by one search, which also has the revision that an export leaves out; of the rest by the version that they were read with.</summary>
    public static async Task<IReadOnlyDictionary<ResourceKey, (DateTimeOffset At, string Version)>> OfAsync(
        KestraServer server, Scope scope, IReadOnlyList<DriftFound> found, CancellationToken ct)
    {
        var times = new Dictionary<ResourceKey, (DateTimeOffset, string)>();
        foreach (var one in found.Where(f => f.Key.Kind != ResourceKind.Flow))
            if (Of(one) is { } at) times[one.Key] = (at, one.Version);
        if (!found.Any(f => f.Key.Kind == ResourceKind.Flow && f.What != DriftKind.Deleted)) return times;
        var wanted = found.Select(f => f.Key).ToHashSet();
        foreach (var row in (await server.Client.SearchNewestAsync(scope.Only(ResourceKind.Flow), 1, Newest, ct)).Results!)
            if (wanted.Contains(row.Key) && Parsed(row.Updated) is { } at) times[row.Key] = (at, FlowReader.Text(row.Revision));
        return times;
    }

    private static DateTimeOffset? Of(DriftFound one) =>
        one.Key.Kind != ResourceKind.NamespaceFile ? Parsed(one.Version)
        : long.TryParse(one.Version, NumberStyles.None, CultureInfo.InvariantCulture, out var stamp) && stamp < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(stamp)
        : null;

    private static DateTimeOffset? Parsed(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
